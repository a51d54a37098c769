import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '@plimsoll/service'
import { keepOuterCertificate } from './outer-certificate.ts'

const hour = 3_600_000

test('the certificate is renewed at half of its life; a failure is told and tried again before the end', async (test) => {
  test.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  const clock = { now: () => Date.now() }
  const log: string[] = []
  let requests = 0
  const kept = await keepOuterCertificate({
    request: async () => {
      requests += 1
      if (requests === 2) throw new Error('the engine is away')
      const made = { certificateChain: `chain ${requests}`, privateKey: 'key', authority: 'a', serial: '1' }
      return { ...made, notAfter: clock.now() + hour }
    },
    logger: createLogger({ service: 'gateway', instance: 'gateway/0', sink: (line) => void log.push(line) }),
    clock,
  })
  const renewed: string[] = []
  kept.onRenewal(({ certificateChain }) => renewed.push(certificateChain))
  test.mock.timers.tick(hour / 2 - 1)
  assert.equal(requests, 1)
  test.mock.timers.tick(1)
  await settled()
  assert.deepEqual([requests, renewed, kept.current().certificateChain], [2, [], 'chain 1'])
  assert.match(log.join(''), /the engine is away/)
  test.mock.timers.tick(hour / 16)
  await settled()
  assert.deepEqual([requests, renewed, kept.current().certificateChain], [3, ['chain 3'], 'chain 3'])
  kept.close()
  test.mock.timers.tick(hour)
  await settled()
  assert.equal(requests, 3)
})

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
