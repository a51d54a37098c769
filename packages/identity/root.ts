import type { Clock } from '@plimsoll/base'
import { createHash, createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeCertificate } from './certificate.ts'
import { IdentityFailure } from './errors.ts'
import { createKey } from './key.ts'
import { checkRoot } from './peer.ts'
import { readPrivateFile, writePrivateFileOnce } from './private-file.ts'

const minute = 60_000
const day = 24 * 60 * minute
const rootLifetime = 10 * 365 * day
const issuingLifetime = 90 * day
const tolerance = minute

/** A root's certificate; its key lies apart, and is needed only where something new is to issue for it. */
export interface Root {
  /** Names the root and everything that issues for it: the beginning of its fingerprint. */
  readonly id: string
  readonly certificate: X509Certificate
}

/** Key and certificate of what issues for a root. */
export interface Issuing {
  readonly privateKey: KeyObject
  readonly certificate: X509Certificate
}

/** Where the keys of roots lie, and those that somebody else has made: `external/root.pem` and `external/root.key`. */
export class RootStore {
  readonly #folder: string
  readonly #trustDomain: string
  readonly #clock: Clock

  constructor(folder: string, options: { readonly trustDomain: string; readonly clock: Clock }) {
    this.#folder = folder
    this.#trustDomain = options.trustDomain
    this.#clock = options.clock
  }

  /**
   * The next root: the one that was laid into `external/`, unless it is known already; else one of one's own.
   * @throws {IdentityFailure} `AUTHORITY`, `KEY_FILE` where the external one is none that may be used
   */
  next(known: readonly string[]): Root {
    const external = this.#external()
    if (external === undefined) return this.#create()
    if (!known.includes(external.id)) return external
    throw new IdentityFailure('AUTHORITY', 'the external root is in use already', {
      place: { file: this.#path('external', 'root.pem') },
      fix: 'put the next pair there, root.pem and root.key; or take both away for a root of one’s own',
    })
  }

  /** A fresh authority that issues for a root; undefined where the root's key is not here. */
  issue(root: Root): Issuing | undefined {
    const key = this.#keyOf(root)
    if (key === undefined) return undefined
    const { privateKey, publicKey } = createKey()
    const end = root.certificate.validToDate.getTime()
    const certificate = writeCertificate(
      {
        profile: { kind: 'issuing', commonName: nameOf('issuing', this.#trustDomain), uri: this.#uri },
        publicKey: createPublicKey(publicKey),
        notBefore: this.#clock.now() - tolerance,
        notAfter: Math.min(this.#clock.now() + issuingLifetime, end),
      },
      { privateKey: key, certificate: root.certificate },
    )
    return { privateKey: createPrivateKey(privateKey), certificate: new X509Certificate(certificate) }
  }

  /** Removes the key of a root of one's own that nobody trusts any more. */
  forget({ id }: Root): void {
    rmSync(this.#path('roots', `${id}.key`), { force: true })
  }

  #create(): Root {
    const { privateKey, publicKey } = createKey()
    const text = writeCertificate(
      {
        profile: { kind: 'root', commonName: nameOf('root', this.#trustDomain), uri: this.#uri },
        publicKey: createPublicKey(publicKey),
        notBefore: this.#clock.now() - tolerance,
        notAfter: this.#clock.now() + rootLifetime,
      },
      { privateKey: createPrivateKey(privateKey) },
    )
    const root = rootOf(new X509Certificate(text))
    writePrivateFileOnce(this.#path('roots', `${root.id}.key`), privateKey)
    return root
  }

  /** The key, where it lies here: whoever keeps it elsewhere brings it back when something new is to issue. */
  #keyOf(root: Root): KeyObject | undefined {
    const external = this.#external()
    const path = external?.id === root.id ? ['external', 'root.key'] : ['roots', `${root.id}.key`]
    const file = this.#path(...path)
    const text = readPrivateFile(file)
    if (text === undefined) return undefined
    const key = readKey(text, file)
    if (root.certificate.checkPrivateKey(key)) return key
    throw failure(file, 'the key is not the one of the root’s certificate')
  }

  #external(): Root | undefined {
    const file = this.#path('external', 'root.pem')
    if (!existsSync(file)) return undefined
    const text = readPrivateFile(file) ?? ''
    try {
      const certificate = new X509Certificate(text)
      checkRoot(certificate, this.#clock.now())
      return rootOf(certificate)
    } catch (cause) {
      throw failure(file, `this is no root that can be used here: ${(cause as Error).message}`, cause)
    }
  }

  #path(...parts: readonly string[]): string {
    return join(this.#folder, ...parts)
  }

  get #uri(): string {
    return `spiffe://${this.#trustDomain}`
  }
}

export function rootOf(certificate: X509Certificate): Root {
  return { id: createHash('sha256').update(certificate.raw).digest('hex').slice(0, 16), certificate }
}

function readKey(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw failure(file, 'this is no private key', cause)
  }
}

function nameOf(what: string, trustDomain: string): string {
  return `Plimsoll ${what} authority of ${trustDomain}`.slice(0, 64)
}

function failure(file: string, message: string, cause?: unknown): IdentityFailure {
  const fix =
    'a root is a self-signed certificate with its key, P-256, P-384 or RSA from 2048 bits, that may sign authorities'
  return new IdentityFailure('AUTHORITY', message, { place: { file }, fix, cause })
}
