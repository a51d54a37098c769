import {
  createKey,
  keepPrivateFile,
  proveKey,
  spiffeId,
  type Authority,
  type AuthorityId,
  type SpiffeId,
} from '@plimsoll/identity'
import { join } from 'node:path'

const day = 24 * 3_600_000

/** The identity of the person at this machine. */
export function operatorId(trustDomain: string): SpiffeId {
  return spiffeId(trustDomain, 'operator', 'local')
}

/** Keeps the person who may read this folder certified as the operator: for a day, renewed at half of it, and with the authority. */
export function keepOperator(folder: string, authority: Authority): { close(): void } {
  let issuer = issueOperator(folder, authority)
  const timer = setInterval(() => {
    issuer = issueOperator(folder, authority)
  }, day / 2).unref()
  authority.onChange(() => {
    if (authority.trust.tainted.includes(issuer)) issuer = issueOperator(folder, authority)
    else keepPrivateFile(join(folder, 'bundle.pem'), authority.bundle)
  })
  return { close: () => clearInterval(timer) }
}

function issueOperator(folder: string, authority: Authority): AuthorityId {
  const { privateKey, publicKey } = createKey()
  const { certificateChain, authority: issuer } = authority.issueWorkload({
    publicKey,
    proof: proveKey(privateKey, publicKey),
    identity: operatorId(authority.trustDomain),
    lifetimeMs: day,
  })
  keepPrivateFile(join(folder, 'bundle.pem'), authority.bundle)
  keepPrivateFile(join(folder, 'key.pem'), privateKey)
  keepPrivateFile(join(folder, 'certificate.pem'), certificateChain)
  return issuer
}
