import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import {
  bitString,
  boolean,
  context,
  integer,
  objectIdentifier,
  octetString,
  readElements,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts'

const hex = (bytes: Buffer) => bytes.toString('hex')

suite('DER (X.690)', () => {
  test('writes what the standard shows', () => {
    assert.equal(hex(boolean(true)) + hex(boolean(false)), '0101ff010100')
    assert.deepEqual(
      [[0], [127], [128], [0, 0, 5], [0, 128], [1, 0]].map((bytes) => hex(integer(Buffer.from(bytes)))),
      ['020100', '02017f', '02020080', '020105', '02020080', '02020100'],
    )
    assert.equal(hex(objectIdentifier('1.2.840.113549')), '06062a864886f70d')
    assert.equal(hex(objectIdentifier('2.999.3')), '0603883703')
    assert.equal(hex(bitString(Buffer.from([0x80]), 7)), '03020780')
    assert.equal(hex(octetString(Buffer.from('ab'))), '04026162')
    assert.equal(hex(utf8String('é')), '0c02c3a9')
    assert.equal(hex(sequence(integer(Buffer.from([1])), boolean(true))), '30060201010101ff')
    assert.equal(hex(set()), '3100')
    assert.equal(
      hex(context(3, Buffer.from([1]), { constructed: true })) +
        hex(context(6, Buffer.from([1]), { constructed: false })),
      'a30101860101',
    )
  })

  test('writes lengths in the shortest form', () => {
    const lengths = [0, 127, 128, 255, 256, 65_535, 65_536].map((length) =>
      hex(octetString(Buffer.alloc(length)).subarray(0, 5)).slice(2),
    )
    assert.deepEqual(lengths, ['00', '7f000000', '81800000', '81ff0000', '82010000', '82ffff00', '83010000'])
  })

  test('writes years through 2049 with two digits, later ones with four', () => {
    assert.equal(
      time(Date.UTC(2049, 11, 31, 23, 59, 59, 999))
        .subarray(2)
        .toString(),
      '491231235959Z',
    )
    assert.equal(
      time(Date.UTC(2050, 0, 1))
        .subarray(2)
        .toString(),
      '20500101000000Z',
    )
    assert.deepEqual([time(0)[0], time(Date.UTC(2050, 0, 1))[0]], [0x17, 0x18])
  })

  test('reads what it writes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 5 }), (parts) => {
        const elements = readElements(Buffer.concat(parts.map(octetString)))
        assert.deepEqual(
          elements?.map(({ tag, content }) => [tag, hex(content)]),
          parts.map((part) => [4, hex(Buffer.from(part))]),
        )
      }),
    )
  })

  test('reads nothing that has another writing, or claims more than there is', () => {
    const wrong = [
      '04',
      '0405',
      '040261',
      '0481',
      '048105aabbccddee',
      '04820005aabbccddee',
      '0480aa0000',
      '0485000000000161',
      '04ffaa',
      '1f8101',
      '3f',
      '0484ffffffff',
    ]
    for (const bytes of wrong) assert.equal(readElements(Buffer.from(bytes, 'hex')), undefined, bytes)
    assert.deepEqual(readElements(Buffer.alloc(0)), [])
  })

  test('reads any bytes to an end, and what it accepts it would write the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const read = readElements(Buffer.from(bytes))
        if (read === undefined) return
        const written = read.map(({ tag, content }) =>
          Buffer.concat([Buffer.from([tag]), octetString(content).subarray(1)]),
        )
        assert.equal(hex(Buffer.concat(written)), hex(Buffer.from(bytes)))
      }),
      { numRuns: 3_000 },
    )
  })

  test(
    'reads the same in another library',
    { skip: spawnSync('openssl', ['version']).status === 0 ? false : 'no openssl' },
    () => {
      const value = sequence(
        integer(Buffer.from([0x80, 0])),
        objectIdentifier('1.3.6.1.5.5.7.3.2'),
        set(utf8String('café')),
        time(Date.UTC(2051, 1, 3)),
      )
      const { stdout } = spawnSync('openssl', ['asn1parse', '-inform', 'DER'], {
        input: value,
        encoding: 'utf8',
      })
      for (const part of [
        /INTEGER\s+:8000/,
        /OBJECT\s+:TLS Web Client Authentication/,
        /UTF8STRING\s+:caf/,
        /GENERALIZEDTIME\s+:20510203000000Z/,
      ])
        assert.match(stdout, part)
    },
  )
})
