import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Deadline } from '../deadline.ts'
import { CallFailure } from '../errors.ts'
import { Paced } from './paced.ts'

const failure = (code: 'CANCELLED' | 'DEADLINE_EXCEEDED') =>
  new CallFailure(code, 'ended', { target: 'stock.watch' })

async function* numbers(state: { closed: boolean }): AsyncGenerator<number> {
  try {
    for (let number = 0; ; number += 1) yield number
  } finally {
    state.closed = true
  }
}

function pace(ending: Deadline, idleMs: number, bothWays = false) {
  return { idleMs, bothWays, ending, onIdle: () => ending.end(failure('DEADLINE_EXCEEDED')) }
}

test('what ends while nobody asks is told to the next one who asks, and is no good end', async () => {
  const ending = new Deadline(10_000)
  const state = { closed: false }
  const paced = new Paced(numbers(state), pace(ending, 10_000))
  assert.deepEqual(await paced.next(), { done: false, value: 0 })
  ending.end(failure('CANCELLED'))
  await assert.rejects(paced.next(), { code: 'CANCELLED' })
  assert.deepEqual(await paced.next(), { done: true, value: undefined })
  await sleep(0)
  assert.equal(state.closed, true)
})

test('what has ended before anybody asked is never begun', async () => {
  const ending = new Deadline(10_000)
  ending.end(failure('CANCELLED'))
  const paced = new Paced(numbers({ closed: false }), pace(ending, 10_000))
  await assert.rejects(paced.next(), { code: 'CANCELLED' })
})

test('a source that is silent for too long ends the call, also for who waits', async () => {
  const ending = new Deadline(10_000)
  const silent = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => undefined) }),
  }
  const paced = new Paced(silent, pace(ending, 30))
  await assert.rejects(paced.next(), { code: 'DEADLINE_EXCEEDED' })
})

test('a taker that is silent for too long ends the call only where both ways are watched', async () => {
  for (const bothWays of [true, false]) {
    const ending = new Deadline(10_000)
    const paced = new Paced(numbers({ closed: false }), pace(ending, 30, bothWays))
    await paced.next()
    await sleep(120)
    if (bothWays) await assert.rejects(paced.next(), { code: 'DEADLINE_EXCEEDED' })
    else assert.equal((await paced.next()).value, 1)
    await paced.return()
  }
})

test('who wants no more lets go of the source', async () => {
  const state = { closed: false }
  for await (const number of new Paced(numbers(state), pace(new Deadline(10_000), 10_000)))
    if (number === 3) break
  assert.equal(state.closed, true)
})
