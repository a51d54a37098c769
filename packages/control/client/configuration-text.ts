import { defaultDataClasses, type Deployment } from '@plimsoll/architecture'
import { canonicalJson } from '@plimsoll/base'

/** Where the contract of a service is exported. */
export interface ContractSource {
  /** Relative to the configuration, such as `services/pricing/contract.ts`. */
  readonly file: string
  readonly exported: string
  /** Where the contract is a member of what is exported: `contract` of a service. */
  readonly member?: 'contract' | undefined
}

export interface ConfigurationSources {
  /** Service → entry module, relative to the configuration. */
  readonly entries: Readonly<Record<string, string>>
  /** Service → its contract, for each that a consumer uses. */
  readonly contracts: Readonly<Record<string, ContractSource>>
}

/** Text that stands in the configuration as it is. */
class Code {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** The configuration that says what a deployment says: `plimsoll.config.ts`. */
export function configurationText(deployment: Deployment, sources: ConfigurationSources): string {
  const { name, services, stores, consumers, externals, zones, gateway, policy, telemetry, waivers } =
    deployment
  const used = new Set(
    Object.values(consumers).flatMap(({ uses }) => uses.map((use) => use.slice(0, use.indexOf('.')))),
  )
  const imports = [...used].flatMap((service) => importOf(service, sources.contracts[service]))
  const own = canonicalJson(deployment.dataClasses) !== canonicalJson(defaultDataClasses)
  const settings = {
    name,
    services: mapped(services, ({ release: _release, stores: kept, ...service }, key) => ({
      entry: sources.entries[key] ?? '',
      ...service,
      ...(kept.length > 0 && { stores: kept }),
    })),
    ...filled({ stores, zones, externals }),
    ...filled({
      consumers: mapped(consumers, ({ uses, ...consumer }) => ({
        uses: uses.map((use) => operationOf(use, sources)),
        ...consumer,
      })),
    }),
    ...(own && { dataClasses: deployment.dataClasses }),
    gateway,
    policy,
    ...(telemetry !== undefined && { telemetry }),
    ...(waivers.length > 0 && { waivers }),
  }
  return [
    "import { defineArchitecture } from '@plimsoll/architecture'",
    ...imports,
    '',
    `export const architecture = defineArchitecture(${literal(settings, '')})`,
    '',
  ].join('\n')
}

function importOf(service: string, source: ContractSource | undefined): readonly string[] {
  if (source === undefined) return []
  const local = localName(service)
  const what = source.exported === local ? local : `${source.exported} as ${local}`
  return [`import { ${what} } from ${quoted(`./${source.file}`)}`]
}

function operationOf(use: string, { contracts }: ConfigurationSources): Code {
  const [service = '', operation = ''] = use.split('.')
  const contract = `${localName(service)}${contracts[service]?.member === undefined ? '' : '.contract'}`
  return new Code(
    `${contract}.operations${isIdentifier(operation) ? `.${operation}` : `[${quoted(operation)}]`}`,
  )
}

/** `card-vault` → `cardVaultContract`: no word of the language. */
function localName(service: string): string {
  return `${service.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Contract`
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}

function filled(parts: Readonly<Record<string, object>>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0))
}

const longestLine = 100

function literal(value: unknown, indent: string): string {
  if (value instanceof Code) return value.text
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{ ', ' }']
  const members = (deeper: string) =>
    Array.isArray(value)
      ? value.map((item) => literal(item, deeper))
      : Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([key, member]) => `${isIdentifier(key) ? key : quoted(key)}: ${literal(member, deeper)}`)
  const inLine = `${open}${members(indent).join(', ')}${close}`
  if (inLine.length + indent.length <= longestLine && !inLine.includes('\n')) return inLine
  const deeper = `${indent}  `
  return `${open.trim()}\n${members(deeper)
    .map((member) => `${deeper}${member},\n`)
    .join('')}${indent}${close.trim()}`
}

/** In single quotes. JSON's escapes are those of the language, so that nothing that a name holds becomes code. */
function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text)
}
