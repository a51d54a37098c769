import assert from 'node:assert/strict'
import { test } from 'node:test'
import { treeOf, type ShownSpan } from './trace.ts'

const span = (spanId: string, parentId?: string): ShownSpan => ({
  service: 'pricing',
  instance: 'pricing/0',
  spanId,
  ...(parentId !== undefined && { parentId }),
  name: spanId,
  kind: 'server',
  start: 0,
  durationMs: 1,
  code: 'OK',
  failed: false,
  attributes: {},
  events: [],
})
const drawn = (spans: readonly ShownSpan[]) =>
  treeOf(spans).map(({ span: { name }, lines }) => `${lines}${name}`)

test('each span stands below what it was done for', () => {
  const spans = [span('a'), span('b', 'a'), span('c', 'b'), span('d', 'a'), span('e', 'gone')]
  assert.deepEqual(drawn(spans), ['a', '├ b', '│ └ c', '└ d', 'e'])
})

test('parents in a circle are shown, each once', () => {
  assert.deepEqual(drawn([span('a', 'b'), span('b', 'a')]), ['? a', '  └ b'])
})
