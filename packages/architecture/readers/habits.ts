import type { Component, Fact, Trait } from '../model.ts'
import type { ToldSetting } from './product-settings.ts'

/** What settings of any service tell of it beside its calls. */
export type Habits = Pick<Component, 'traits' | 'pool' | 'connectionLimit'>

const poolName = /pool_?(?:max_?|maximum_?)?size|max(?:imum)?_?pool(?:_?size)?|pool_?max$/i
const connectionsName = /^-{0,2}max[_-]connections$/i
const tracingName =
  /^(?:OTEL_EXPORTER_OTLP(?:_TRACES)?_ENDPOINT|.*(?:ZIPKIN|JAEGER)_?(?:BASE_?)?(?:URL|ENDPOINT|HOST|AGENT_HOST|ADDR)|(?:SPRING|MANAGEMENT)_ZIPKIN.*ENDPOINT)$/i

/** Traits, connections kept and connections taken, each from the first setting that tells. */
export function habitsOf(settings: readonly ToldSetting[]): Habits {
  const traits: Partial<Record<Trait, Fact<boolean>>> = {}
  for (const setting of settings) {
    const trait = traitOf(setting)
    if (trait !== undefined)
      traits[trait] ??= { value: true, evidence: { ...setting.place(), how: 'inferred' } }
  }
  const pool = figureOf(settings, poolName)
  const connectionLimit = figureOf(settings, connectionsName)
  return {
    ...(Object.keys(traits).length === 0 ? {} : { traits }),
    ...(pool === undefined ? {} : { pool }),
    ...(connectionLimit === undefined ? {} : { connectionLimit }),
  }
}

function traitOf({ name = '', text }: ToldSetting): Trait | undefined {
  if (/cors/i.test(name) && text.trim() === '*') return 'any-origin'
  if (/^(?:DEBUG|FLASK_DEBUG|DJANGO_DEBUG|APP_DEBUG)$/i.test(name) && /^(?:true|1|yes|on)$/i.test(text))
    return 'debug'
  return tracingName.test(name) && text.trim() !== '' ? 'tracing' : undefined
}

function figureOf(settings: readonly ToldSetting[], wanted: RegExp): Fact<number> | undefined {
  const setting = settings.find(
    ({ name, text }) => name !== undefined && wanted.test(name) && /^\d{1,7}$/.test(text.trim()),
  )
  return setting === undefined ? undefined : { value: Number(setting.text), evidence: setting.place() }
}
