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
  /** Certificates of the authorities to trust. */
  readonly bundle: string
  /** Milliseconds since the epoch. */
  readonly notAfter: number
}
