import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TimerWheel, type Timed } from './timer-wheel.ts'

class Deadline implements Timed {
  endsAt: number
  expired = 0
  onExpire: () => void = () => undefined

  constructor(milliseconds: number) {
    this.endsAt = performance.now() + milliseconds
  }

  expire(): void {
    assert.ok(performance.now() >= this.endsAt)
    this.expired += 1
    this.onExpire()
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await sleep(10)
  assert.ok(holds())
}

suite('a timer wheel', () => {
  test('calls everything once, not before its time, and nothing that was taken out', async (test) => {
    const wheel = new TimerWheel()
    test.after(() => wheel.close())
    const all = Array.from({ length: 2_000 }, (_, at) => new Deadline(at % 60))
    for (const one of all) wheel.add(one)
    const removed = all.filter((_, at) => at % 3 === 0)
    for (const one of removed) wheel.remove(one)
    for (const one of removed) wheel.remove(one)
    await until(() => all.every((one, at) => at % 3 === 0 || one.expired === 1))
    assert.ok(removed.every(({ expired }) => expired === 0))
  })

  test('bears what is taken out or put in while others expire', async (test) => {
    const wheel = new TimerWheel()
    test.after(() => wheel.close())
    const [first, second] = [new Deadline(20), new Deadline(20)]
    second.endsAt = first.endsAt
    const later = new Deadline(20)
    first.onExpire = () => {
      wheel.remove(second)
      later.endsAt = performance.now() + 20
      wheel.add(later)
    }
    wheel.add(first)
    wheel.add(second)
    await until(() => later.expired === 1)
    assert.deepEqual([first.expired, second.expired], [1, 0])
  })

  test('takes what is put in twice for one, at the later time', async (test) => {
    const wheel = new TimerWheel()
    test.after(() => wheel.close())
    const one = new Deadline(10)
    wheel.add(one)
    one.endsAt += 40
    wheel.add(one)
    await until(() => one.expired > 0)
    await sleep(60)
    assert.equal(one.expired, 1)
  })

  test('waits longer than it has slots for', async (test) => {
    const wheel = new TimerWheel()
    test.after(() => wheel.close())
    const one = new Deadline(20)
    // The same slot, one time round later.
    const far = new Deadline(0)
    far.endsAt = one.endsAt + 1_024 * 5
    wheel.add(far)
    wheel.add(one)
    await until(() => one.expired === 1)
    assert.equal(far.expired, 0)
  })
})
