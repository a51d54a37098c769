import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { continueTrace, formatTraceparent } from './traceparent.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test('a valid header continues its chain with a span of its own', () => {
  const trace = continueTrace(`00-${traceId}-${spanId}-01`)
  assert.equal(trace.traceId, traceId)
  assert.equal(trace.parentId, spanId)
  assert.notEqual(trace.spanId, spanId)
  assert.equal(trace.sampled, true)
  assert.equal(formatTraceparent(trace), `00-${traceId}-${trace.spanId}-01`)
})

test('the flag of a chain that is not sampled is passed on', () => {
  assert.match(formatTraceparent(continueTrace(`00-${traceId}-${spanId}-00`)), /-00$/)
})

const invalid = [
  undefined,
  '',
  `01-${traceId}-${spanId}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId}-${spanId}-01-more`,
  ` 00-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
]
for (const header of invalid)
  test(`a new chain begins where the header is ${JSON.stringify(header)}`, () => {
    const trace = continueTrace(header)
    assert.notEqual(trace.traceId, traceId)
    assert.equal(trace.parentId, undefined)
    assert.match(formatTraceparent(trace), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  })

test('whatever comes in, what goes out is valid', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      assert.match(formatTraceparent(continueTrace(header)), /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
    }),
  )
})
