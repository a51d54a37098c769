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
const minute = 60_000
/** A certificate begins so long before it was issued. */
const begunBeforeMs = minute
/** More than clocks of one installation may differ, and more than an answer takes. */
const mostSkewMs = 2 * minute

/** What is known of every certificate that the engine gave. */
interface Issued {
  /** Which authority issued it, where the engine says. */
  readonly authority: string | undefined
  /** Serial number of the leaf, hexadecimal, upper case. */
  readonly serial: string
}

export type IssuedCredentials = Credentials & Issued

/** A certificate for a server's names, with its end of life in milliseconds since the epoch. */
export interface IssuedServerCertificate extends ServerCertificate, Issued {
  readonly notAfter: number
}

/** Has certificates issued by the engine, each for a key of its own that never leaves the process. */
export interface CertificateRequests {
  /** The identity of this workload. */
  readonly forWorkload: () => Promise<IssuedCredentials>
  /** A server certificate for DNS names and IP addresses: for a face towards others than workloads. */
  readonly forServer: (names: readonly string[]) => Promise<IssuedServerCertificate>
  /** Another engine gives the certificates from now on; it has given this challenge. */
  restart(challenge: string): void
}

export interface CertificateRequestsOptions {
  readonly channel: Pick<EngineChannel, 'send'>
  /** Has the listener called with every certificate that the engine sends. */
  readonly onAnswer: (listener: (answer: CertificateAnswer) => void) => void
  /** What the first proof is made for; each answer brings the next. */
  readonly challenge?: string | undefined
}

/**
 * Asks one question at a time, because answers do not say which question they are for.
 * @throws {WorkloadFailure} `CERTIFICATE` from both, where the engine gives none in time, one for another key, or one that shows that the
 * clocks differ.
 */
export function createCertificateRequests(options: CertificateRequestsOptions): CertificateRequests {
  const { channel, onAnswer } = options
  let challenge = options.challenge
  let waiting: ((answer: CertificateAnswer) => void) | undefined
  let last: Promise<unknown> = Promise.resolve()
  onAnswer((answer) => waiting?.(answer))
  const ask = async (names?: readonly string[]) => {
    const { privateKey, publicKey } = createKey()
    const { promise, resolve, reject } = Promise.withResolvers<CertificateAnswer>()
    waiting = resolve
    const timer = setTimeout(() => reject(late()), answerTimeoutMs)
    try {
      const proof = proveKey(privateKey, publicKey, challenge)
      await channel.send({ type: 'certificate-request', publicKey, proof, ...(names && { names }) })
      const answer = await promise
      challenge = answer.challenge
      return {
        ...readIssued(answer),
        certificateChain: answer.certificateChain,
        privateKey,
        bundle: answer.bundle,
      }
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
    restart: (given) => {
      challenge = given
    },
    forWorkload: async () => {
      const { authority, serial, ...parts } = await inTurn()
      return { ...readCredentials(parts), authority, serial }
    },
    forServer: async (names) => {
      const { certificateChain, privateKey, authority, serial } = await inTurn(names)
      return { ...readServerCertificate({ certificateChain, privateKey }), authority, serial }
    },
  }
}

/** What stands in the leaf, which was issued a moment ago: by both clocks, or one of them is wrong. */
function readIssued({ certificateChain, authority }: CertificateAnswer): Issued {
  const { validFromDate, serialNumber } = new X509Certificate(certificateChain)
  const skew = Date.now() - (validFromDate.getTime() + begunBeforeMs)
  if (Math.abs(skew) <= mostSkewMs) return { authority, serial: serialNumber }
  const minutes = Math.round(Math.abs(skew) / minute)
  throw new WorkloadFailure(
    'CERTIFICATE',
    `this clock is ${minutes} minutes ${skew > 0 ? 'ahead of' : 'behind'} the one of the authority`,
    { fix: 'set the clocks of both machines, and start again', retryable: true },
  )
}

function readServerCertificate(issued: ServerCertificate): ServerCertificate & { readonly notAfter: number } {
  const { certificateChain, privateKey } = issued
  const leaf = new X509Certificate(certificateChain)
  if (!leaf.checkPrivateKey(createPrivateKey(privateKey)))
    throw new WorkloadFailure('CERTIFICATE', 'the engine gave a certificate for another key')
  return { certificateChain, privateKey, notAfter: leaf.validToDate.getTime() }
}

function late(): WorkloadFailure {
  return new WorkloadFailure('CERTIFICATE', 'the engine gave no certificate in time', { retryable: true })
}
