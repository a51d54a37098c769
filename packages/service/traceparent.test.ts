import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { acceptableState, childOf, continueTrace, formatTraceparent } from './traceparent.ts'

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
  `ff-${traceId}-${spanId}-01`,
  `01-${traceId}-${spanId}-01more`,
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

test('of a later version, what it has in common with this one counts (section 4)', () => {
  assert.equal(continueTrace(`01-${traceId}-${spanId}-01-more`).traceId, traceId)
  assert.equal(continueTrace(`cc-${traceId}-${spanId}-00`).sampled, false)
})

test('what this hop begins is a child of this hop, in the same chain', () => {
  const hop = continueTrace(`00-${traceId}-${spanId}-01`, 'vendor=1')
  const child = childOf(hop)
  assert.deepEqual(
    [child.traceId, child.parentId, child.sampled, child.state],
    [traceId, hop.spanId, true, 'vendor=1'],
  )
  assert.notEqual(child.spanId, hop.spanId)
})

test('the sampler is asked for a new chain alone: otherwise its beginning has decided', () => {
  assert.equal(continueTrace(undefined, undefined, () => false).sampled, false)
  assert.equal(continueTrace(`00-${traceId}-${spanId}-01`, undefined, () => false).sampled, true)
  assert.equal(continueTrace(`00-${traceId}-${spanId}-00`, undefined, () => true).sampled, false)
})

test('tracestate is passed on as it came, or not at all', () => {
  for (const state of ['a=1', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', 'tenant@system=x y', 'a=1 , b=2'])
    assert.equal(acceptableState(state), state)
  const many = Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(',')
  for (const state of [
    '',
    'a',
    'A=1',
    'a=\u00e9',
    'a=1,b',
    `a=${'x'.repeat(520)}`,
    many,
    'a=1\r\nx: y',
    'a=b=c',
  ])
    assert.equal(acceptableState(state), undefined, state)
  assert.equal(continueTrace('nothing', 'a=1').state, undefined)
})
