import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { canaryPlan, parseCanary, rolloutProblems } from './rollout-policy.ts'

suite('steps of a canary', () => {
  test('are read as people write them', () => {
    assert.deepEqual(parseCanary('1% 5m, 12.5% 250ms,50% 1h'), [
      { share: 0.01, milliseconds: 300_000 },
      { share: 0.125, milliseconds: 250 },
      { share: 0.5, milliseconds: 3_600_000 },
    ])
  })

  test('are nothing else', () => {
    const wrong = [
      '',
      '5m',
      '1%',
      '1 5m',
      '0% 5m',
      '100% 5m',
      '-1% 5m',
      '10% 5m, 10% 5m',
      '10% 5m, 1% 5m',
      '10% 0s',
      '10% 8d',
      '1% 5m,',
    ]
    const tricks = ['1% 5m; 2% 5m', '1e1% 5m', '1%\t5m\n', 'Infinity% 5m', Array(30).fill('1% 1m').join(',')]
    for (const text of [...wrong, ...tricks])
      assert.throws(() => parseCanary(text), /CANARY|canary|duration|part|7d/, JSON.stringify(text))
  })

  test('are those that were asked for, else the policy’s; none is none', () => {
    assert.equal(canaryPlan(undefined, undefined), undefined)
    assert.equal(canaryPlan({ canary: '1% 5m' }, 'none'), undefined)
    assert.equal(canaryPlan({ falseAlarm: 0.05 }, undefined), undefined)
    assert.deepEqual(canaryPlan({ canary: '1% 5m', withoutCalls: 'go-back' }, '2% 1s'), {
      steps: [{ share: 0.02, milliseconds: 1_000 }],
      falseAlarm: 0.01,
      slower: 2,
      withoutCalls: 'go-back',
    })
  })

  test('in the settings are refused by field', () => {
    const settings = { canary: '5m', falseAlarm: 1, slower: 0.5, withoutCalls: 'maybe' }
    assert.deepEqual(
      rolloutProblems(settings, 'policy.rollout').map(({ place }) => place?.field),
      ['canary', 'falseAlarm', 'slower', 'withoutCalls'].map((member) => `policy.rollout.${member}`),
    )
    assert.equal(rolloutProblems('1% 5m', 'policy.rollout').length, 1)
    assert.equal(
      rolloutProblems({ steps: '1% 5m' }, 'policy.rollout')[0]?.place?.field,
      'policy.rollout.steps',
    )
    assert.deepEqual(rolloutProblems({ canary: 'none', falseAlarm: 0.01, slower: 2 }, 'policy.rollout'), [])
  })
})
