import type { Component, Evidence, Fact, Trait } from '../../model.ts'
import { factAt, member, textOf } from './node.ts'
import type { Service, Setting } from './service.ts'

type Told = Pick<Component, 'traits' | 'pool' | 'connectionLimit'>

/** Drivers that send the log of a container away, and those that keep it where the container runs. */
const central = /^(?:syslog|gelf|fluentd|awslogs|splunk|gcplogs|etwlogs|logentries|loki|grafana\/loki)/
const local = /^(?:json-file|local|journald)$/
const poolName = /pool_?(?:max_?|maximum_?)?size|max(?:imum)?_?pool(?:_?size)?|pool_?max$/i
const ownPorts =
  /^(?:OTEL_EXPORTER_OTLP(?:_TRACES)?_ENDPOINT|.*(?:ZIPKIN|JAEGER)_?(?:BASE_?)?(?:URL|ENDPOINT|HOST|AGENT_HOST|ADDR)|(?:SPRING|MANAGEMENT)_ZIPKIN.*ENDPOINT)$/i

/** What variables, logging and command tell of a component beside its calls. */
export function toldOf(service: Service): Told {
  const traits = traitsOf(service)
  const pool = service.settings.find(({ name, text }) => poolName.test(name) && /^\d{1,6}$/.test(text))
  const connections = connectionsOf(service)
  return {
    ...(Object.keys(traits).length === 0 ? {} : { traits }),
    ...(pool === undefined ? {} : { pool: { value: Number(pool.text), evidence: pool.place() } }),
    ...(connections === undefined ? {} : { connectionLimit: connections }),
  }
}

function traitsOf({ node, settings }: Service): NonNullable<Component['traits']> {
  const traits: Partial<Record<Trait, Fact<boolean>>> = {}
  const driver = member(node, 'logging', 'driver')
  if (driver !== undefined && central.test(textOf(driver) ?? '')) traits['central-log'] = factAt(true, driver)
  if (driver !== undefined && local.test(textOf(driver) ?? '')) traits['local-log'] = factAt(true, driver)
  for (const setting of settings) {
    const trait = traitOf(setting)
    if (trait !== undefined) traits[trait] ??= { value: true, evidence: inferred(setting) }
  }
  return traits
}

function traitOf({ name, text }: Setting): Trait | undefined {
  if (/cors/i.test(name) && text.trim() === '*') return 'any-origin'
  if (/^(?:DEBUG|FLASK_DEBUG|DJANGO_DEBUG|APP_DEBUG)$/i.test(name) && /^(?:true|1|yes|on)$/i.test(text))
    return 'debug'
  return ownPorts.test(name) && text.trim() !== '' ? 'tracing' : undefined
}

/** `-c max_connections=200`, `--max-connections 200`, as PostgreSQL and MySQL take it. */
function connectionsOf({ node }: Service): Fact<number> | undefined {
  const command = node.entries.get('command')
  if (command === undefined) return undefined
  const words =
    command.type === 'list' ? command.items.map((item) => textOf(item) ?? '').join(' ') : textOf(command)
  const [, count] = /\bmax[_-]connections[=\s]+(\d{1,7})\b/.exec(words ?? '') ?? []
  return count === undefined ? undefined : factAt(Number(count), command)
}

function inferred({ place }: Setting): Evidence {
  return { ...place(), how: 'inferred' }
}
