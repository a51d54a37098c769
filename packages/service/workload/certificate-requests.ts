import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  createKey,
  proveKey,
  readCredentials,
  type Credentials,
  type ServerCertificate,
} from '@plimsoll/identity'
import { WorkloadFailure } from '../errors.ts'
import type { EngineChannel } from './channel.ts'
import type { CertificateAnswer } from './protocol.ts'

const answerTimeoutMs = 10_000

/** A certificate for a server's names, with its end of life in milliseconds since the epoch. */
export interface IssuedServerCertificate extends ServerCertificate {
  readonly notAfter: number
}

/** Has certificates issued by the engine, each for a key of its own that never leaves the process. */
export interface CertificateRequests {
  /** The identity of this workload. */
  readonly forWorkload: () => Promise<Credentials>
  /** A server certificate for DNS names and IP addresses: for a face towards others than workloads. */
  readonly forServer: (names: readonly string[]) => Promise<IssuedServerCertificate>
}

/**
 * Asks one question at a time, because answers do not say which question they are for.
 * @throws {WorkloadFailure} `CERTIFICATE` from both, where the engine gives none in time, or one for another key.
 */
export function createCertificateRequests(options: {
  readonly channel: EngineChannel
  /** Has the listener called with every certificate that the engine sends. */
  readonly onAnswer: (listener: (answer: CertificateAnswer) => void) => void
}): CertificateRequests {
  const { channel, onAnswer } = options
  let waiting: ((answer: CertificateAnswer) => void) | undefined
  let last: Promise<unknown> = Promise.resolve()
  onAnswer((answer) => waiting?.(answer))
  const ask = async (names?: readonly string[]) => {
    const { privateKey, publicKey } = createKey()
    const { promise, resolve, reject } = Promise.withResolvers<CertificateAnswer>()
    waiting = resolve
    const timer = setTimeout(() => reject(late()), answerTimeoutMs)
    try {
      const proof = proveKey(privateKey, publicKey)
      await channel.send({ type: 'certificate-request', publicKey, proof, ...(names && { names }) })
      const { certificateChain, bundle } = await promise
      return { certificateChain, privateKey, bundle }
    } finally {
      clearTimeout(timer)
      waiting = undefined
    }
  }
  const inTurn = (names?: readonly string[]) => {
    const turn = last.then(() => ask(names))
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    forWorkload: async () => readCredentials(await inTurn()),
    forServer: async (names) => readServerCertificate(await inTurn(names)),
  }
}

function readServerCertificate(issued: ServerCertificate): IssuedServerCertificate {
  const { certificateChain, privateKey } = issued
  const leaf = new X509Certificate(certificateChain)
  if (!leaf.checkPrivateKey(createPrivateKey(privateKey)))
    throw new WorkloadFailure('CERTIFICATE', 'the engine gave a certificate for another key')
  return { certificateChain, privateKey, notAfter: leaf.validToDate.getTime() }
}

function late(): WorkloadFailure {
  return new WorkloadFailure('CERTIFICATE', 'the engine gave no certificate in time', { retryable: true })
}
