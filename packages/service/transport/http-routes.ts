import {
  createRouter,
  type ContractDocument,
  type OperationDocument,
  type Router,
  type RouterMatch,
} from '@plimsoll/contract'
import type { Identity } from '@plimsoll/identity'

/** An operation with what its contract says of it. */
export interface HttpRoute {
  readonly name: string
  readonly operation: OperationDocument
}

/** Where the operations of a service are, as its OpenAPI document has it. */
export interface HttpRoutes {
  readonly router: Router<HttpRoute>
  /** True where a peer may call anything at all here: only such a peer learns which addresses there are. */
  readonly mayKnow: (peer: Identity) => boolean
}

export function httpRoutes({ operations }: ContractDocument, mayKnow: HttpRoutes['mayKnow']): HttpRoutes {
  const entries = Object.entries(operations).map(([name, operation]) => ({
    ...operation.http,
    target: { name, operation },
  }))
  return { router: createRouter(entries), mayKnow }
}

/** HEAD is answered as GET (RFC 9110, section 9.3.2). */
export function findRoute(routes: HttpRoutes, method: string, path: string): RouterMatch<HttpRoute> {
  return routes.router.match(method === 'HEAD' ? 'GET' : method, path)
}
