import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { canonicalJson, digestOf, digestOfJson, isDigest, shortDigest } from './json.ts'

suite('canonical JSON (RFC 8785)', () => {
  test('writes numbers, texts and literals as section 3.2.2 shows', () => {
    const value = {
      // oxlint-disable-next-line no-loss-of-precision -- the vector of the RFC
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    assert.equal(
      canonicalJson(value),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  test('sorts names by UTF-16 code units, as section 3.2.3 shows', () => {
    const names = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
    }
    const more = {
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    const sorted = [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]
    const written = [...canonicalJson({ ...names, ...more }).matchAll(/:"([^"]*)"/g)].map(([, text]) => text)
    assert.deepEqual(written, sorted)
  })

  test('writes doubles as appendix B lists them', () => {
    const vectors: Readonly<Record<string, string>> = {
      '0000000000000000': '0',
      '8000000000000000': '0',
      '0000000000000001': '5e-324',
      '8000000000000001': '-5e-324',
      '7fefffffffffffff': '1.7976931348623157e+308',
      ffefffffffffffff: '-1.7976931348623157e+308',
      '4340000000000000': '9007199254740992',
      c340000000000000: '-9007199254740992',
      '4430000000000000': '295147905179352830000',
      '44b52d02c7e14af5': '9.999999999999997e+22',
      '44b52d02c7e14af6': '1e+23',
      '44b52d02c7e14af7': '1.0000000000000001e+23',
      '444b1ae4d6e2ef4e': '999999999999999700000',
      '444b1ae4d6e2ef4f': '999999999999999900000',
      '444b1ae4d6e2ef50': '1e+21',
      '3eb0c6f7a0b5ed8c': '9.999999999999997e-7',
      '3eb0c6f7a0b5ed8d': '0.000001',
      '41b3de4355555553': '333333333.3333332',
      '41b3de4355555554': '333333333.33333325',
      becbf647612f3696: '-0.0000033333333333333333',
      '43143ff3c1cb0959': '1424953923781206.2',
    }
    for (const [bits, text] of Object.entries(vectors)) {
      assert.equal(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE()), text)
    }
  })

  test('reads back as what was written, whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        if (!JSON.stringify(value).isWellFormed()) return
        const text = attempt(() => canonicalJson(value))
        if (text === undefined) return
        const expected: unknown = JSON.parse(JSON.stringify(value))
        assert.deepEqual(JSON.parse(text), expected)
        assert.equal(canonicalJson(JSON.parse(text)), text)
        assert.equal(canonicalJson(reversed(value)), text)
        assert.equal(digestOfJson(reversed(value)), digestOfJson(value))
      }),
      { numRuns: 1_000 },
    )
  })

  test('leaves members out that are undefined, and keeps a name that is __proto__', () => {
    assert.equal(canonicalJson({ sku: 'A1', note: undefined }), '{"sku":"A1"}')
    assert.equal(canonicalJson(JSON.parse('{"__proto__":{"admin":true}}')), '{"__proto__":{"admin":true}}')
  })

  test('takes plain objects of every make', () => {
    assert.equal(canonicalJson(Object.freeze({ a: 1 })), '{"a":1}')
    assert.equal(canonicalJson(Object.assign(Object.create(null) as object, { a: 1 })), '{"a":1}')
    assert.equal(canonicalJson(runInNewContext('({ b: [2], a: 1 })')), '{"a":1,"b":[2]}')
  })

  test('refuses what JSON cannot say, rather than to say something else', () => {
    const circle: { inside?: unknown } = {}
    circle.inside = [circle]
    // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tried
    const holes = [1, , 2]
    const wrong = [
      undefined,
      NaN,
      Infinity,
      -Infinity,
      1n,
      Symbol('sku'),
      () => 1,
      '\ud800',
      { '\udc00': 1 },
      [undefined],
      holes,
    ]
    const classes = [
      new Date(),
      new Map([['a', 1]]),
      new Set([1]),
      /a/,
      Buffer.from('a'),
      new (class Card {
        number = 1
      })(),
      circle,
    ]
    for (const value of [...wrong, ...classes]) {
      assert.throws(() => canonicalJson(value), { code: 'NOT_JSON' })
      assert.throws(
        () => canonicalJson({ inside: [value] }),
        { code: 'NOT_JSON' },
        value === undefined ? 'array' : '',
      )
    }
  })
})

suite('digests', () => {
  test('are SHA-256 of the bytes', () => {
    assert.equal(digestOf(''), 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    assert.equal(digestOf('abc'), digestOf(Buffer.from('abc')))
    assert.equal(shortDigest(digestOf('')), 'e3b0c44298fc')
  })

  test('are recognised by their whole text', () => {
    const digest = digestOf('card')
    assert.ok(isDigest(digest))
    for (const text of [
      `${digest}\n`,
      ` ${digest}`,
      digest.toUpperCase(),
      digest.slice(0, -1),
      `${digest}0`,
      digest.replace('256', '512'),
      '',
    ]) {
      assert.ok(!isDigest(text), text)
    }
  })
})

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** The same value with its members the other way around. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  )
}
