import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { Failure, Refusal } from '@plimsoll/base'
import { AuditLog, readAudit, type AuditLine } from './audit-log.ts'
import { audited } from './audited.ts'
import { chained, firstLink, verifyChain, type AuditEntry } from './chain.ts'

const clock = { now: () => Date.parse('2026-11-24T12:00:00Z') }
const operator = 'spiffe://shop.internal/operator/ada'

/** A log with some acts, and its file. */
function written(count: number) {
  const database = new DatabaseSync(':memory:')
  const log = new AuditLog(database, clock)
  for (let at = 0; at < count; at += 1)
    log.append({
      who: operator,
      act: 'change',
      outcome: 'done',
      facts: { generation: at, services: ['pricing'] },
    })
  return { database, log, verify: (anchor?: string) => verifyChain(...arguments_(database, anchor)) }
}

function arguments_(database: DatabaseSync, anchor: string | undefined) {
  const { lines, highest } = readAudit(database)
  return [lines, { highest, anchor }] as const
}

const unlocked = (database: DatabaseSync, sql: string) =>
  database.exec(`DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_cut; ${sql}`)

suite('the audit log', () => {
  test('is whole as it was written, and holds each head that was noted', () => {
    const { log, verify } = written(5)
    const noted = log.head().hash
    log.append({ who: operator, act: 'rollback', outcome: 'begun', facts: {} })
    assert.deepEqual(verify(noted).problems, [])
    assert.equal(verify().entries, 6)
    assert.equal(verify().head, log.head().hash)
    assert.deepEqual(
      log.newest(1).map(({ act }) => act),
      ['rollback'],
    )
  })

  test('is only appended to', () => {
    const { database } = written(3)
    assert.throws(() => database.exec("UPDATE audit SET hash = 'x' WHERE number = 2"), /only appended/)
    assert.throws(() => database.exec('DELETE FROM audit'), /only appended/)
  })

  test('tells a changed line, a missing one, a missing end, and one that was written anew', () => {
    const changes: readonly (readonly [string, RegExp])[] = [
      [
        "UPDATE audit SET entry = replace(entry, 'pricing', 'billing') WHERE number = 3",
        /line 3 was changed/,
      ],
      ["UPDATE audit SET hash = 'sha256:0' WHERE number = 3", /line 3 was changed/],
      ["UPDATE audit SET entry = 'x' WHERE number = 3", /line 3 was changed/],
      ['DELETE FROM audit WHERE number = 3', /after line 2 comes line 4/],
      ['DELETE FROM audit WHERE number = 1', /after line 0 comes line 2/],
      ['DELETE FROM audit WHERE number > 4', /the last lines are missing: 5 were written/],
      ['DELETE FROM audit', /the last lines are missing/],
    ]
    for (const [sql, said] of changes) {
      const { database, verify } = written(5)
      unlocked(database, sql)
      assert.match(verify().problems.join('\n'), said, sql)
    }
    const { log } = written(5)
    const other = written(4)
    other.log.append({ who: operator, act: 'revoke', outcome: 'done', facts: {} })
    assert.match(other.verify(log.head().hash).problems.join('\n'), /is not in the log/)
  })

  test('no change of any member of any line goes unseen', () => {
    const entries = fc.array(
      fc.record({
        act: fc.string(),
        facts: fc.jsonValue().filter((value) => JSON.stringify(value).isWellFormed()),
      }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(
        entries,
        fc.nat(),
        fc.constantFrom('who', 'act', 'outcome', 'facts', 'at', 'previous', 'hash', 'number'),
        (drawn, pick, member) => {
          let previous: string = firstLink.hash
          const lines = drawn.map(({ act, facts }, at): AuditEntry => {
            const entry = chained(
              {
                who: operator,
                act: act.toWellFormed(),
                outcome: 'done',
                facts: JSON.parse(JSON.stringify(facts)),
                number: at + 1,
                at: '2026-11-24T12:00:00Z',
              },
              previous,
            )
            previous = entry.hash
            return entry
          })
          const asLines = (list: readonly AuditEntry[]): AuditLine[] =>
            list.map((entry) => ({ number: entry.number, entry: entry as never, hash: entry.hash }))
          assert.deepEqual(verifyChain(asLines(lines)).problems, [])
          const at = pick % lines.length
          const changed = lines.map((entry, index) =>
            index === at ? { ...entry, [member]: 'something else' } : entry,
          )
          assert.ok(verifyChain(asLines(changed)).problems.length > 0)
        },
      ),
    )
  })
})

suite('an audited act', () => {
  const acts = (log: AuditLog) => log.newest(10).map(({ outcome, facts }) => [outcome, facts])

  test('is written down before and after', async () => {
    const { log } = written(0)
    let before = 0
    const outcome = await audited(
      log,
      { who: operator, act: 'change', facts: { services: ['pricing'] } },
      () => {
        before = log.head().number
        return 7
      },
      (generation) => ({ generation }),
    )
    assert.deepEqual([outcome, before], [7, 1])
    assert.deepEqual(acts(log), [
      ['done', { begun: 1, result: { generation: 7 } }],
      ['begun', { services: ['pricing'] }],
    ])
  })

  test('that is refused or fails says so, without what is internal', async () => {
    const { log } = written(0)
    const about = { who: operator, act: 'change', facts: null }
    const errors = [
      new Refusal('NOT_ADMITTED', 'no attestation'),
      new Failure('START', 'pricing did not start'),
      new TypeError('secret token abc'),
    ]
    for (const error of errors)
      await assert.rejects(
        audited(log, about, () => Promise.reject(error)),
        error,
      )
    const outcomes = acts(log).filter(([outcome]) => outcome !== 'begun')
    assert.deepEqual(
      outcomes.map(([outcome]) => outcome),
      ['failed', 'failed', 'refused'],
    )
    assert.ok(!JSON.stringify(outcomes).includes('abc'))
  })

  test('that cannot be written down is not done', async () => {
    const { log, database } = written(0)
    database.close()
    await assert.rejects(
      audited(log, { who: operator, act: 'change', facts: null }, () => assert.fail('it was done')),
      /database is not open/,
    )
  })
})
