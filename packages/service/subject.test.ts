import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decodeSubject, encodeSubject } from './subject.ts'

const word = fc.stringMatching(/^[\x21-\x7e]{1,40}$/)

test('a subject comes back as it went', () => {
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 20 }), (consumer, scopes) => {
      assert.deepEqual(decodeSubject(encodeSubject({ consumer, scopes })), { consumer, scopes })
    }),
  )
})

test('any other text is no subject, and none throws', () => {
  fc.assert(fc.property(fc.string(), (text) => assert.equal(decodeSubject(text), undefined)))
})

const encode = (text: string) => Buffer.from(text).toString('base64url')
const malformed: Readonly<Record<string, string>> = {
  'no base64url': '{"consumer":"storefront","scopes":[]}',
  padding: `${encode('{"consumer":"storefront","scopes":[]}')}=`,
  'no JSON': encode('storefront'),
  null: encode('null'),
  'a list': encode('["storefront"]'),
  'no scopes': encode('{"consumer":"storefront"}'),
  'scopes that are no list': encode('{"consumer":"storefront","scopes":"quotes"}'),
  'a scope that is no text': encode('{"consumer":"storefront","scopes":[1]}'),
  'an empty consumer': encode('{"consumer":"","scopes":[]}'),
  'a line feed in the consumer': encode(JSON.stringify({ consumer: 'store\nfront', scopes: [] })),
  'another member': encode('{"consumer":"storefront","scopes":[],"admin":true}'),
  'a member twice': encode('{"consumer":"storefront","consumer":"admin","scopes":[]}'),
  'too many scopes': encode(JSON.stringify({ consumer: 'storefront', scopes: Array(101).fill('s') })),
  'too long': encode(JSON.stringify({ consumer: 'storefront', scopes: Array(99).fill('s'.repeat(128)) })),
  'two headers': [encode('{"consumer":"a","scopes":[]}'), encode('{"consumer":"b","scopes":[]}')].join(', '),
}
for (const [name, text] of Object.entries(malformed))
  test(`refuses ${name}`, () => assert.equal(decodeSubject(text), undefined))
