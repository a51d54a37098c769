import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { Failure, formatPlace, InvalidInput, messageOf, PlimsollError, Refusal } from './errors.ts'
import { checkName, isName } from './name.ts'

suite('errors', () => {
  test('tell refusals, failures and wrong input apart, and keep their facts', () => {
    const cause = new Error('disk full')
    const failure = new Failure('STATE', 'the state cannot be written', {
      cause,
      retryable: true,
      fix: 'free some space',
    })
    assert.ok(failure instanceof PlimsollError && !(failure instanceof Refusal))
    assert.deepEqual(
      [failure.name, failure.code, failure.retryable, failure.fix],
      ['Failure', 'STATE', true, 'free some space'],
    )
    assert.equal(failure.cause, cause)
    assert.equal(new Refusal('CLOSED', 'no').retryable, false)
    assert.ok(!('cause' in new Refusal('CLOSED', 'no')))
  })

  test('of wrong input tell the first problem, and carry all of them', () => {
    const problems = [
      { message: 'no name', place: { file: 'plimsoll.config.ts', line: 3, field: 'name' }, fix: 'write one' },
      { message: 'no zone', place: { field: 'zones' } },
    ] as const
    const error = new InvalidInput('SETTINGS', problems)
    assert.deepEqual([error.message, error.place, error.fix], ['no name', problems[0].place, 'write one'])
    assert.deepEqual(error.problems, problems)
  })

  test('give the message of anything that was thrown, and no stack', () => {
    assert.equal(messageOf(new TypeError('no sku')), 'no sku')
    assert.equal(messageOf('just text'), 'just text')
    assert.deepEqual([messageOf(undefined), messageOf(null), messageOf(42)], ['undefined', 'null', '42'])
    assert.equal(typeof messageOf(Object.create(null)), 'string')
    assert.equal(
      typeof messageOf({
        toString: () => {
          throw new Error('again')
        },
      }),
      'string',
    )
  })
})

suite('places', () => {
  test('are written as editors understand them, as far as they are known', () => {
    assert.equal(
      formatPlace({ file: 'a.ts', line: 3, column: 7, field: 'operations.quote' }),
      'a.ts:3:7 operations.quote',
    )
    assert.equal(formatPlace({ file: 'a.ts', line: 3 }), 'a.ts:3')
    assert.equal(formatPlace({ file: 'a.ts', column: 7 }), 'a.ts')
    assert.equal(formatPlace({ field: 'name' }), 'name')
    assert.deepEqual([formatPlace({}), formatPlace(undefined), formatPlace({ field: '' })], ['', '', ''])
  })
})

suite('names', () => {
  test('are DNS labels that begin with a letter', () => {
    for (const name of ['a', 'orders', 'order-items', 'a1-2-3', 'a'.repeat(63)])
      assert.equal(checkName(name, 'name'), name)
    const wrong = [
      '',
      '1a',
      'Orders',
      'order_items',
      '-a',
      'a-',
      'a--b',
      'a.b',
      'a/b',
      '..',
      'a\n',
      'ä',
      'a'.repeat(64),
      '__proto__',
    ]
    for (const name of wrong) assert.ok(!isName(name), name)
    for (const name of [...wrong, undefined, null, 5, {}, ['a']]) {
      assert.throws(
        () => checkName(name, 'services.x'),
        (error: InvalidInput) => error.place?.field === 'services.x' && error.fix !== undefined,
      )
    }
  })

  test('fit into a host name, a path and a SPIFFE ID as they are', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (isName(text)) assert.equal(encodeURIComponent(text), text)
      }),
    )
  })
})
