import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, factsOf } from './log.ts'

function loggerInto(lines: string[]) {
  return createLogger({
    service: 'pricing',
    instance: 'pricing/0',
    clock: { now: () => 0 },
    sink: (line) => void lines.push(line),
  })
}

test('a line says when, who, what, and in which chain of calls', () => {
  const lines: string[] = []
  loggerInto(lines).write('info', 'ready', { address: '127.0.0.1:1' }, 'abc')
  assert.equal(
    lines.join(''),
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","service":"pricing","instance":"pricing/0","trace":"abc","event":"ready","address":"127.0.0.1:1"}\n',
  )
})

test('facts can neither pass for the head nor begin another line', () => {
  const lines: string[] = []
  loggerInto(lines).write('info', 'handler', { service: 'payments', message: 'a\n{"level":"error"}' })
  assert.equal(lines.length, 1)
  assert.equal(lines[0]?.trimEnd().includes('\n'), false)
  assert.equal((JSON.parse(lines[0] ?? '') as { service: string }).service, 'pricing')
})

test('a fact of any length makes a line of bounded length', () => {
  const lines: string[] = []
  loggerInto(lines).write('info', 'handler', { message: 'x'.repeat(1_000_000) })
  assert.ok((lines[0]?.length ?? 0) < 10_000)
})

test('anything thrown has facts', () => {
  assert.equal(factsOf('no error')['error'], 'no error')
  assert.equal(factsOf(new TypeError('no price', { cause: new Error('no row') }))['cause'], 'no row')
})
