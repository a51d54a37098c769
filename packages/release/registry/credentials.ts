import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidInput, parseJson } from '@plimsoll/base'
import { failed } from '../errors.ts'

/** Who somebody is at a registry. Never part of a message, a log line or an address. */
export interface RegistryCredentials {
  readonly user: string
  readonly password: string
}

const largestFile = 1024 * 1024

/** The file in which `docker login` keeps credentials: of `DOCKER_CONFIG`, or of the user's own folder. */
export function dockerConfigFile(environment: NodeJS.ProcessEnv): string {
  const folder = environment['DOCKER_CONFIG']
  return join(folder === undefined || folder === '' ? join(homedir(), '.docker') : folder, 'config.json')
}

/**
 * The credentials of a registry in a Docker configuration file (`auths`); nothing where it has none. Programs that the file
 * names as helpers are not run.
 * @param registry `host` or `host:port`
 * @throws {Failure} `REGISTRY_CREDENTIALS` where the file is damaged, or only a helper has them
 */
export function readCredentials(file: string, registry: string): RegistryCredentials | undefined {
  const config = readConfig(file)
  const auths = objectOf(config?.['auths'])
  const [, entry] = Object.entries(auths).find(([name]) => hostOf(name) === canonicalHost(registry)) ?? []
  const auth = objectOf(entry)['auth']
  if (typeof auth === 'string' && auth !== '') return decoded(auth, file)
  const helpers = Object.keys(objectOf(config?.['credHelpers'])).map(hostOf)
  const stored = entry !== undefined && typeof config?.['credsStore'] === 'string'
  if (!stored && !helpers.includes(canonicalHost(registry))) return undefined
  throw failed(
    'REGISTRY_CREDENTIALS',
    `a helper program keeps the credentials of ${registry}, and none is run here`,
    {
      place: { file },
      fix: 'point DOCKER_CONFIG to a folder whose config.json holds them under auths: docker login without credsStore',
    },
  )
}

function readConfig(file: string): Readonly<Record<string, unknown>> | undefined {
  const facts = statSync(file, { throwIfNoEntry: false })
  if (facts === undefined) return undefined
  try {
    if (facts.size > largestFile) throw new Error('it is larger than 1 MiB')
    return objectOf(parseJson(readFileSync(file)))
  } catch (cause) {
    // What a parser says could repeat what it read.
    const why = cause instanceof InvalidInput ? 'it is no JSON' : 'it cannot be read, or is too large'
    throw damaged(file, why)
  }
}

function decoded(auth: string, file: string): RegistryCredentials {
  const text = Buffer.from(auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) throw damaged(file, 'an `auth` in it is not base64 of user:password')
  return { user: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') }
}

function damaged(file: string, why: string): Error {
  return failed('REGISTRY_CREDENTIALS', `the credentials cannot be taken from the file: ${why}`, {
    place: { file },
    fix: 'log in again: docker login',
  })
}

/** Docker writes names as `host`, `https://host`, or `https://host/v1/`. */
function hostOf(name: string): string {
  const host = name.replace(/^https?:\/\//, '').split('/', 1)[0] ?? ''
  return canonicalHost(host.toLowerCase())
}

function canonicalHost(host: string): string {
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
