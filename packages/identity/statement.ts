import { canonicalJson, parseJson } from '@plimsoll/base'
import { signEnvelope, verifyEnvelope, type Envelope } from './envelope.ts'
import { IdentityRefusal } from './errors.ts'
import type { SigningKey } from './signing-key.ts'

/** What is said about which artefacts (in-toto Attestation Framework, Statement v1). */
export interface Statement {
  readonly subjects: readonly Subject[]
  /** URI of the kind of claim. */
  readonly predicateType: string
  readonly predicate: unknown
}

export interface Subject {
  readonly name: string
  /** SHA-256, hexadecimal. */
  readonly sha256: string
}

/** Media type of a statement in an envelope. */
export const statementType = 'application/vnd.in-toto+json'
const statementUri = 'https://in-toto.io/Statement/v1'
const limits = { maxBytes: 8 * 1024 * 1024, maxDepth: 64 }

export function signStatement(statement: Statement, key: SigningKey): Envelope {
  const { subjects, predicateType, predicate } = statement
  const payload = canonicalJson({
    _type: statementUri,
    subject: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType,
    predicate,
  })
  return signEnvelope(statementType, Buffer.from(payload), key)
}

/**
 * The statement of an envelope that one of the trusted keys signed.
 * @throws {IdentityRefusal} `ENVELOPE`, `SIGNATURE`, `STATEMENT`
 */
export function verifyStatement(envelope: unknown, trusted: readonly string[]): Statement {
  const payload = verifyEnvelope(envelope, statementType, trusted)
  return readStatement(parseJson(payload, limits))
}

function readStatement(value: unknown): Statement {
  const { _type, subject, predicateType, predicate } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (_type !== statementUri || typeof predicateType !== 'string' || !Array.isArray(subject)) {
    throw new IdentityRefusal('STATEMENT', 'the payload is no in-toto statement (v1)')
  }
  return { subjects: subject.map(readSubject), predicateType, predicate }
}

function readSubject(value: unknown): Subject {
  const { name, digest } = (value ?? {}) as Readonly<Record<string, unknown>>
  const { sha256 } = (digest ?? {}) as Readonly<Record<string, unknown>>
  if (typeof name === 'string' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256))
    return { name, sha256 }
  throw new IdentityRefusal('STATEMENT', 'a subject has a name and a sha256')
}
