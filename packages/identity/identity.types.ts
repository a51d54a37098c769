// What must not compile. The compiler fails where an expectation here is not met; nothing of this file runs.
import {
  createApiKey,
  openAuthority,
  signStatement,
  spiffeId,
  type Envelope,
  type SigningKey,
  type SpiffeId,
} from './index.ts'

// @ts-expect-error: any text is no SPIFFE ID
export const id: SpiffeId = 'orders'

// @ts-expect-error: nothing of the kind `database` has an identity
spiffeId('shop.internal', 'database', 'orders')

// @ts-expect-error: a workload proves that it has the private key
openAuthority('/authority', 'shop.internal').issueWorkload({
  publicKey: '',
  identity: spiffeId('a', 'service', 'b'),
})

// @ts-expect-error: the authority's key stays inside
void openAuthority('/authority', 'shop.internal').privateKey

/** A signing key signs, and does not tell its private part. */
export function sign(key: SigningKey): Envelope {
  // @ts-expect-error: the private part stays inside
  void key.privateKey
  // @ts-expect-error: a statement says of what it speaks
  return signStatement({ predicateType: 'https://example/claim', predicate: {} }, key)
}

// @ts-expect-error: a record holds no key
void createApiKey('storefront').record.key
