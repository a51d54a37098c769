import assert from 'node:assert/strict'
import { test } from 'node:test'
import { interpolate } from './interpolate.ts'

const values: Readonly<Record<string, string>> = { HOST: 'cart', PORT: '7070', EMPTY: '' }

function result(text: string): string {
  return interpolate(text, { value: (name) => values[name], missing: () => undefined })
}

function missingIn(text: string): readonly string[] {
  const names: string[] = []
  interpolate(text, {
    value: (name) => values[name],
    missing: (name, required) => names.push(required ? `${name}!` : name),
  })
  return names
}

test('every form of the Compose specification is understood', () => {
  const cases = {
    '$HOST:${PORT}': 'cart:7070',
    '${HOST}-$$HOST': 'cart-$HOST',
    '${MISSING:-db}': 'db',
    '${EMPTY:-db}': 'db',
    '${EMPTY-db}': '',
    '${MISSING-db}': 'db',
    '${HOST:?it is needed}': 'cart',
    '${HOST:+set}${MISSING:+set}${EMPTY:+set}${EMPTY+set}': 'setset',
    '${MISSING:-${ALSO_MISSING:-http://${HOST}}}': 'http://cart',
    '${MISSING:-}': '',
    '${HOST:-unused ${PORT}} after': 'cart after',
  }
  for (const [text, expected] of Object.entries(cases)) assert.equal(result(text), expected, text)
})

test('a missing variable is told, with what Compose would do', () => {
  assert.deepEqual(missingIn('$MISSING ${OTHER} ${NEEDED:?say it} ${HOST} ${WITH:-default}'), [
    'MISSING',
    'OTHER',
    'NEEDED!',
  ])
})

test('what is no variable stays as it is', () => {
  for (const text of ['$', '100$', '$5', '${', '${}', '${1}', 'a $ b', '^start$'])
    assert.equal(result(text), text, text)
  assert.equal(result('${HOST'), 'cart')
})

test('hostile nesting and growth are bounded', () => {
  result('${A:-'.repeat(100_000))
  const grown = interpolate('$A'.repeat(10_000), {
    value: () => 'x'.repeat(100_000),
    missing: () => undefined,
  })
  assert.ok(grown.length <= 1_048_576)
})
