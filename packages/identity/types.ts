/** SPIFFE ID (SPIFFE-ID specification), `spiffe://<trust domain>/<kind>/<name>`. */
export type SpiffeId = `spiffe://${string}/${string}`

/** What a workload or a person is, as its certificate proves. `authority`-signed; read from the one URI SAN. */
export interface Identity {
  readonly id: SpiffeId
  readonly trustDomain: string
  readonly kind: 'service' | 'gateway' | 'control' | 'operator'
  readonly name: string
}

/** What a process needs to prove who it is and to check others (an X509-SVID with its bundle). PEM texts. */
export interface Credentials {
  readonly identity: Identity
  /** Leaf first, then intermediates. */
  readonly certificateChain: string
  readonly privateKey: string
  /** Certificates of the roots to trust. */
  readonly bundle: string
  /** Milliseconds since the epoch. */
  readonly notAfter: number
  /** Who is not believed any more, whatever it shows. Nobody where absent. */
  readonly revoked?: Revocations | undefined
}

/** Who is not believed before its certificate ends. */
export interface Revocations {
  /** Serial numbers of certificates, hexadecimal in upper case, as Node gives them. */
  readonly serials: readonly string[]
  /** SPIFFE IDs: every certificate of theirs, also one that is issued later. */
  readonly identities: readonly string[]
  /** Ids of API keys of consumers, for tokens that were made on their behalf. */
  readonly apiKeys: readonly string[]
}

/** What a trust domain believes at a moment; told to every workload, complete each time. */
export interface TrustState {
  /** Grows with each change; what is older than known is not taken. */
  readonly epoch: number
  /** Certificates of the roots to trust, PEM. */
  readonly bundle: string
  /** Authorities whose certificates have to be replaced now: ids. */
  readonly tainted: readonly string[]
  readonly revoked: Revocations
  /** Whose tokens speak for people and consumers. */
  readonly subjectKeys: readonly SubjectKey[]
}

/** A key that signs tokens about subjects. */
export interface SubjectKey {
  /** As `SigningKey` has it. */
  readonly keyId: string
  /** Ed25519, SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string
  /** The workload that has the private part. */
  readonly issuer: SpiffeId
}
