import { dockerConfigFile, readCredentials } from './credentials.ts'
import type { RegistryReference } from './reference.ts'
import { openRepository, type Repository } from './repository.ts'
import { openTransport } from './transport.ts'

/**
 * The repository of a reference, as whoever `docker login` made known there.
 * @throws {Failure} `REGISTRY_CREDENTIALS`
 */
export function connectRepository(
  reference: RegistryReference,
  environment: NodeJS.ProcessEnv = process.env,
): Repository {
  const { registry } = reference
  const credentials = readCredentials(dockerConfigFile(environment), registry)
  return openRepository(openTransport({ registry, credentials }), reference)
}
