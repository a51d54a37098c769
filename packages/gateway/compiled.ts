import { messageOf } from '@plimsoll/base'
import type { Logger } from '@plimsoll/service'
import type { GatewayConfiguration } from './configuration.ts'
import { createCredentials, type Credentials } from './credential.ts'
import { compileRoutes, type Routes } from './routes.ts'

/** A configuration made ready for requests; never changed, only followed by the next. */
export interface CompiledConfiguration {
  readonly source: GatewayConfiguration
  readonly credentials: Credentials
  readonly routes: Routes
}

/**
 * The newest configuration, compiled once. Where the routes of a new one cannot be served, those before stay, because
 * consumers must not pay for it; its keys and permissions hold even then, because a revoked key must not live on.
 * @throws {InvalidInput} `GATEWAY_ROUTES` where the first configuration cannot be served
 */
export function followConfiguration(
  newest: () => GatewayConfiguration,
  logger: Logger,
): () => CompiledConfiguration {
  let compiled = compile(newest())
  return () => {
    const source = newest()
    if (source !== compiled.source) compiled = compileNext(source, compiled, logger)
    return compiled
  }
}

function compile(source: GatewayConfiguration, before?: Routes): CompiledConfiguration {
  return {
    source,
    credentials: createCredentials(source.consumers),
    routes: compileRoutes(source.contracts, before),
  }
}

function compileNext(
  source: GatewayConfiguration,
  before: CompiledConfiguration,
  logger: Logger,
): CompiledConfiguration {
  try {
    return compile(source, before.routes)
  } catch (thrown) {
    logger.write('error', 'routes kept', { reason: messageOf(thrown) })
    return { source, credentials: createCredentials(source.consumers), routes: before.routes }
  }
}
