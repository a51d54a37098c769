import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { connect } from 'node:net'
import { once } from 'node:events'
import { JsonLines } from './json-lines.ts'

/** How a process comes back to an engine that was started again: where that waits, and the secret that proves who comes. */
export interface Resume {
  /** Of this process and no other; chosen by the engine. */
  readonly id: string
  /** Path of a Unix socket that the sandbox of no other process shows. */
  readonly path: string
  /** 32 random bytes, base64url; good for one coming back, which brings the next. */
  readonly secret: string
}

const secretBytes = 32
/** Of anything that is said before both ends have proven themselves. */
export const longestGreeting = 1_024
export const greetingMs = 2_000
/** A snapshot with the configuration of a gateway for hundreds of services is far below. */
const longestMessage = 64 * 1_048_576

export function createResumeSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** What the engine keeps of a secret: SHA-256, base64url. Who reads it cannot come back in the place of the process. */
export function hashOfResumeSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Proves to a process that has made `nonce` that whoever answers keeps the hash of its secret (HMAC, RFC 2104). */
export function engineProof(hash: string, id: string, nonce: string): string {
  return createHmac('sha256', hash).update(`plimsoll engine\n${id}\n${nonce}`).digest('base64url')
}

/** Compares two secrets, or what was made of them, in a time that tells nothing about either. */
export function equalSecrets(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

/**
 * Comes back to the engine. The engine proves itself first: a socket that somebody else has laid there learns nothing.
 * @throws where nobody is there, or somebody else
 */
export async function comeBack({ id, path, secret }: Resume): Promise<JsonLines> {
  const socket = connect(path)
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(greetingMs) })
    const lines = new JsonLines(socket, longestGreeting)
    const nonce = randomBytes(secretBytes).toString('base64url')
    await lines.send({ type: 'hello', id, nonce })
    const expected = engineProof(hashOfResumeSecret(secret), id, nonce)
    if (!proves(await lines.next(greetingMs), expected)) throw new Error('this is not the engine')
    lines.mostBytes = longestMessage
    await lines.send({ type: 'resume', secret })
    return lines
  } catch (thrown) {
    socket.destroy()
    throw thrown
  }
}

function proves(message: unknown, expected: string): boolean {
  if (typeof message !== 'object' || message === null) return false
  const { type, proofs } = message as { readonly type?: unknown; readonly proofs?: unknown }
  if (type !== 'engine' || !Array.isArray(proofs)) return false
  return proofs.some((proof) => typeof proof === 'string' && equalSecrets(proof, expected))
}
