import type { Socket } from 'node:net'
import { checkStillTrusted, IdentityRefusal, type Credentials, type VerifiedPeer } from '@plimsoll/identity'

/** How soon an open connection follows a change of whom to believe. */
const checkMs = 500
/** What runs on a connection whose root is not trusted any more may still end; its peer has another certificate by then. */
const graceMs = 5_000

interface Entry {
  readonly peer: VerifiedPeer
  /** Asks the peer to go elsewhere; nothing where the wire has no word for it. */
  readonly leave: () => void
}

export interface AdmittedOptions {
  readonly credentials: () => Credentials
  /** Ends a connection, with the reason in the log. */
  readonly refuse: (socket: Socket, reason: unknown) => void
}

/**
 * Connections that were let in. Whoever is revoked loses an open one at once; where only a root is not trusted any more, which is the
 * end of a rotation, the peer is asked to go and has a moment for it.
 */
export class Admitted {
  readonly #options: AdmittedOptions
  readonly #open = new Map<Socket, Entry>()
  readonly #timer: NodeJS.Timeout
  #credentials: Credentials

  constructor(options: AdmittedOptions) {
    this.#options = options
    this.#credentials = options.credentials()
    this.#timer = setInterval(() => this.#check(), checkMs).unref()
  }

  add(socket: Socket, peer: VerifiedPeer, leave: () => void): void {
    this.#open.set(socket, { peer, leave })
    socket.once('close', () => this.#open.delete(socket))
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #check(): void {
    const credentials = this.#options.credentials()
    if (credentials === this.#credentials) return
    this.#credentials = credentials
    for (const [socket, entry] of this.#open) this.#recheck(socket, entry, credentials)
  }

  #recheck(socket: Socket, { peer, leave }: Entry, credentials: Credentials): void {
    try {
      checkStillTrusted(peer, credentials)
    } catch (thrown) {
      if (thrown instanceof IdentityRefusal && thrown.code === 'REVOKED')
        return this.#options.refuse(socket, thrown)
      leave()
      const timer = setTimeout(() => this.#options.refuse(socket, thrown), graceMs).unref()
      socket.once('close', () => clearTimeout(timer))
    }
  }
}
