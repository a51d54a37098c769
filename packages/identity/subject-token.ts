import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { parseJson, type Json } from '@plimsoll/base'
import { IdentityRefusal } from './errors.ts'
import type { SigningKey } from './signing-key.ts'
import type { SpiffeId, SubjectKey } from './types.ts'

/** What a token says: on whose behalf calls run, where, and until when (names of RFC 7519; `scope` of RFC 8693, section 4.2). */
export interface SubjectClaims {
  /** SPIFFE ID of the workload that made it. */
  readonly iss: SpiffeId
  /** The consumer. */
  readonly sub: string
  /** Services in which it may be used; each of them may present it to another of them. */
  readonly aud: readonly string[]
  /** Scopes, separated by spaces. */
  readonly scope: string
  /** Id of the API key with which the consumer came, so that tokens end with it. */
  readonly key: string
  /** Seconds since the epoch. */
  readonly iat: number
  readonly exp: number
}

/** Checks tokens against the keys that are known. */
export interface SubjectVerifier {
  /**
   * The claims of a token that a known key signed and whose time is now; who presents it, and where, is not looked at.
   * @param now milliseconds since the epoch
   * @throws {IdentityRefusal} `SUBJECT`, `CLOCK`
   */
  verify(token: string, now: number): SubjectClaims
}

const longestToken = 8_192
const mostAudience = 500
const longestLifeSeconds = 3_600 + 120
const skewSeconds = 60
const signatureBytes = 64
const base64url = /^[A-Za-z0-9_-]+$/
const word = /^[\x21-\x7e]{1,128}$/

/**
 * Signs a token: a JWS in compact form (RFC 7515), Ed25519 (RFC 8037), with a header that has one writing for each key.
 */
export function signSubjectToken(claims: SubjectClaims, key: SigningKey): string {
  const { iss, sub, aud, scope, key: id, iat, exp } = claims
  const payload = encode(JSON.stringify({ iss, sub, aud, scope, key: id, iat, exp }))
  const signed = `${headerOf(key.keyId)}.${payload}`
  return `${signed}.${key.sign(Buffer.from(signed, 'latin1')).toString('base64url')}`
}

/** Knows these keys and no others. A header is compared as a whole: it names no algorithm that could be chosen by who sends it. */
export function createSubjectVerifier(keys: readonly SubjectKey[]): SubjectVerifier {
  const known = new Map(
    keys.map(({ keyId, publicKey, issuer }) => [
      headerOf(keyId),
      { key: createPublicKey(publicKey), issuer },
    ]),
  )
  return {
    verify(token, now) {
      const [header = '', payload = '', signature = '', ...more] =
        token.length <= longestToken ? token.split('.') : []
      const signer = known.get(header)
      if (signer === undefined || more.length > 0) throw refusal('no known key has signed the token')
      if (!holds(`${header}.${payload}`, signature, signer.key))
        throw refusal('the signature of the token does not hold')
      const claims = readClaims(payload)
      if (claims.iss !== signer.issuer) throw refusal('the token says that somebody else has made it')
      checkTime(claims, Math.floor(now / 1_000))
      return claims
    },
  }
}

function headerOf(keyId: string): string {
  return encode(JSON.stringify({ alg: 'EdDSA', typ: 'plimsoll-subject+jwt', kid: keyId }))
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function holds(signed: string, signature: string, key: KeyObject): boolean {
  if (!base64url.test(signature)) return false
  const bytes = Buffer.from(signature, 'base64url')
  // One writing of its bytes, so that a token is one text.
  if (bytes.length !== signatureBytes || bytes.toString('base64url') !== signature) return false
  return verify(null, Buffer.from(signed, 'latin1'), key, bytes)
}

function readClaims(payload: string): SubjectClaims {
  let value: Json
  try {
    value = parseJson(Buffer.from(payload, 'base64url'), { maxBytes: longestToken, maxDepth: 2 })
  } catch (cause) {
    throw refusal('the claims of the token cannot be read', cause)
  }
  if (isClaims(value)) return value
  throw refusal('the token lacks a claim, or has one that is malformed')
}

function isClaims(value: unknown): value is SubjectClaims {
  if (typeof value !== 'object' || value === null) return false
  const { iss, sub, aud, scope, key, iat, exp } = value as Partial<Record<keyof SubjectClaims, unknown>>
  const texts = isWord(iss) && isWord(sub) && isWord(key) && typeof scope === 'string'
  const audience = Array.isArray(aud) && aud.length > 0 && aud.length <= mostAudience && aud.every(isWord)
  return texts && audience && Number.isSafeInteger(iat) && Number.isSafeInteger(exp)
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && word.test(value)
}

function checkTime({ iat, exp }: SubjectClaims, now: number): void {
  if (exp <= now) throw refusal('the token has ended')
  if (exp - iat > longestLifeSeconds) throw refusal('the token lives longer than any that is made')
  if (iat > now + skewSeconds)
    throw new IdentityRefusal('CLOCK', `the token begins ${iat - now} s from now: the clocks differ`)
}

function refusal(message: string, cause?: unknown): IdentityRefusal {
  return new IdentityRefusal('SUBJECT', message, { cause })
}
