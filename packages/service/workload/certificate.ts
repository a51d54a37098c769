import { messageOf, systemClock, type Clock } from '@plimsoll/base'
import type { Logger } from '../log.ts'
import type { IssuedCredentials } from './certificate-requests.ts'

const shortestWaitMs = 1_000
const longestWaitMs = 2 ** 31 - 1
/** All that have to renew at once do not ask at once. */
const mostSpreadMs = 200

/** This workload's credentials, renewed with a new key well before their end. */
export interface CertificateKeeper {
  readonly current: () => IssuedCredentials
  /** Has them renewed now, where they are still these. */
  renew(credentials: IssuedCredentials): void
  /** Has them renewed now, where it is time: there is an engine again. */
  renewIfDue(): void
  close(): void
}

export interface CertificateOptions {
  /** Has one issued for a new key. */
  readonly request: () => Promise<IssuedCredentials>
  readonly logger: Logger
  readonly clock?: Clock
  /** Share of their life after which they are renewed. Default 1/2. */
  readonly renewAt?: number
  /** Called after each renewal. */
  readonly onRenewal?: () => void
}

/**
 * Has the first certificate issued, and keeps it fresh. The private key never leaves the process.
 * @throws {WorkloadFailure} `CERTIFICATE` where the engine gives none in time.
 * @throws {IdentityRefusal} where it gives one for another key, or for no workload.
 */
export async function keepCertificate(options: CertificateOptions): Promise<CertificateKeeper> {
  const { request, logger, clock = systemClock, renewAt = 1 / 2, onRenewal } = options
  let credentials = await request()
  let timer: NodeJS.Timeout
  let condemned: IssuedCredentials | undefined
  let dueAt = 0
  let closed = false
  const after = (waitMs: number) => {
    if (closed) return
    clearTimeout(timer)
    timer = setTimeout(() => void renew(), waitMs)
  }
  const schedule = (share: number) => {
    const wait = (credentials.notAfter - clock.now()) * share
    after(Math.min(longestWaitMs, Math.max(shortestWaitMs, wait)))
  }
  const due = () => {
    dueAt = clock.now() + (credentials.notAfter - clock.now()) * renewAt
    schedule(renewAt)
  }
  const renew = async () => {
    try {
      credentials = await request()
      logger.write('info', 'certificate-renewed', { notAfter: new Date(credentials.notAfter).toISOString() })
      due()
      onRenewal?.()
    } catch (thrown) {
      logger.write('error', 'certificate-not-renewed', { reason: messageOf(thrown) })
      // What has to go cannot wait for its half.
      if (condemned === credentials) after(shortestWaitMs)
      else schedule(1 / 8)
    }
  }
  due()
  return {
    current: () => credentials,
    renewIfDue() {
      if (clock.now() >= dueAt) after(Math.random() * mostSpreadMs)
    },
    renew(which) {
      if (which !== credentials || condemned === which) return
      condemned = which
      after(Math.random() * mostSpreadMs)
    },
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
