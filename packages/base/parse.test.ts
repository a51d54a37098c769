import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { InvalidInput } from './errors.ts'
import { canonicalJson } from './json.ts'
import { parseJson, type JsonErrorCode, type JsonLimits } from './parse.ts'

function refusedWith(code: JsonErrorCode, content: Uint8Array | string, limits?: JsonLimits): void {
  assert.throws(
    () => parseJson(content, limits),
    (error) => error instanceof InvalidInput && error.code === code,
  )
}

suite('JSON from somebody who is not trusted', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        if (!text.isWellFormed() || text.includes('__proto__') || /\\u[dD][89a-fA-F]/.test(text)) return
        const value: unknown = JSON.parse(text)
        assert.deepEqual(parseJson(text), value)
        assert.deepEqual(parseJson(Buffer.from(text)), value)
      }),
      { numRuns: 1_000 },
    )
  })

  test('comes out as what went into canonical JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        if (text.includes('__proto__')) return
        assert.equal(canonicalJson(parseJson(text)), text)
      }),
    )
  })

  test('whatever the bytes, gives a value or an error of the user', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseJson(bytes)
        } catch (error) {
          assert.ok(error instanceof InvalidInput)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('is bounded in bytes, not characters', () => {
    assert.equal(parseJson('"ab"', { maxBytes: 4 }), 'ab')
    refusedWith('JSON_TOO_LARGE', '"abc"', { maxBytes: 4 })
    refusedWith('JSON_TOO_LARGE', '"\u20ac"', { maxBytes: 4 })
    refusedWith('JSON_TOO_LARGE', Buffer.alloc(1_048_577, ' '))
  })

  test('is bounded in depth before anything is built', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    assert.ok(parseJson(nested(32)))
    refusedWith('JSON_TOO_DEEP', nested(33))
    refusedWith('JSON_TOO_DEEP', '[{"a":'.repeat(20_000))
    refusedWith('JSON_TOO_DEEP', '['.repeat(1_000_000))
    // Closing brackets without an opening one do not buy depth.
    refusedWith('JSON_SYNTAX', `${']'.repeat(100)}${'['.repeat(33)}`)
    assert.equal(parseJson(JSON.stringify('['.repeat(100))), '['.repeat(100))
    assert.deepEqual(parseJson('["\\"[[", "\\\\"]', { maxDepth: 1 }), ['"[[', '\\'])
  })

  test('is strict UTF-8', () => {
    const sequences = [
      [0xff],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe2, 0x82],
      [0x80],
    ]
    for (const bytes of sequences) refusedWith('JSON_SYNTAX', Buffer.from([0x22, ...bytes, 0x22]))
    refusedWith('JSON_SYNTAX', Buffer.from('"card"', 'utf16le'))
  })

  test('holds no half of a character, neither raw nor escaped', () => {
    refusedWith('JSON_SYNTAX', '"\ud800"')
    for (const text of ['"\\ud800"', '"\\uDC00"', '["\\ude00\\ud83d"]', '{"\\ud800":1}'])
      refusedWith('JSON_SYNTAX', text)
    assert.equal(parseJson('"\\ud83d\\ude00"'), '\u{1f600}')
  })

  test('has no key __proto__, however it is written or deep', () => {
    for (const key of ['__proto__', '\\u005f_proto__', '_\\u005Fproto__', '\\u005f\\u005f\\u0070roto__']) {
      refusedWith('JSON_KEY', `{"${key}":{"admin":true}}`)
      refusedWith('JSON_KEY', `[{"card":[{"${key}":1}]}]`)
    }
    assert.equal(parseJson('"__proto__"'), '__proto__')
    assert.deepEqual(parseJson('{"constructor":1,"toString":2}'), { constructor: 1, toString: 2 })
    assert.ok(!('admin' in {}))
  })

  test('has no name twice in one object, so that nobody reads another value than we', () => {
    refusedWith('JSON_KEY', '{"role":"customer","role":"admin"}')
    refusedWith('JSON_KEY', '{"role":"customer","r\\u006fle":"admin"}')
    refusedWith('JSON_KEY', '[1,{"card":{"number":1,"number":1}}]')
    refusedWith('JSON_KEY', '{"a":{"b":1,"c":2},"a":0}')
    assert.deepEqual(parseJson('[{"sku":":"},{"sku":"a:b"}]'), [{ sku: ':' }, { sku: 'a:b' }])
    assert.deepEqual(parseJson('{"a":{"b":1},"b":{"a":1}}'), { a: { b: 1 }, b: { a: 1 } })
  })

  test('is JSON and nothing near to it', () => {
    const near = [
      '',
      ' ',
      'undefined',
      'NaN',
      "{'a':1}",
      '{a:1}',
      '[1,]',
      '{"a":1,}',
      '01',
      '+1',
      '.5',
      '1.',
      '0x10',
      '// a\n1',
      '"\n"',
      '1 2',
      '\ufeff1',
      '"\\x41"',
    ]
    for (const text of near) refusedWith('JSON_SYNTAX', text)
  })

  test('and what is wrong with it is told without repeating it', () => {
    for (const text of [
      '{"card":"4111111111111111",}',
      '{"card" "4111111111111111"}',
      '4111111111111111 4111111111111111',
    ]) {
      assert.throws(
        () => parseJson(text),
        (error: InvalidInput) => !JSON.stringify([error.message, error.problems]).includes('4111'),
      )
    }
    assert.throws(
      () => parseJson('{\n  "sku": 1,\n  oops\n}'),
      (error: InvalidInput) => error.place?.line === 3,
    )
  })
})
