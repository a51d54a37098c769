import { createKey, proveKey, spiffeId, type Authority, type SpiffeId } from '@plimsoll/identity'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const day = 24 * 3_600_000

/** The identity of the person at this machine. */
export function operatorId(trustDomain: string): SpiffeId {
  return spiffeId(trustDomain, 'operator', 'local')
}

/** Certifies the person who may read this folder as the operator, for a day; done anew at every start. */
export function issueOperator(folder: string, authority: Authority): void {
  const { privateKey, publicKey } = createKey()
  const { certificateChain } = authority.issueWorkload({
    publicKey,
    proof: proveKey(privateKey, publicKey),
    identity: operatorId(authority.trustDomain),
    lifetimeMs: day,
  })
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 })
  write('key.pem', privateKey)
  write('certificate.pem', certificateChain)
  write('bundle.pem', authority.bundle)
}
