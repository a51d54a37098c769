// Why: what is not asked again is answered all the same; a rule whose answer changes where it was not asked must be found here.
import { graphOf, type Architecture } from '@plimsoll/architecture'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { generatedArchitecture } from '@plimsoll/architecture/testing'
import { assessAfter, assessed } from './assess.ts'
import type { Judgement } from './finding.ts'
import { judge } from './judge.ts'
import { anyArchitecture, randomOf } from './architectures.fixture.ts'
import { revised } from './revisions.fixture.ts'
import { rules } from './rules/index.ts'

/** Every rule's share of a judgement, as text: also paths, evidence and their order. */
function byRule({ findings, unknowns }: Judgement): ReadonlyMap<string, string> {
  const all = [...findings, ...unknowns]
  return new Map([...Map.groupBy(all, ({ rule }) => rule)].map(([rule, its]) => [rule, JSON.stringify(its)]))
}

/** Judges a revision from what was asked of the one before, and from the beginning. */
function assertSame(before: Architecture, after: Architecture, what: string): void {
  const later = assessAfter(assessed(graphOf(before)), after)
  const whole = assessed(graphOf(after))
  const [own, expected] = [byRule(later.judgement), byRule(whole.judgement)]
  for (const { id } of rules) assert.equal(own.get(id), expected.get(id), `${id}, ${what}`)
  assert.deepEqual(
    later.judgement.findings.map(({ fingerprint }) => fingerprint),
    whole.judgement.findings.map(({ fingerprint }) => fingerprint),
    what,
  )
  assert.equal(later.digest, whole.digest, what)
}

const cloned = (architecture: Architecture, at: number) =>
  at % 2 === 0 ? architecture : structuredClone(architecture)
/** For more of them than a test run has time for: PLIMSOLL_REVISIONS=10. */
const share = Number(process.env['PLIMSOLL_REVISIONS'] ?? 1)

suite('a revision judged from what was asked of the one before', () => {
  test('is judged as from the beginning, whatever it changes', () => {
    for (let seed = 1; seed <= 400 * share; seed += 1) {
      const random = randomOf(seed)
      const before = anyArchitecture(random)
      assertSame(before, cloned(revised(before, random), seed), `seed ${seed}`)
    }
  })

  test('of a large architecture is, too', () => {
    for (let seed = 1; seed <= 12 * share; seed += 1) {
      const random = randomOf(seed)
      const before = generatedArchitecture({ components: 40 + (seed % 3) * 60, seed })
      assertSame(before, cloned(revised(before, random), seed), `seed ${seed}`)
    }
  })

  test('is in the way of every rule: its examples, changed and changed back', async () => {
    for (const rule of rules) {
      const { good, bad } = await rule.examples()
      for (const [name, example] of Object.entries({ ...good, ...bad })) {
        for (let seed = 1; seed <= share; seed += 1) {
          const other = revised(example, randomOf(seed))
          assertSame(example, cloned(other, seed), `${rule.id}, ${name}, seed ${seed}`)
          assertSame(cloned(other, seed), example, `${rule.id}, ${name}, back, seed ${seed}`)
        }
      }
    }
  })

  test('is the same judgement that is made without remembering what was read', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const architecture = anyArchitecture(randomOf(seed))
      assert.deepEqual(byRule(assessed(graphOf(architecture)).judgement), byRule(judge(architecture)))
    }
  })
})
