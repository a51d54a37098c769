import { canonicalJson, InvalidInput, type Problem } from '@plimsoll/base'
import {
  createRouter,
  openApi,
  type ContractDocument,
  type HttpMethod,
  type JsonSchema,
  type OperationDocument,
  type Router,
} from '@plimsoll/contract'
import { compileSchema } from '@plimsoll/contract/validate'
import { checkRoutes, isReserved, openOperations, reservedPaths } from './addresses.ts'
import { jsonAnswer, textAnswer, type Answer } from './answer.ts'
import { GatewayRefusal, type ConfigurationCode } from './errors.ts'

/** One open operation with its address and its check. */
export interface Route {
  /** `service.operation` */
  readonly id: string
  readonly service: string
  readonly name: string
  readonly operation: OperationDocument
  readonly check: (input: unknown) => readonly Problem[]
  /** Of one item, where the input is a stream. */
  readonly checkItem?: ((item: unknown) => readonly Problem[]) | undefined
}

export interface FoundOperation {
  readonly kind: 'operation'
  readonly route: Route
  /** Decoded once. */
  readonly pathParameters: Readonly<Record<string, string>>
}

/** Something that the gateway answers itself, to anybody. */
interface FoundPage {
  readonly kind: 'page'
  readonly answer: Answer
}

/** Where each address leads. */
export interface Routes {
  /**
   * HEAD is answered as GET, OPTIONS with the methods of the address (RFC 9110, sections 9.3.2 and 9.3.7).
   * @throws {GatewayRefusal} `NOT_FOUND`, `METHOD_NOT_ALLOWED` with Allow, `AMBIGUOUS_REQUEST`
   */
  find(method: string, path: string): FoundOperation | FoundPage
  /** Compiled checks by the canonical text of their schema. */
  readonly checks: ReadonlyMap<string, Check>
}

type Check = Route['check']
type Pages = Readonly<Record<string, Answer>>

const landing = `Plimsoll gateway

/openapi.json  what can be called here (OpenAPI 3.1)
/healthz       whether this gateway answers
`

/**
 * Makes contracts ready to be found.
 * @param before routes whose compiled checks are used again where a schema did not change
 * @throws {InvalidInput} `GATEWAY_ROUTES` with every problem of `checkRoutes`
 */
export function compileRoutes(contracts: readonly ContractDocument[], before?: Routes): Routes {
  const [problem, ...others] = checkRoutes(contracts)
  if (problem !== undefined) throw new InvalidInput<ConfigurationCode>('GATEWAY_ROUTES', [problem, ...others])
  const checks = new Map<string, Check>()
  const routes = contracts.flatMap((contract) => routesOf(contract, { checks, before }))
  const router = createRouter(
    routes.map((route) => ({
      method: route.operation.http.method,
      path: route.operation.http.path,
      target: route,
    })),
  )
  const pages: Pages = {
    [reservedPaths.document]: jsonAnswer(200, openApi(contracts, { serverUrl: '/' })),
    [reservedPaths.health]: jsonAnswer(200, { status: 'ok' }),
  }
  return { checks, find: (method, path) => find({ router, pages }, method, path) }
}

function routesOf(
  contract: ContractDocument,
  compiled: { readonly checks: Map<string, Check>; readonly before: Routes | undefined },
): readonly Route[] {
  return openOperations(contract).map(([name, operation]) => {
    const { inputBody } = operation
    return {
      id: `${contract.name}.${name}`,
      service: contract.name,
      name,
      operation,
      check: checkOf(operation.input, compiled),
      checkItem: inputBody?.kind === 'stream' ? checkOf(inputBody.item, compiled) : undefined,
    }
  })
}

/** The check of a schema; the one that was compiled before, where the schema did not change. */
function checkOf(
  schema: JsonSchema,
  { checks, before }: { readonly checks: Map<string, Check>; readonly before: Routes | undefined },
): Check {
  const text = canonicalJson(schema)
  const check = before?.checks.get(text) ?? compileSchema(schema)
  checks.set(text, check)
  return check
}

function find(
  { router, pages }: { readonly router: Router<Route>; readonly pages: Pages },
  method: string,
  path: string,
): FoundOperation | FoundPage {
  const read = method === 'HEAD' ? 'GET' : method
  if (isReserved(path)) return findPage(read, pages[path])
  const match = router.match(read, path)
  if (match.kind === 'found') {
    return { kind: 'operation', route: match.target, pathParameters: match.pathParameters }
  }
  if (match.kind === 'method-not-allowed') return answerOtherMethod(read, match.allowed)
  if (match.kind === 'not-found') return findPage(read, path === '/' ? textAnswer(landing) : undefined)
  throw new GatewayRefusal('AMBIGUOUS_REQUEST', 'The path can be read in more than one way.')
}

function findPage(method: string, answer: Answer | undefined): FoundPage {
  if (answer === undefined) {
    throw new GatewayRefusal('NOT_FOUND', 'What can be called here is in /openapi.json.')
  }
  return method === 'GET' ? { kind: 'page', answer } : answerOtherMethod(method, ['GET'])
}

function answerOtherMethod(method: string, allowed: readonly HttpMethod[]): FoundPage {
  const withHead = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed
  const allow = [...withHead, 'OPTIONS'].toSorted().join(', ')
  if (method === 'OPTIONS') return { kind: 'page', answer: { status: 204, headers: { allow }, body: '' } }
  throw new GatewayRefusal('METHOD_NOT_ALLOWED', `This address takes ${allow}.`, { headers: { allow } })
}
