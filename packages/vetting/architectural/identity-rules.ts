import type { ArchitectureOperation, Component, Graph, Trait } from '@plimsoll/architecture'
import { every, single, some, type Asked } from './answer.ts'
import { askedOfTrait, servicesOf, traitOf } from './parts.ts'
import type { Answer, ArchitecturalRule } from './rule.ts'

/** R08 to R12: who says who is who, and who may do what. */
export const identityRules: readonly ArchitecturalRule[] = [
  {
    id: 'R08',
    text: 'There should be a single type of authorization service.',
    catalogue: 'IF14',
    check: (graph) => singleProvider(graph, 'authorises', 'authorization service'),
  },
  {
    id: 'R09',
    text: 'There should be a single type of authentication service.',
    catalogue: 'IF14',
    check: (graph) => singleProvider(graph, 'authenticates', 'authentication service'),
  },
  {
    id: 'R10',
    text: 'No service that performs authorization should perform any other business functionality.',
    check: (graph) => nothingElse(graph, 'authorises', 'authorization service'),
  },
  {
    id: 'R11',
    text: 'No service that performs authentication should perform any other business functionality.',
    check: (graph) => nothingElse(graph, 'authenticates', 'authentication service'),
  },
  {
    id: 'R12',
    text: 'There should be a service limiting the number of login attempts.',
    catalogue: 'IF15',
    check: (graph) =>
      some(askedOfTrait(servicesOf(graph), 'login-limit'), {
        noun: 'service',
        verb: 'limits the number of login attempts',
      }),
  },
]

/**
 * An authorization or authentication service is one whose purpose it is, and which others turn to: an identity provider, or what issues
 * tokens. A gateway or a service that checks its own callers is none.
 */
function isProvider(component: Component, of: Trait): boolean {
  const purpose = component.kind.value === 'identity-provider' || traitOf(component, 'issues-tokens') === true
  return purpose && traitOf(component, of) !== false
}

function singleProvider(graph: Graph, of: Trait, noun: string): Answer {
  const asked = graph.architecture.components.map((component) => ({
    item: component.id,
    holds: isProvider(component, of),
  }))
  return single(asked, { noun, verb: `is the ${noun}` })
}

function nothingElse(graph: Graph, of: Trait, noun: string): Answer {
  const asked = graph.architecture.components
    .filter((component) => isProvider(component, of))
    .map((component): Asked => ({ item: component.id, holds: doesNothingElse(graph, component) }))
  return every(asked, { noun, verb: 'does nothing else' })
}

/** What an identity provider may not be beside: each is work for others, of another kind. */
const otherWork: readonly Trait[] = ['dashboard', 'log-collector', 'administration']

/**
 * Paths that belong to issuing and checking identities: RFC 6749, 7009, 7517, 7662, 8414, 8628; OpenID Connect Core, Discovery and
 * RP-Initiated Logout; the names that identity providers give to the same.
 */
const ownPath =
  /(?:^|\/)(?:\.well-known\/.*|authorize|auth|token|tokens|token_key|check_token|introspect|revoke|revocation|userinfo|jwks(?:\.json)?|keys|certs|device_authorization|end_session|login|logout)\/?$/i

function doesNothingElse(graph: Graph, component: Component): boolean | undefined {
  const operations = graph.operationsOf(component.id)
  if (otherWork.some((trait) => traitOf(component, trait) === true)) return false
  if (operations.some((operation) => !isOwn(operation))) return false
  return component.complete?.value === true ? true : undefined
}

function isOwn({ http, name }: ArchitectureOperation): boolean {
  const path = http?.value.replace(/^[A-Z]+ /, '') ?? `/${name}`
  return ownPath.test(path)
}
