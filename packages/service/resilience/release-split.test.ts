import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Connection } from '../transport/transport.ts'
import { OpenEndpoint } from './endpoint.ts'
import { ReleaseSplit } from './release-split.ts'

const connection: Connection = {
  call: () => Promise.reject(new Error('nobody is called here')),
  ping: () => Promise.resolve(),
  retire: () => undefined,
  close: () => undefined,
  reset: () => undefined,
}

function endpoint(address: string, release?: string, weight?: number): OpenEndpoint {
  return Object.assign(new OpenEndpoint(address, connection, 0), { release, weight })
}

const now = 100_000

suite('a split between releases', () => {
  test('is none where there is one release, or nobody says what each gets', () => {
    assert.equal(ReleaseSplit.of([endpoint('a:1'), endpoint('a:2')]), undefined)
    assert.equal(ReleaseSplit.of([endpoint('a:1', 'old', 1), endpoint('a:2', 'old', 1)]), undefined)
    assert.equal(ReleaseSplit.of([endpoint('a:1', 'old'), endpoint('a:2', 'new')]), undefined)
  })

  for (const share of [0.01, 0.1, 0.5])
    test(`gives a candidate ${share * 100} % of the calls, however many replicas each release has and however busy they are`, () => {
      const running = endpoint('a:1', 'old', 1 - share)
      const fresh = ['b:1', 'b:2', 'b:3'].map((address) => endpoint(address, 'new', share))
      running.inFlight = 500
      const split = ReleaseSplit.of([running, ...fresh])
      const calls = 100_000
      let candidate = 0
      for (let call = 0; call < calls; call += 1)
        if (split?.choose(undefined, now)?.release === 'new') candidate += 1
      const deviation = Math.sqrt(calls * share * (1 - share))
      assert.ok(Math.abs(candidate - calls * share) < 5 * deviation, String(candidate))
    })

  test('draws by weight exactly: every number belongs to one release', () => {
    const drawn = (random: number) =>
      ReleaseSplit.of([endpoint('a:1', 'old', 0.9), endpoint('b:1', 'new', 0.1)], () => random)?.choose(
        undefined,
        now,
      )?.release
    assert.deepEqual(
      [drawn(0), drawn(0.8999), drawn(0.9001), drawn(1 - Number.EPSILON)],
      ['old', 'old', 'new', 'new'],
    )
  })

  test('asks the other release where the drawn one has nobody to ask, and nobody twice', () => {
    const [running, fresh] = [endpoint('a:1', 'old', 0.5), endpoint('b:1', 'new', 0.5)]
    const split = ReleaseSplit.of([running, fresh], () => 0.99)
    assert.equal(split?.choose(undefined, now), fresh)
    assert.equal(split.choose(new Set([fresh]), now), running)
    assert.equal(split.choose(new Set([fresh, running]), now), undefined)
    fresh.reachable = false
    assert.equal(split.choose(undefined, now), running)
    running.reachable = false
    assert.ok(split.choose(undefined, now) !== undefined)
  })

  test('at weight 0 calls nobody there', () => {
    const split = ReleaseSplit.of([endpoint('a:1', 'old', 1), endpoint('b:1', 'new', 0)])
    for (let call = 0; call < 1_000; call += 1) assert.equal(split?.choose(undefined, now)?.release, 'old')
  })
})
