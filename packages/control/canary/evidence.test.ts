import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { durationBounds, releaseMetric, type Read } from '@plimsoll/service'
import { everyone, gather, objections, others, type Evidence, type EvidenceOptions } from './evidence.ts'
import { objectionText } from './objection-text.ts'
import { OutcomeReader, type Observation } from './outcome-reader.ts'

const parties = Array.from({ length: 20 }, (_, at) => `consumer:shop-${at}`)
const options: EvidenceOptions = {
  compared: [{ service: 'pricing', running: 'old', candidate: 'new' }],
  parties: new Set(parties),
  falseAlarm: 0.01,
  slower: 2,
}

/** Numbers from 0 to 1, the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x45d9f3b)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296
  }
}

interface Behaviour {
  readonly fails: number
  /** Bucket of the duration of a call. */
  readonly bucket: (random: number) => number
}

interface Simulated {
  readonly random: () => number
  readonly running: Behaviour
  readonly candidate: (party: string) => Behaviour
  readonly looks?: number
}

const usual: Behaviour = { fails: 0.01, bucket: (random) => 3 + Math.floor(random * 4) }

/** A rollout of equal parts with looks at it, until something speaks against the candidate. */
function simulate({ random, running, candidate, looks = 40 }: Simulated): Evidence {
  let evidence: Evidence = []
  for (let look = 0; look < looks && objections(evidence, options).length === 0; look += 1) {
    const news = parties.flatMap((party) =>
      Array.from({ length: 10 }, (): Observation => {
        const isCandidate = random() < 0.5
        const { fails, bucket } = isCandidate ? candidate(party) : running
        const outcome = random() < fails ? 'failed' : 'ok'
        return seen(party, { release: isCandidate ? 'new' : 'old', outcome, bucket: bucket(random()) })
      }),
    )
    evidence = gather(evidence, news, options)
  }
  return evidence
}

function seen(
  party: string,
  { release, outcome = 'ok', bucket = 3 }: { release: string; outcome?: string; bucket?: number },
): Observation {
  const counts = durationBounds.map(() => 0).concat(0)
  counts[bucket] = 1
  return { service: 'pricing', release, party, outcome, counts }
}

suite('the evidence against a candidate', () => {
  test('is enough by mistake no more often than promised, with twenty parties and four questions each', () => {
    const random = randomOf(4)
    let alarms = 0
    for (let rollout = 0; rollout < 300; rollout += 1)
      if (objections(simulate({ random, running: usual, candidate: () => usual }), options).length > 0)
        alarms += 1
    assert.ok(alarms <= 300 * 0.01 + 3 * Math.sqrt(300 * 0.01), `${alarms} of 300`)
  })

  test('names the one party whose calls fail', () => {
    const random = randomOf(5)
    const candidate = (party: string) => (party === 'consumer:shop-7' ? { ...usual, fails: 0.3 } : usual)
    const [objection] = objections(simulate({ random, running: usual, candidate }), options)
    assert.deepEqual([objection?.party, objection?.question], ['consumer:shop-7', 'failed'])
    assert.match(
      objection === undefined ? '' : objectionText(objection),
      /the consumer shop-7: of the candidate's/,
    )
  })

  test('says where calls take much longer, and is content with a little longer', () => {
    const slow = (by: number): Behaviour => ({ ...usual, bucket: (random) => usual.bucket(random) + by })
    const judged = (by: number) =>
      objections(
        simulate({ random: randomOf(6), running: usual, candidate: () => slow(by), looks: 100 }),
        options,
      )
    assert.equal(judged(1).length, 0)
    assert.match(judged(5)[0]?.question ?? '', /^slower-/)
  })

  test('counts what does not fit the contract, also where it is found out later', () => {
    let evidence: Evidence = []
    for (let look = 0; look < 30; look += 1)
      evidence = gather(
        evidence,
        Array.from({ length: 20 }, (_, at) => [
          seen('consumer:shop-1', { release: at % 2 === 0 ? 'new' : 'old' }),
          ...(at % 2 === 0 ? [seen('consumer:shop-1', { release: 'new', outcome: 'unfit' })] : []),
        ]).flat(),
        options,
      )
    const [objection] = objections(evidence, options)
    assert.deepEqual(
      [objection?.party, objection?.question, objection?.seen.candidate],
      ['consumer:shop-1', 'misfit', { calls: 300, hits: 300 }],
    )
  })

  test('puts parties that nobody declared together, so that they take no memory', () => {
    const news = Array.from({ length: 1_000 }, (_, at) => seen(`consumer:made-up-${at}`, { release: 'new' }))
    assert.deepEqual(
      gather([], news, options).map(({ party }) => party),
      [others, everyone],
    )
  })

  test('survives being written down', () => {
    const evidence = simulate({ random: randomOf(8), running: usual, candidate: () => usual, looks: 5 })
    assert.deepEqual(JSON.parse(JSON.stringify(evidence)), evidence)
  })
})

suite('what processes counted', () => {
  const read = (
    calls: number,
    changes: { party?: string; instance?: string; since?: number } = {},
  ): Read => ({
    resource: { service: 'orders', instance: changes.instance ?? 'orders/0' },
    spans: [],
    next: 0,
    lost: 0,
    since: changes.since ?? 1,
    metrics: [
      {
        name: releaseMetric,
        description: '',
        unit: 's',
        type: 'histogram',
        points: [
          {
            attributes: {
              'plimsoll.service': 'pricing',
              'plimsoll.release': 'new',
              'plimsoll.party': changes.party ?? 'service:orders',
              'plimsoll.outcome': 'ok',
            },
            value: { counts: [calls, 0], count: calls, sum: 1 },
          },
        ],
      },
    ],
  })
  const callsOf = (news: readonly Observation[]) =>
    news.reduce((sum, { counts }) => sum + (counts[0] ?? 0), 0)

  test('is what is new since the last look, also of one that did not answer, began again, or has forgotten', () => {
    const reader = new OutcomeReader()
    assert.equal(callsOf(reader.next([read(5)])), 5)
    assert.equal(callsOf(reader.next([read(5)])), 0)
    assert.equal(callsOf(reader.next([])), 0)
    assert.equal(callsOf(reader.next([read(9)])), 4)
    assert.equal(callsOf(reader.next([read(9), read(3, { since: 2 })])), 3)
    assert.equal(callsOf(reader.next([read(2)])), 2)
  })

  test('is nothing that a service says in the name of another one', () => {
    const reader = new OutcomeReader()
    assert.equal(callsOf(reader.next([read(5, { party: 'service:payments' })])), 0)
    assert.equal(callsOf(reader.next([read(5, { party: 'consumer:storefront' })])), 5)
  })
})
