import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { preAuthEncoding, signEnvelope, verifyEnvelope, type Envelope } from './envelope.ts'
import { createKey } from './key.ts'
import { createSigningKey } from './signing-key.ts'
import { signStatement, statementType, verifyStatement } from './statement.ts'

const key = createSigningKey()
const other = createSigningKey()
const type = 'application/vnd.shop.receipt+json'
const payload = Buffer.from('{"cents":1200}')
const envelope = signEnvelope(type, payload, key)
const refused = (
  candidate: unknown,
  code: string,
  trusted: readonly string[] = [key.publicKey],
  expected = type,
) => assert.throws(() => verifyEnvelope(candidate, expected, trusted), { code })

suite('an envelope (DSSE v1)', () => {
  test('gives back what was signed', () => {
    assert.deepEqual(verifyEnvelope(envelope, type, [key.publicKey]), payload)
    assert.deepEqual(
      verifyEnvelope(JSON.parse(JSON.stringify(envelope)), type, [other.publicKey, key.publicKey]),
      payload,
    )
    const empty = signEnvelope('', new Uint8Array(), key)
    assert.equal(verifyEnvelope(empty, '', [key.publicKey]).length, 0)
  })

  test('encodes type and payload as the specification shows', () => {
    assert.equal(
      preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString(),
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    )
    assert.equal(preAuthEncoding('é', Buffer.from('é')).toString(), 'DSSEv1 2 é 2 é')
  })

  test('is one thing: no byte moves from the type to the payload', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (typeA, payloadA, typeB, payloadB) => {
        const same = preAuthEncoding(typeA, Buffer.from(payloadA)).equals(
          preAuthEncoding(typeB, Buffer.from(payloadB)),
        )
        assert.equal(same, typeA === typeB && payloadA === payloadB)
      }),
    )
    const moved = {
      ...envelope,
      payloadType: `${type} 14 {`,
      payload: Buffer.from('"cents":1200}').toString('base64'),
    }
    refused(moved, 'SIGNATURE', [key.publicKey], moved.payloadType)
  })

  test('with another payload, type or signature does not hold', () => {
    const [signature] = envelope.signatures
    refused({ ...envelope, payload: Buffer.from('{"cents":9}').toString('base64') }, 'SIGNATURE')
    refused({ ...envelope, payloadType: 'application/json' }, 'ENVELOPE')
    refused(
      { ...envelope, payloadType: 'application/json' },
      'SIGNATURE',
      [key.publicKey],
      'application/json',
    )
    refused(
      { ...envelope, signatures: signEnvelope(type, Buffer.from('other'), key).signatures },
      'SIGNATURE',
    )
    refused({ ...envelope, signatures: [{ ...signature, keyid: other.keyId }] }, 'SIGNATURE')
    refused({ ...envelope, signatures: [{ ...signature, sig: '' }] }, 'SIGNATURE')
    refused(
      { ...envelope, signatures: [{ ...signature, sig: Buffer.alloc(64).toString('base64') }] },
      'SIGNATURE',
    )
  })

  test('of another key does not hold, whatever name the key is given', () => {
    const foreign = signEnvelope(type, payload, other)
    refused(foreign, 'SIGNATURE')
    refused(
      { ...foreign, signatures: foreign.signatures.map(({ sig }) => ({ keyid: key.keyId, sig })) },
      'SIGNATURE',
    )
    refused(envelope, 'SIGNATURE', [])
    refused(envelope, 'SIGNATURE', [other.publicKey])
    refused(envelope, 'SIGNATURE', [
      createKey().publicKey,
      generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ type: 'spki', format: 'pem' }),
    ])
  })

  test('with several signatures holds by one that is trusted', () => {
    const foreign = signEnvelope(type, payload, other).signatures
    const both = { ...envelope, signatures: [...foreign, ...envelope.signatures] }
    assert.ok(verifyEnvelope(both, type, [key.publicKey]))
    assert.ok(verifyEnvelope(both, type, [other.publicKey]))
    refused({ ...envelope, signatures: [...foreign, ...foreign] }, 'SIGNATURE')
    refused({ ...envelope, signatures: Array.from({ length: 17 }, () => envelope.signatures[0]) }, 'ENVELOPE')
    refused({ ...envelope, signatures: [...envelope.signatures, null] }, 'ENVELOPE')
  })

  test('has one writing of its bytes', () => {
    const [signature] = envelope.signatures
    const ways = (text: string) => [
      `${text}=`,
      text.replaceAll('=', ''),
      `${text}\n`,
      ` ${text}`,
      `${text.slice(0, 4)}\n${text.slice(4)}`,
      `${text}!`,
      text.replaceAll(/[+/]/g, (letter) => (letter === '+' ? '-' : '_')),
    ]
    for (const way of ways(envelope.payload).filter((text) => text !== envelope.payload))
      refused({ ...envelope, payload: way }, 'ENVELOPE')
    for (const way of ways(signature?.sig ?? '').filter((text) => text !== signature?.sig))
      refused({ ...envelope, signatures: [{ ...signature, sig: way }] }, 'ENVELOPE')
    // Bits that decode to nothing.
    refused({ ...envelope, payload: 'eyJhIjoxfR==' }, 'ENVELOPE')
  })

  test('is an envelope, or an error that says so', () => {
    const wrong = [
      undefined,
      null,
      5,
      'text',
      [],
      {},
      { ...envelope, payload: 5 },
      { ...envelope, payload: undefined },
      { ...envelope, signatures: [] },
      { ...envelope, signatures: {} },
      { ...envelope, signatures: [{}] },
      { ...envelope, signatures: [{ keyid: 5, sig: 'AAAA' }] },
      { ...envelope, payloadType: undefined },
    ]
    for (const candidate of wrong) refused(candidate, 'ENVELOPE')
    refused({ ...envelope, payload: 'A'.repeat(12 * 1024 * 1024) }, 'ENVELOPE')
    refused({ ...envelope, signatures: [{ keyid: key.keyId, sig: 'A'.repeat(4_000) }] }, 'ENVELOPE')
  })
})

const statement = {
  subjects: [{ name: 'pricing', sha256: 'ab'.repeat(32) }],
  predicateType: 'https://example.org/claim',
  predicate: { good: true, note: 'é' },
}
const signed = signStatement(statement, key)
/** A statement of any shape, signed as it is. */
const claim = (value: unknown) =>
  signEnvelope(statementType, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), key)

suite('a statement (in-toto v1)', () => {
  test('comes back as it was signed', () => {
    assert.deepEqual(verifyStatement(signed, [key.publicKey]), statement)
    const read = JSON.parse(Buffer.from(signed.payload, 'base64').toString()) as object
    assert.deepEqual(Object.keys(read).toSorted(), ['_type', 'predicate', 'predicateType', 'subject'])
  })

  test('is a statement, or an error that says so, although a trusted key signed it', () => {
    const good = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'a', digest: { sha256: 'ab'.repeat(32) } }],
      predicateType: 'x',
      predicate: {},
    }
    assert.ok(verifyStatement(claim(good), [key.publicKey]))
    const wrong = [
      null,
      5,
      [],
      {},
      { ...good, _type: 'https://in-toto.io/Statement/v0.1' },
      { ...good, predicateType: 5 },
      { ...good, subject: {} },
      { ...good, subject: [null] },
      { ...good, subject: [{ name: 'a' }] },
      { ...good, subject: [{ name: 'a', digest: { sha256: 'AB'.repeat(32) } }] },
      { ...good, subject: [{ name: 'a', digest: { sha256: 'ab' } }] },
      { ...good, subject: [{ name: 5, digest: { sha256: 'ab'.repeat(32) } }] },
    ]
    for (const value of wrong)
      assert.throws(() => verifyStatement(claim(value), [key.publicKey]), { code: 'STATEMENT' })
    const twice = JSON.stringify(good).replace('"predicateType"', '"predicateType":"y","predicateType"')
    assert.throws(() => verifyStatement(claim(twice), [key.publicKey]), { code: 'JSON_KEY' })
    assert.throws(() => verifyStatement(claim('{'), [key.publicKey]), { code: 'JSON_SYNTAX' })
    assert.throws(() => verifyStatement(claim('['.repeat(1_000)), [key.publicKey]), { code: 'JSON_TOO_DEEP' })
    assert.throws(
      () =>
        verifyStatement(signEnvelope('text/plain', Buffer.from(JSON.stringify(good)), key), [key.publicKey]),
      { code: 'ENVELOPE' },
    )
  })

  test('of 10,000 altered ones, none is accepted', () => {
    const text = JSON.stringify(signed)
    const letter = fc.constantFrom(...'{}[]":,AZaz09+/=-_ \\u0'.split(''))
    const edit = fc.record({
      at: fc.nat({ max: text.length - 1 }),
      kind: fc.constantFrom('set', 'insert', 'delete', 'swap'),
      letter,
    })
    let accepted = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const altered = edits.reduce(alter, text)
        let value: unknown
        try {
          value = JSON.parse(altered)
          assert.deepEqual(verifyStatement(value, [key.publicKey]), statement)
        } catch {
          return
        }
        // Blanks between the members of JSON alter nothing.
        if (JSON.stringify(value) !== text) accepted += 1
      }),
      { numRuns: 10_000 },
    )
    assert.equal(accepted, 0)
  })

  test('of all its bits, none may flip', () => {
    for (const part of ['payload', 'sig'] as const) {
      const bytes = Buffer.from(
        part === 'payload' ? signed.payload : (signed.signatures[0]?.sig ?? ''),
        'base64',
      )
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flipped = Buffer.from(bytes)
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        const text = flipped.toString('base64')
        const altered: Envelope =
          part === 'payload'
            ? { ...signed, payload: text }
            : { ...signed, signatures: [{ keyid: key.keyId, sig: text }] }
        assert.throws(() => verifyStatement(altered, [key.publicKey]), { code: 'SIGNATURE' })
      }
    }
  })
})

function alter(text: string, { at, kind, letter }: { at: number; kind: string; letter: string }): string {
  const [before, here, behind] = [text.slice(0, at), text.slice(at, at + 1), text.slice(at + 1)]
  if (kind === 'set') return before + letter + behind
  if (kind === 'insert') return before + letter + here + behind
  return kind === 'delete' ? before + behind : before + behind.slice(0, 1) + here + behind.slice(1)
}
