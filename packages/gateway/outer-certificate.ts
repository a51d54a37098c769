import { messageOf, systemClock, type Clock } from '@plimsoll/base'
import type { ServerCertificate } from '@plimsoll/identity'
import type { IssuedServerCertificate, Logger } from '@plimsoll/service'

const shortestWaitMs = 1_000
const longestWaitMs = 2 ** 31 - 1

/** The certificate that consumers see, renewed well before its end. */
export interface OuterCertificate {
  readonly current: () => IssuedServerCertificate
  /** Has it renewed now. */
  renew(): void
  readonly onRenewal: (listener: (certificate: ServerCertificate) => void) => void
  close(): void
}

/** Has the first certificate issued, and keeps it fresh: a failed renewal is tried again after an eighth of what is left. */
export async function keepOuterCertificate(options: {
  readonly request: () => Promise<IssuedServerCertificate>
  readonly logger: Logger
  readonly clock?: Clock
  /** Share of its life after which it is renewed. Default 1/2. */
  readonly renewAt?: number
}): Promise<OuterCertificate> {
  const { request, logger, clock = systemClock, renewAt = 1 / 2 } = options
  const listeners = new Set<(certificate: ServerCertificate) => void>()
  let certificate = await request()
  let timer: NodeJS.Timeout
  let closed = false
  const schedule = (share: number) => {
    if (closed) return
    const wait = (certificate.notAfter - clock.now()) * share
    timer = setTimeout(() => void renew(), Math.min(longestWaitMs, Math.max(shortestWaitMs, wait)))
  }
  const renew = async () => {
    try {
      certificate = await request()
      listeners.forEach((listener) => listener(certificate))
      schedule(renewAt)
    } catch (thrown) {
      logger.write('error', 'outer-certificate-not-renewed', { reason: messageOf(thrown) })
      schedule(1 / 8)
    }
  }
  schedule(renewAt)
  return {
    current: () => certificate,
    renew: () => {
      clearTimeout(timer)
      void renew()
    },
    onRenewal: (listener) => void listeners.add(listener),
    close: () => {
      closed = true
      clearTimeout(timer)
    },
  }
}
