import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { redactPatterns, Redactor } from './redaction.ts'

const schema = {
  type: 'object',
  properties: {
    email: { type: 'string', 'x-data-class': 'personal' },
    age: { type: 'integer', 'x-data-class': 'personal' },
    pin: { type: 'string', 'x-data-class': 'secret' },
    sku: { type: 'string' },
  },
}
const name = 'Grace Brewster/Hopper "Amazing" Ünïcode'
const redactor = new Redactor([{ schema, value: { email: name, age: 36, pin: 'q7w', sku: 'LT-1000' } }])

/** Eight characters of it in a row, in any letter case. */
const tells = (text: string) =>
  Array.from({ length: name.length - 7 }, (_, at) => name.slice(at, at + 8).toLowerCase()).some((piece) =>
    text.toLowerCase().includes(piece),
  )

const ways: Readonly<Record<string, string>> = {
  alone: name,
  'in a message': `UNIQUE constraint failed: "${name}" exists`,
  'in a query': `/find?email=${encodeURIComponent(name)}&x=1`,
  'in a form': new URLSearchParams({ email: name }).toString(),
  'in JSON': JSON.stringify({ email: name }),
  inspected: inspect({ email: name }),
  'in upper case': name.toUpperCase(),
  'cut off': `cannot read ${name.slice(0, 20)}…`,
  twice: `${name}${name}`,
}
for (const [way, text] of Object.entries(ways))
  test(`a classified value does not come through ${way}`, () => {
    const shown = redactor.text(text)
    assert.ok(!tells(shown), shown)
    assert.match(shown, /\[redacted\]/)
  })

test('nor as base64, at any place', () => {
  for (const before of ['', 'a', 'ab', 'abc']) {
    const text = Buffer.from(`${before}${name}, and more`).toString('base64')
    const shown = redactor.text(`authorization: ${text}`)
    for (let at = 4; at < text.length - 24; at += 1)
      assert.ok(!shown.includes(text.slice(at, at + 12)), shown)
  }
})

test('what is not classified stays readable', () => {
  const text = 'no price for LT-1000 within 136 ms at pricing/0 (spiffe://shop.internal/service/orders)'
  assert.equal(redactor.text(text), text)
})

test('short values are words, so that they make nothing else unreadable', () => {
  assert.equal(redactor.text('36 years, 136 ms, q7w, q7wx'), '[redacted] years, 136 ms, [redacted], q7wx')
})

test('a member of a classified name is left out, whatever it holds', () => {
  assert.deepEqual(redactor.facts({ email: 'hash-of-it', customer_email: 1, sku: 'LT-1000', ok: true }), {
    email: '[redacted]',
    customer_email: '[redacted]',
    sku: 'LT-1000',
    ok: true,
  })
})

test('where not everything could be looked through, nothing is shown', () => {
  const large = new Redactor([{ schema, value: { email: 'x'.repeat(300_000) } }])
  assert.equal(large.text('anything'), '[redacted]')
})

test('whatever the value, and whatever stands around it, it does not come through', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8, maxLength: 60 }),
      fc.string(),
      fc.string(),
      (value, before, after) => {
        const one = new Redactor([{ schema, value: { email: value } }])
        assert.ok(!one.text(`${before}${value}${after}`).includes(value))
      },
    ),
  )
})

test('what nobody writes down on purpose is kept out without any schema', () => {
  const text = [
    'mail ada@example.org',
    'card 4111 1111 1111 1111',
    'authorization: Bearer abcdefghijkl',
    'key plk_abcdefghijkl',
    'postgres://shop:hunter22@db.internal/shop',
    '-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----',
  ].join('\n')
  const shown = redactPatterns(text)
  for (const piece of ['ada', '4111', 'abcdefghijkl', 'hunter22', 'MIIEvQ'])
    assert.ok(!shown.includes(piece), piece)
  const harmless = 'pricing@1.0.0+4be1c0ffee12 at 1763990000000 in /srv/zod@4.6.7/index.js:12:5'
  assert.equal(redactPatterns(harmless), harmless)
})
