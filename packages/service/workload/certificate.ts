import { messageOf, systemClock, type Clock } from '@plimsoll/base'
import type { Credentials } from '@plimsoll/identity'
import type { Logger } from '../log.ts'

const shortestWaitMs = 1_000
const longestWaitMs = 2 ** 31 - 1

/** This workload's credentials, renewed at half of their life with a new key. */
export interface CertificateKeeper {
  readonly current: () => Credentials
  close(): void
}

export interface CertificateOptions {
  /** Has one issued for a new key. */
  readonly request: () => Promise<Credentials>
  readonly logger: Logger
  readonly clock?: Clock
}

/**
 * Has the first certificate issued, and keeps it fresh. The private key never leaves the process.
 * @throws {WorkloadFailure} `CERTIFICATE` where the engine gives none in time.
 * @throws {IdentityRefusal} where it gives one for another key, or for no workload.
 */
export async function keepCertificate(options: CertificateOptions): Promise<CertificateKeeper> {
  const { request, logger, clock = systemClock } = options
  let credentials = await request()
  let timer: NodeJS.Timeout
  let closed = false
  const schedule = (share: number) => {
    if (closed) return
    const wait = (credentials.notAfter - clock.now()) * share
    timer = setTimeout(() => void renew(), Math.min(longestWaitMs, Math.max(shortestWaitMs, wait)))
  }
  const renew = async () => {
    try {
      credentials = await request()
      logger.write('info', 'certificate-renewed', { notAfter: new Date(credentials.notAfter).toISOString() })
      schedule(1 / 2)
    } catch (thrown) {
      logger.write('error', 'certificate-not-renewed', { reason: messageOf(thrown) })
      schedule(1 / 8)
    }
  }
  schedule(1 / 2)
  return {
    current: () => credentials,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
