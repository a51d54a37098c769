import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, assert as holds, constantFrom, property } from 'fast-check'
import { GatewayRefusal } from './errors.ts'
import { parseTarget } from './target.ts'

test('a path stays as it was sent, the query is read', () => {
  const target = parseTarget('/quotes/A%201?quantity=2&note=a+b%26c')
  assert.equal(target.path, '/quotes/A%201')
  assert.deepEqual([...target.query], [['quantity', '2'], ['note', 'a b&c']]) // prettier-ignore
  assert.equal(parseTarget('/').path, '/')
})

for (const [what, target] of [
  ['the absolute form', 'https://shop.example/quotes/A1'],
  ['the asterisk form', '*'],
  ['the authority form', 'shop.example:443'],
  ['nothing', ''],
  ['an empty segment', '//evil.example/quotes'],
  ['an empty segment inside', '/quotes//A1'],
  ['a dot segment', '/quotes/../admin'],
  ['an encoded dot segment', '/quotes/%2e%2E/admin'],
  ['a single dot', '/./quotes'],
  ['an encoded slash', '/quotes/..%2f..%2fadmin'],
  ['an encoded backslash', '/quotes/..%5C..'],
  ['a backslash', '/quotes\\A1'],
  ['an encoded NUL', '/quotes/A1%00.json'],
  ['an encoded line break', '/quotes/A1%0d%0aset-cookie:x'],
  ['a fragment', '/quotes/A1#top'],
  ['a broken percent encoding', '/quotes/%zz'],
  ['a cut percent encoding', '/quotes/A%2'],
  ['an overlong UTF-8 slash', '/quotes/%c0%af'],
  ['a lone UTF-8 byte in the query', '/quotes/A1?sku=%ff'],
  ['a space', '/quotes/A 1'],
  ['bytes above ASCII', '/quotes/\u00e9'],
  ['a broken percent encoding in the query', '/quotes/A1?quantity=%'],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => parseTarget(target), { code: 'AMBIGUOUS_REQUEST', status: 400 })
  })
}

test('any text is refused or read without change', () => {
  const pieces = constantFrom(
    '/',
    '.',
    '..',
    '%2e',
    '%2f',
    '%',
    'A1',
    '?',
    '#',
    '\\',
    '=',
    '&',
    ' ',
    '%c3%a9',
  )
  holds(
    property(array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      try {
        assert.equal(parseTarget(text).path, text.split('?', 1)[0])
      } catch (thrown) {
        assert.ok(thrown instanceof GatewayRefusal)
      }
    }),
  )
})

test('a long hostile address is judged quickly', () => {
  const hostile = `/${'a%2'.repeat(5_000)}`
  assert.throws(() => parseTarget(hostile), { code: 'AMBIGUOUS_REQUEST' })
  assert.throws(() => parseTarget('/a'.repeat(8_000) + '//'), { code: 'AMBIGUOUS_REQUEST' })
})
