import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import { breakGlassOf } from './break-glass.ts'
import { pull } from './commands/pull.ts'
import { push } from './commands/push.ts'
import type { Terminal } from './terminal.ts'

const terminal: Terminal = {
  json: false,
  colour: false,
  width: 100,
  say: () => undefined,
  progress: () => undefined,
  result: () => undefined,
  error: () => undefined,
  style: (_style, text) => text,
}

suite('wrong use is told with the right one', () => {
  test('of push and pull', async () => {
    const invocation = { options: {}, fields: {}, terminal, folder: '/' }
    for (const positionals of [[], ['pricing'], ['pricing', 'a.io/x', 'more']])
      await assert.rejects(push.run({ ...invocation, positionals }), { code: 'USAGE', fix: /plimsoll push/ })
    for (const positionals of [[], ['a.io/x:1', 'more']])
      await assert.rejects(pull.run({ ...invocation, positionals }), { code: 'USAGE', fix: /plimsoll pull/ })
  })

  test('of a break-glass', () => {
    const whole = { 'break-glass': 'payments are down', person: 'Ada Lovelace', for: '4h' }
    assert.equal(breakGlassOf({}), undefined)
    const { reason, person, expires } = breakGlassOf(whole) ?? {}
    assert.deepEqual([reason, person], [whole['break-glass'], whole.person])
    assert.ok(Math.abs(Date.parse(expires ?? '') - Date.now() - 4 * 3_600_000) < 60_000)
    const wrong = [
      { person: 'Ada Lovelace' },
      { ...whole, for: undefined },
      { ...whole, person: undefined },
      { ...whole, for: 'long' },
      { ...whole, for: '25h' },
      { ...whole, for: '999999999999d' },
    ]
    for (const options of wrong)
      assert.throws(
        () => breakGlassOf(options),
        (thrown) =>
          thrown instanceof InvalidInput && thrown.code === 'USAGE' && thrown.fix?.includes('--for') === true,
        JSON.stringify(options),
      )
  })
})
