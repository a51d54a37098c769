import type { Call } from '../../model.ts'
import type { Field } from '../field.ts'
import { classesAt } from './components.ts'
import type { ThreagileModel } from './model.ts'
import { authentications, encryptedProtocols, localProtocols, messagingProtocols } from './vocabulary.ts'

/** The calls of one technical asset. */
export function callsOf(id: string, asset: Field, model: ThreagileModel): readonly Call[] {
  return asset
    .at('communication_links')
    .members()
    .flatMap(([, link]) => {
      const to = link.at('target').word()
      if (to !== undefined && model.assets.has(to)) return [callOf(link, { from: id, to }, model)]
      const name = to === undefined ? 'this link has no target' : `there is no asset ${JSON.stringify(to)}`
      link.note(`${name}; it is not used`)
      return []
    })
}

function callOf(link: Field, ends: Pick<Call, 'from' | 'to'>, model: ThreagileModel): Call {
  const sends = classesAt(link.at('data_assets_sent'), model)
  return {
    ...ends,
    ...transportOf(link),
    ...identityOf(link),
    ...(sends === undefined ? {} : { sends }),
    evidence: link.evidence(),
  }
}

function transportOf(link: Field): Pick<Call, 'protocol' | 'encrypted' | 'synchronous'> {
  const field = link.at('protocol')
  const protocol = field.text()
  const tunnel = link.at('vpn').flag() === true ? link.at('vpn').fact(true, 'inferred') : undefined
  if (protocol === undefined || localProtocols.has(protocol))
    return {
      ...(protocol === undefined || protocol === 'unknown-protocol'
        ? {}
        : { protocol: field.fact(protocol) }),
      ...(tunnel === undefined ? {} : { encrypted: tunnel }),
    }
  const encrypted = protocol.endsWith('-encrypted') || encryptedProtocols.has(protocol)
  return {
    protocol: field.fact(protocol),
    encrypted: encrypted ? field.fact(true) : (tunnel ?? field.fact(false)),
    ...(messagingProtocols.has(protocol) ? { synchronous: field.fact(false, 'inferred') } : {}),
  }
}

/** Threagile asks who the caller is (authentication), and as whom it acts (authorization). */
function identityOf(link: Field): Pick<Call, 'authentication' | 'authorised' | 'carries'> {
  const authentication = link.at('authentication')
  const authorization = link.at('authorization')
  const how = authentication.text()
  const as = authorization.text()
  const known = how === undefined ? undefined : authentications.get(how)
  if (how !== undefined && known === undefined) authentication.note('no such authentication; it is not used')
  return {
    ...(known === undefined ? {} : { authentication: authentication.fact(known) }),
    ...(as === undefined ? {} : { authorised: authorization.fact(as !== 'none') }),
    ...carriesOf(authorization, as, known),
  }
}

function carriesOf(
  field: Field,
  as: string | undefined,
  authentication: string | undefined,
): Pick<Call, 'carries'> {
  // Both spellings are in use.
  if (as === 'enduser-identity-propagation' || as === 'end-user-identity-propagation')
    return { carries: field.fact('user') }
  if (as === 'technical-user') return { carries: field.fact('caller') }
  return as === 'none' && authentication === 'none' ? { carries: field.fact('nobody') } : {}
}
