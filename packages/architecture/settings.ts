import { isName, type Problem } from '@plimsoll/base'
import { isIP } from 'node:net'
import type { ArchitectureSettings } from './deployment.ts'
import { throwProblems } from './errors.ts'
import { defaultDataClasses } from './model.ts'
import { rolloutProblems } from './rollout-policy.ts'

type Anything = Readonly<Record<string, unknown>>

const severities = ['critical', 'high', 'medium', 'low']

/** What each part may say; anything else is a mistake that somebody would look for in vain. */
const known = {
  architecture: [
    'name',
    'services',
    'stores',
    'consumers',
    'externals',
    'zones',
    'dataClasses',
    'gateway',
    'policy',
    'telemetry',
    'waivers',
  ],
  service: ['entry', 'replicas', 'zone', 'owner', 'stores'],
  store: ['technology', 'zone', 'replicas'],
  consumer: ['uses', 'scopes', 'receives'],
  external: ['url', 'receives'],
  zone: ['clearance'],
  gateway: ['port', 'host', 'replicas', 'zone'],
  policy: ['failOn', 'operatorCalls', 'rollout'],
  telemetry: ['endpoint', 'sampling'],
  waiver: ['rule', 'subject', 'owner', 'reason', 'expires'],
} as const

/**
 * The architecture as code.
 * @throws {InvalidInput} `SETTINGS`, with everything that is wrong, by field. Takes anything: not every user has types.
 */
export function defineArchitecture<const Settings extends ArchitectureSettings>(
  settings: Settings,
): Settings {
  throwProblems('SETTINGS', settingsProblems(settings))
  return settings
}

function settingsProblems(settings: unknown): readonly Problem[] {
  if (!isObject(settings)) {
    return [{ message: 'an architecture is an object', fix: 'write defineArchitecture({ name, services })' }]
  }
  const check = new Check(settings)
  check.members(settings, '', known.architecture)
  check.name(settings['name'], 'name')
  if (!isObject(settings['services']) || Object.keys(settings['services']).length === 0) {
    check.add(
      'services',
      'there is no service',
      "write services: { pricing: { entry: 'services/pricing/service.ts' } }",
    )
  }
  check.list('dataClasses', settings['dataClasses'], 'a list of names from the least to the most sensitive')
  check.parts('services', known.service, checkService)
  check.parts('stores', known.store, checkStore)
  check.parts('consumers', known.consumer, checkConsumer)
  check.parts('externals', known.external, checkExternal)
  check.parts('zones', known.zone, (zone, field) =>
    check.dataClass(zone['clearance'], `${field}.clearance`, true),
  )
  checkGateway(check, settings['gateway'])
  checkPolicy(check, settings['policy'])
  checkTelemetry(check, settings['telemetry'])
  checkWaivers(check, settings['waivers'])
  return check.problems
}

/** Collects what is wrong; knows the whole, so that parts can refer to each other. */
class Check {
  readonly problems: Problem[] = []
  readonly #settings: Anything

  constructor(settings: Anything) {
    this.#settings = settings
  }

  add(field: string, message: string, fix: string): void {
    this.problems.push({ message, place: { field }, fix })
  }

  members(part: Anything, field: string, names: readonly string[]): void {
    for (const key of Object.keys(part)) {
      if (names.includes(key)) continue
      this.add(
        field === '' ? key : `${field}.${key}`,
        `nothing is called ${JSON.stringify(key)} here`,
        `it is one of ${names.join(', ')}`,
      )
    }
  }

  name(value: unknown, field: string): void {
    if (typeof value === 'string' && isName(value)) return
    this.add(
      field,
      `${show(value)} is no name`,
      'use lower-case letters, digits and single hyphens, beginning with a letter',
    )
  }

  parts(
    kind: string,
    names: readonly string[],
    one: (part: Anything, field: string, check: Check) => void,
  ): void {
    const parts = this.#settings[kind]
    if (parts === undefined) return
    if (!isObject(parts)) return this.add(kind, `${kind} is no object`, `write ${kind}: { name: { … } }`)
    for (const [name, part] of Object.entries(parts)) {
      const field = `${kind}.${name}`
      this.name(name, field)
      if (!isObject(part)) {
        this.add(field, `${name} is no object`, `write ${name}: { … }`)
        continue
      }
      this.members(part, field, names)
      one(part, field, this)
    }
  }

  text(value: unknown, field: string, fix: string): void {
    if (typeof value === 'string' && value.trim() !== '') return
    this.add(field, `${show(value)} is no text`, fix)
  }

  list(field: string, value: unknown, what: string): value is readonly string[] {
    if (value === undefined) return false
    if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')) return true
    this.add(field, `${field.split('.').at(-1) ?? field} is no list of names`, `write ${what}`)
    return false
  }

  count(value: unknown, field: string): void {
    if (
      value === undefined ||
      (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1000)
    )
      return
    this.add(field, `${show(value)} is no number of replicas`, 'write a whole number from 1 to 1000')
  }

  /** A name that has to stand elsewhere in the settings. */
  reference(value: unknown, field: string, kind: 'zones' | 'stores'): void {
    if (value === undefined) return
    const there = this.#settings[kind]
    if (typeof value === 'string' && isObject(there) && Object.hasOwn(there, value)) return
    const names = isObject(there) ? Object.keys(there).join(', ') : ''
    this.add(
      field,
      `${show(value)} is not one of ${kind}`,
      names === '' ? `add it to ${kind}` : `use ${names}, or add it to ${kind}`,
    )
  }

  dataClass(value: unknown, field: string, required = false): void {
    if (value === undefined && !required) return
    const own = this.#settings['dataClasses']
    const classes: readonly unknown[] = Array.isArray(own) ? own : defaultDataClasses
    if (classes.includes(value)) return
    this.add(field, `${show(value)} is no data class`, `use one of ${classes.join(', ')}`)
  }
}

function checkService(service: Anything, field: string, check: Check): void {
  check.text(
    service['entry'],
    `${field}.entry`,
    "name the module that exports the service, such as 'services/pricing/service.ts'",
  )
  check.count(service['replicas'], `${field}.replicas`)
  check.reference(service['zone'], `${field}.zone`, 'zones')
  if (service['owner'] !== undefined)
    check.text(service['owner'], `${field}.owner`, 'name a team or a person')
  const stores = service['stores']
  if (check.list(`${field}.stores`, stores, 'names of stores')) {
    for (const store of stores) check.reference(store, `${field}.stores`, 'stores')
  }
}

function checkStore(store: Anything, field: string, check: Check): void {
  check.text(store['technology'], `${field}.technology`, "say what it is, such as 'sqlite'")
  check.count(store['replicas'], `${field}.replicas`)
  check.reference(store['zone'], `${field}.zone`, 'zones')
}

function checkConsumer(consumer: Anything, field: string, check: Check): void {
  check.list(`${field}.scopes`, consumer['scopes'], 'names of scopes')
  check.dataClass(consumer['receives'], `${field}.receives`)
  const uses = consumer['uses']
  const good = Array.isArray(uses) && uses.every((use) => isObject(use) && use['kind'] === 'operation')
  if (!good)
    check.add(`${field}.uses`, 'uses is no list of operations', 'write uses: [catalog.operations.list]')
}

function checkExternal(external: Anything, field: string, check: Check): void {
  check.dataClass(external['receives'], `${field}.receives`)
  const url = typeof external['url'] === 'string' ? URL.parse(external['url']) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    check.add(`${field}.url`, 'this is no address', "write a URL, such as 'https://payments.example'")
  } else if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    check.add(
      `${field}.url`,
      'the address holds a name, a password, a query or a fragment',
      'write scheme, host, port and path alone',
    )
  }
}

function checkGateway(check: Check, gateway: unknown): void {
  if (gateway === undefined) return
  if (!isObject(gateway)) return check.add('gateway', 'gateway is no object', 'write gateway: { port: 8443 }')
  check.members(gateway, 'gateway', known.gateway)
  check.count(gateway['replicas'], 'gateway.replicas')
  check.reference(gateway['zone'], 'gateway.zone', 'zones')
  const host = gateway['host']
  if (host !== undefined && (typeof host !== 'string' || isIP(host) === 0)) {
    check.add(
      'gateway.host',
      `${show(gateway['host'])} is no address`,
      "write an IP address of this machine, such as '0.0.0.0'",
    )
  }
  const port = gateway['port']
  if (
    port !== undefined &&
    !(typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535)
  ) {
    check.add(
      'gateway.port',
      `${show(port)} is no port`,
      'write a number from 1 to 65535; 0 takes any free one',
    )
  }
}

function checkPolicy(check: Check, policy: unknown): void {
  if (policy === undefined) return
  if (!isObject(policy)) return check.add('policy', 'policy is no object', "write policy: { failOn: 'high' }")
  check.members(policy, 'policy', known.policy)
  check.problems.push(...rolloutProblems(policy['rollout'], 'policy.rollout'))
  const { failOn, operatorCalls } = policy
  if (failOn !== undefined && !severities.includes(failOn as string)) {
    check.add('policy.failOn', `${show(failOn)} is no severity`, `use one of ${severities.join(', ')}`)
  }
  if (operatorCalls !== undefined && typeof operatorCalls !== 'boolean') {
    check.add(
      'policy.operatorCalls',
      `${show(operatorCalls)} is neither true nor false`,
      'write true or false',
    )
  }
}

function checkTelemetry(check: Check, telemetry: unknown): void {
  if (telemetry === undefined) return
  if (!isObject(telemetry))
    return check.add(
      'telemetry',
      'telemetry is no object',
      "write telemetry: { endpoint: 'http://127.0.0.1:4318' }",
    )
  check.members(telemetry, 'telemetry', known.telemetry)
  const { endpoint, sampling } = telemetry
  const url = typeof endpoint === 'string' ? URL.parse(endpoint) : null
  const usable =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '')
  if (endpoint !== undefined && !usable)
    check.add(
      'telemetry.endpoint',
      'this is no address, or it holds a name, a password, a query or a fragment',
      "write scheme, host, port and path alone, such as 'http://127.0.0.1:4318'; a key belongs in OTEL_EXPORTER_OTLP_HEADERS",
    )
  if (sampling !== undefined && !(typeof sampling === 'number' && sampling >= 0 && sampling <= 1))
    check.add('telemetry.sampling', `${show(sampling)} is no share`, 'write a number from 0 to 1')
}

function checkWaivers(check: Check, waivers: unknown): void {
  if (waivers === undefined) return
  if (!Array.isArray(waivers))
    return check.add(
      'waivers',
      'waivers is no list',
      'write waivers: [{ rule, subject, owner, reason, expires }]',
    )
  for (const [at, waiver] of (waivers as readonly unknown[]).entries()) {
    const field = `waivers.${at}`
    if (!isObject(waiver)) {
      check.add(field, 'a waiver is an object', 'write { rule, subject, owner, reason, expires }')
      continue
    }
    check.members(waiver, field, known.waiver)
    for (const key of ['rule', 'subject', 'owner', 'reason']) {
      check.text(waiver[key], `${field}.${key}`, 'a waiver says which finding, who answers for it, and why')
    }
    if (!isDay(waiver['expires']))
      check.add(
        `${field}.expires`,
        `${show(waiver['expires'])} is no day`,
        'write the last day, such as 2027-03-31',
      )
  }
}

function isDay(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}

function isObject(value: unknown): value is Anything {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  return (JSON.stringify(value) ?? typeof value).slice(0, 60)
}
