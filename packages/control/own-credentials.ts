import { messageOf } from '@plimsoll/base'
import {
  createKey,
  proveKey,
  readCredentials,
  spiffeId,
  type Authority,
  type AuthorityId,
  type Credentials,
  type TrustState,
} from '@plimsoll/identity'
import type { Logger } from '@plimsoll/service'

const lifetimeMs = 24 * 3_600_000

interface Own {
  readonly credentials: Credentials
  readonly issuer: AuthorityId
  readonly trust: TrustState
}

/** Credentials of the control plane itself: made anew at half of their life and when what issued them is tainted; they follow the trust. */
export function ownCredentials(authority: Authority, logger: Logger): () => Credentials {
  let own = issue(authority)
  return () => {
    const { trust } = authority
    const { credentials, issuer } = own
    const due = credentials.notAfter - Date.now() < lifetimeMs / 2 || trust.tainted.includes(issuer)
    if (due) own = renewed(own, authority, logger)
    else if (trust !== own.trust) own = { ...own, trust, credentials: following(credentials, trust) }
    return own.credentials
  }
}

function issue(authority: Authority): Own {
  const { privateKey, publicKey } = createKey()
  const { certificateChain, authority: issuer } = authority.issueWorkload({
    publicKey,
    proof: proveKey(privateKey, publicKey),
    identity: spiffeId(authority.trustDomain, 'control', 'main'),
    lifetimeMs,
  })
  const { trust } = authority
  const credentials = readCredentials({ certificateChain, privateKey, bundle: trust.bundle })
  return { credentials: following(credentials, trust), issuer, trust }
}

/** What cannot be renewed serves on: somebody has to be able to bring the key of the root back. */
function renewed(own: Own, authority: Authority, logger: Logger): Own {
  try {
    return issue(authority)
  } catch (thrown) {
    logger.write('error', 'certificate-not-renewed', { reason: messageOf(thrown) })
    return own
  }
}

function following(credentials: Credentials, { bundle, revoked }: TrustState): Credentials {
  return { ...credentials, bundle, revoked }
}
