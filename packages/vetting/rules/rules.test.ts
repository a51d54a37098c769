// Why: every rule keeps the same promises: texts that help, examples that hold, the same answer for the same architecture.
import type { Architecture, Call, Component } from '@plimsoll/architecture'
import { componentKinds, graphOf } from '@plimsoll/architecture'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { Rule } from '../finding.ts'
import { judge } from '../judge.ts'
import { sketch, type Sketch } from './example.ts'
import { rules } from './index.ts'

const root = join(import.meta.dirname, '../../..')
const source =
  /CWE-\d|OWASP|NIST|RFC \d|CIS |ISO|IEC|Kubernetes|AWS|et al|chapter|documentation|\b(?:19|20)\d\d\b|Semantic Versioning/

const drawn = new Map(await Promise.all(rules.map(async (rule) => [rule.id, await rule.examples()] as const)))
const goodOf = ({ id }: Rule) => Object.entries(drawn.get(id)?.good ?? {})
const badOf = ({ id }: Rule) => Object.entries(drawn.get(id)?.bad ?? {})
const examplesOf = (rule: Rule) => [...goodOf(rule), ...badOf(rule)]
const fingerprints = (rule: Rule, architecture: Architecture) =>
  judge(architecture, [rule]).findings.map(({ fingerprint }) => fingerprint)

suite('the list of rules', () => {
  test('is what the folders hold', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools/rules.ts'), '--check'], {
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
  })

  test('has each id once, named as its folder', () => {
    const ids = rules.map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    assert.deepEqual(
      ids.map((id) => id.toLowerCase()).toSorted(),
      folders.filter((name) => ids.some((id) => id.toLowerCase() === name)).toSorted(),
    )
  })

  test('has at least ninety', () => assert.ok(rules.length >= 90, `${rules.length} rules`))
})

for (const rule of rules) {
  suite(rule.id, () => {
    test('says what, why with a source, and what to do', () => {
      const { title, why, fix } = rule
      assert.ok(title.length > 5 && title.length <= 80 && !title.endsWith('.'), title)
      assert.match(why, source)
      assert.match(why, /\.$/)
      assert.match(fix, /^[A-Z][a-z]+\b.* .*\.$/)
      assert.doesNotMatch(fix, /^(?:The|A|An|It|This|There|You)\b/)
    })

    test('is silent about its good examples', () => {
      for (const [name, architecture] of goodOf(rule))
        assert.deepEqual(
          rule.check(graphOf(architecture)).weaknesses.map(({ message }) => message),
          [],
          name,
        )
      assert.ok(goodOf(rule).length > 0)
    })

    test('speaks of its bad examples, with a place, a path and a fix', () => {
      for (const [name, architecture] of badOf(rule)) {
        const { findings } = judge(architecture, [rule])
        assert.notEqual(findings.length, 0, name)
        for (const { message, fix, path, evidence, subject } of findings) {
          assert.ok(evidence.length > 0, `${name}: ${message}`)
          assert.ok(
            path.every(({ id }) => id !== ''),
            `${name}: ${message}`,
          )
          assert.ok(
            evidence.every(({ file }) => file !== undefined),
            `${name}: ${message}`,
          )
          assert.match(message, /^\S.*\.$/)
          assert.doesNotMatch(message, /undefined|NaN|\[object|nobody \(|\bof of\b/)
          assert.match(fix, /^\S.*[^.\s]$/)
          assert.doesNotMatch(fix, /undefined|NaN|\[object/)
          assert.notEqual(subject, '')
        }
      }
      assert.ok(badOf(rule).length > 0)
    })

    test('answers the same again, in another order, and beside what has nothing to do with it', () => {
      for (const [name, architecture] of examplesOf(rule)) {
        const own = fingerprints(rule, architecture)
        assert.deepEqual(fingerprints(rule, architecture), own, name)
        assert.deepEqual(fingerprints(rule, backwards(architecture)), own, `${name}, backwards`)
        assert.deepEqual(fingerprints(rule, moved(architecture)), own, `${name}, on other lines`)
        for (const unrelated of ['aa-lamp', 'zz-lamp'])
          assert.deepEqual(
            fingerprints(rule, beside(architecture, unrelated)),
            own,
            `${name}, beside ${unrelated}`,
          )
      }
    })
  })
}

suite('every rule', () => {
  const names = ['cart', 'mail', 'orders', 'prices', 'shop', 'stock'] as const

  test('answers for any architecture, the same each time, with fingerprints that differ', () => {
    fc.assert(
      fc.property(anySketch(names), (drawn) => {
        const architecture = sketch(drawn)
        const judgement = judge(architecture)
        assert.deepEqual(judge(structuredClone(architecture)), judgement)
        const { findings } = judgement
        assert.equal(new Set(findings.map(({ fingerprint }) => fingerprint)).size, findings.length)
        for (const { message, path, evidence, fix } of judgement.findings) {
          assert.doesNotMatch(`${message} ${fix}`, /undefined|NaN|\[object/)
          assert.ok(path.length > 0 || evidence.length > 0, message)
        }
        for (const { message } of judgement.unknowns) assert.doesNotMatch(message, /undefined|NaN|\[object/)
      }),
      { numRuns: 200 },
    )
  })

  test('never says that something is missing where nothing is known', () => {
    for (const rule of rules) {
      for (const [name, architecture] of examplesOf(rule)) {
        const { findings } = judge(bare(architecture))
        for (const { message, rule: id } of findings)
          assert.doesNotMatch(
            message,
            /\b(?:missing|lacks?|has no|have no|without)\b/i,
            `${id}, ${rule.id}: ${name}`,
          )
      }
    }
  })
})

function backwards(architecture: Architecture): Architecture {
  const { components, operations, calls } = architecture
  return {
    ...architecture,
    components: components.toReversed(),
    operations: operations.toReversed(),
    calls: calls.toReversed(),
  }
}

/** The same, written further down in its files. */
function moved(architecture: Architecture): Architecture {
  return JSON.parse(JSON.stringify(architecture), (key, value: unknown) =>
    key === 'evidence' && typeof value === 'object' && value !== null ? { ...value, line: 99 } : value,
  ) as Architecture
}

/** With a component that has nothing to do with the others; somebody owns it where owners are known. */
function beside(architecture: Architecture, id: string): Architecture {
  const place = { file: 'lamp.yaml', field: id }
  const owned = architecture.components.some(({ owner }) => owner !== undefined)
  const lamp: Component = {
    id,
    kind: { value: 'monitoring', evidence: place },
    ...(owned ? { owner: { value: 'lamps', evidence: place } } : {}),
    evidence: place,
  }
  return { ...architecture, components: [...architecture.components, lamp] }
}

/** Only what there is and who calls whom. */
function bare(architecture: Architecture): Architecture {
  return {
    ...architecture,
    components: architecture.components.map(({ id, kind, evidence }) => ({ id, kind, evidence })),
    operations: architecture.operations.map(({ id, component, name, evidence }) => ({
      id,
      component,
      name,
      evidence,
    })),
    calls: architecture.calls.map(({ from, to, evidence }) => ({ from, to, evidence })),
    objects: [],
    networks: [],
    zones: [],
  }
}

/** Components, operations and calls with any facts, or none. */
function anySketch(names: readonly string[]): fc.Arbitrary<Sketch> {
  const flag = fc.boolean()
  const optional = { requiredKeys: [] }
  const component = fc.record(
    {
      kind: fc.constantFrom(...componentKinds),
      technology: fc.constantFrom('plimsoll', 'sqlite', 'postgresql', 'spring'),
      replicas: fc.integer({ min: 0, max: 4 }),
      hosts: fc.subarray(['east/one', 'east/two', 'west/one', 'alone']),
      spread: flag,
      availability: fc.double({ min: 0, max: 1, noNaN: true }),
      published: fc.constantFrom([], [{ port: '443' }], [{ port: '80', address: '127.0.0.1' }]),
      networks: fc.subarray(['front', 'back']),
      owner: fc.constantFrom('web', 'finance', 'warehouse', 'data'),
      secrets: fc.subarray(['key', 'password']),
      certificates: fc.subarray(['wildcard']),
      volumes: fc.constantFrom(
        [],
        [{ name: 'data', kind: 'ephemeral' as const }],
        [{ name: '/srv', kind: 'host' as const }],
      ),
      autoscaling: fc.record({ minimum: fc.nat(3), maximum: fc.integer({ min: 3, max: 9 }) }),
      disruptionBudget: fc.record(
        {
          minAvailable: fc.constantFrom('0', '1', '50%', 'many'),
          maxUnavailable: fc.constantFrom('0', '100%'),
        },
        optional,
      ),
      update: fc.record({
        strategy: fc.constantFrom('recreate' as const, 'rolling' as const),
        maxUnavailable: fc.constantFrom('0', '1', '100%', 'most'),
        maxSurge: fc.constantFrom('0', '1', '50%'),
      }),
      liveness: fc.constantFrom(
        false as const,
        { question: 'GET /live' },
        { question: 'GET /health', asks: ['shop'] },
      ),
      readiness: fc.constantFrom(false as const, { question: 'GET /health', asks: ['stock', 'nowhere'] }),
      restarts: flag,
      pool: fc.nat(20),
      connectionLimit: fc.nat(50),
      capacity: fc.nat(500),
      containers: fc.subarray(['orders', 'mail', 'envoy']),
      image: fc.constantFrom('acme/shop:main', 'nginx', 'acme/shop:1.0', ''),
    },
    optional,
  )
  const operation = fc.record(
    {
      access: fc.constantFrom('services' as const, 'consumers' as const, 'public' as const),
      deadlineMs: fc.nat(2_000),
      idempotent: flag,
      safe: flag,
      objective: fc.constantFrom(0, 0.9, 0.999, 1),
      load: fc.nat(1_000),
    },
    optional,
  )
  const call = fc.record(
    {
      timeoutMs: fc.nat(90_000),
      attempts: fc.integer({ min: 0, max: 9 }),
      backoff: flag,
      jitter: flag,
      retryBudget: flag,
      circuitBreaker: flag,
      bulkhead: flag,
      balanced: flag,
      perRequest: fc.double({ min: 0, max: 50, noNaN: true }),
      hardCoded: flag,
      required: flag,
      synchronous: flag,
      through: fc.constantFrom(...names),
    },
    optional,
  )
  const ids = [...names, ...names.map((name) => `${name}.do`)]
  const id = fc.constantFrom(...ids)
  return fc.record({
    components: fc.dictionary(fc.constantFrom(...names), component),
    operations: fc.dictionary(fc.constantFrom(...names.map((name) => `${name}.do`)), operation),
    calls: fc.dictionary(
      fc.tuple(id, id).map(([from, to]) => `${from} -> ${to}`),
      call as fc.Arbitrary<Record<keyof Call, never>>,
      { maxKeys: 20 },
    ),
    networks: fc.constantFrom({}, { front: {}, back: {} }),
  }) as fc.Arbitrary<Sketch>
}
