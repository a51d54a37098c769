import type { ArchitectureOperation, Evidence } from '../../model.ts'
import { isObject, type Field } from '../field.ts'
import type { References } from './references.ts'

type SecurityFacts = Pick<ArchitectureOperation, 'access' | 'authentication' | 'authorised' | 'scopes'>

/** One of the ways to be let in: every scheme of it has to be passed. */
interface Alternative {
  readonly schemes: readonly string[]
  readonly scopes: readonly string[]
}

/** The security of a document: what holds for operations that say nothing. */
export interface DocumentSecurity {
  readonly root: Field
  /** The security requirements of the document itself. */
  readonly security: Field
  readonly schemes: Field
  /** True where the document asks for anything anywhere. */
  readonly used: boolean
}

export function documentSecurity(root: Field): DocumentSecurity {
  const schemes = root.at('swagger').present
    ? root.at('securityDefinitions')
    : root.at('components').at('securitySchemes')
  const security = root.at('security')
  return { root, security, schemes, used: security.present || asksAnywhere(root) }
}

function asksAnywhere(root: Field): boolean {
  const paths = root.at('paths').value
  if (!isObject(paths)) return false
  return Object.values(paths).some(
    (path) =>
      isObject(path) && Object.values(path).some((one) => isObject(one) && one['security'] !== undefined),
  )
}

/**
 * Who may call an operation, by its own requirements or those of the document. An empty list, or an empty alternative in it, says that
 * nobody is asked. Where nothing is said at all nobody is asked either (OpenAPI 3.1, section 4.8.10), but perhaps nobody thought
 * of it: authentication is then `none`, inferred, and who has access stays unknown unless the document asks for credentials elsewhere.
 */
export function securityOf(
  operation: Field,
  document: DocumentSecurity,
  references: References,
): SecurityFacts {
  const own = operation.at('security')
  const field = own.present ? own : document.security
  if (!field.present) return silent(operation, document.used)
  const alternatives = alternativesOf(field, document.schemes, references)
  const evidence = field.evidence()
  if (alternatives.length === 0 || alternatives.some(({ schemes }) => schemes.length === 0))
    return { authentication: { value: 'none', evidence }, access: { value: 'public', evidence } }
  return asked(alternatives, evidence)
}

function silent(operation: Field, usedElsewhere: boolean): SecurityFacts {
  const authentication = operation.fact('none', 'inferred')
  return usedElsewhere ? { authentication, access: operation.fact('public', 'inferred') } : { authentication }
}

function asked(alternatives: readonly Alternative[], evidence: Evidence): SecurityFacts {
  const names = new Set(alternatives.map(({ schemes }) => schemes.join(' and ')))
  const [first, ...others] = alternatives.map(({ scopes }) => scopes)
  // Whoever is let in by one of several ways has at least what all of them ask for.
  const scopes = (first ?? []).filter((scope) => others.every((list) => list.includes(scope)))
  return {
    authentication: { value: [...names].join(' or '), evidence },
    access: { value: 'consumers', evidence },
    scopes: { value: [...new Set(scopes)], evidence },
    ...(scopes.length === 0 ? {} : { authorised: { value: true, evidence } }),
  }
}

function alternativesOf(field: Field, schemes: Field, references: References): readonly Alternative[] {
  return field.items().map((item) => {
    const members = item.members()
    return {
      schemes: members.map(([name, at]) => schemeNameOf(name, at, schemes, references)),
      scopes: members.flatMap(([, scopes]) => scopes.texts()),
    }
  })
}

function schemeNameOf(name: string, at: Field, schemes: Field, references: References): string {
  const scheme = references.resolve(schemes.at(name))
  if (scheme?.present !== true) {
    at.note('this security scheme is not declared')
    return 'unknown'
  }
  const type = scheme.at('type').text()
  if (type === 'http') return httpScheme(scheme.at('scheme').text()?.toLowerCase())
  return standardNames.get(type ?? '') ?? 'unknown'
}

function httpScheme(scheme: string | undefined): string {
  if (scheme === 'basic' || scheme === 'digest') return 'password'
  return scheme === 'bearer' ? 'bearer-token' : (scheme ?? 'unknown')
}

const standardNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    basic: 'password',
    apiKey: 'api-key',
    oauth2: 'oauth2',
    openIdConnect: 'openid-connect',
    mutualTLS: 'mutual-tls',
  }),
)
