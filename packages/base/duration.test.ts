import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { formatDuration, parseDuration } from './duration.ts'
import { InvalidInput } from './errors.ts'

suite('durations', () => {
  test('are read in every unit, and with fractions as they are written', () => {
    const read = { '250ms': 250, '2s': 2_000, '5m': 300_000, '1h': 3_600_000, '7d': 604_800_000 }
    for (const [text, milliseconds] of Object.entries(read)) assert.equal(parseDuration(text), milliseconds)
    assert.equal(parseDuration('1.5h'), 5_400_000)
    assert.equal(parseDuration('1.005s'), 1_005)
    assert.equal(parseDuration('0.25ms'), 0.25)
  })

  test('are written in the shortest exact way', () => {
    const written = [1, 250, 1_500, 60_000, 90_000, 7_200_000, 86_400_000, 90_061_001].map(formatDuration)
    assert.deepEqual(written, ['1ms', '250ms', '1.5s', '1m', '90s', '2h', '1d', '90061.001s'])
  })

  test('are the same after they were written and read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000_000_000 }), (milliseconds) => {
        assert.equal(parseDuration(formatDuration(milliseconds)), milliseconds)
      }),
    )
  })

  test('are nothing else, and the error names field, text and what to write', () => {
    const wrong = [
      '',
      ' ',
      '5',
      's',
      '5 s',
      '-5s',
      '+5s',
      '5S',
      '5w',
      '0s',
      '0.0ms',
      '.5s',
      '5.s',
      '1e3s',
      '0x5s',
      'Infinitys',
    ]
    const tricks = [
      '5s\n',
      '\n5s',
      '٥s',
      '5s5s',
      `${'9'.repeat(13)}s`,
      '1.1234567s',
      '5\u0000s',
      '__proto__',
      'NaNms',
    ]
    for (const text of [...wrong, ...tricks]) {
      assert.throws(
        () => parseDuration(text, 'operations.quote.deadline'),
        (error: InvalidInput) => {
          assert.deepEqual([error.code, error.place], ['DURATION', { field: 'operations.quote.deadline' }])
          assert.ok(error.message.includes(JSON.stringify(text)))
          return /250ms, 2s, 5m, 1h or 7d/.test(error.fix ?? '')
        },
      )
    }
  })

  test('any text is a duration above zero, or an error of the user', () => {
    const almost = fc.stringMatching(/^[\d.\-+e]{0,8}(ms|s|m|h|d|)$/)
    fc.assert(
      fc.property(fc.oneof(almost, fc.string()), (text) => {
        try {
          const milliseconds = parseDuration(text)
          assert.ok(Number.isFinite(milliseconds) && milliseconds > 0)
        } catch (error) {
          assert.ok(error instanceof InvalidInput)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
