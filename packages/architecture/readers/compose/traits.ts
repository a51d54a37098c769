import type { Fact, Trait } from '../../model.ts'
import { habitsOf, type Habits } from '../habits.ts'
import { flagsIn, meaningOf, type Meaning, type ToldSetting } from '../product-settings.ts'
import type { ConfigurationText } from './configuration.ts'
import { factAt, member, textOf } from './node.ts'
import { wordsOf, type Service } from './service.ts'

/** Drivers that send the log of a container away, and those that keep it where the container runs. */
const central = /^(?:syslog|gelf|fluentd|awslogs|splunk|gcplogs|etwlogs|logentries|loki|grafana\/loki)/
const local = /^(?:json-file|local|journald)$/

/** What variables, logging, command and configuration tell of a component beside its calls. */
export interface Told extends Habits {
  readonly passesTokens?: Meaning['passesTokens']
}

export function toldOf(
  service: Service,
  configuration: readonly ConfigurationText[],
  technology: string | undefined,
): Told {
  const flags = flagsOf(service)
  const { traits: habitual, ...habits } = habitsOf([...service.settings, ...flags])
  const { traits: meant, passesTokens } = meaningOf(
    [...service.settings, ...flags, ...configuration],
    technology,
  )
  const traits = { ...loggingOf(service), ...habitual, ...meant }
  return {
    ...habits,
    ...(Object.keys(traits).length === 0 ? {} : { traits }),
    ...(passesTokens === undefined ? {} : { passesTokens }),
  }
}

function loggingOf({ node }: Service): Partial<Record<Trait, Fact<boolean>>> {
  const driver = member(node, 'logging', 'driver')
  const name = textOf(driver) ?? ''
  if (driver === undefined) return {}
  if (central.test(name)) return { 'central-log': factAt(true, driver) }
  return local.test(name) ? { 'local-log': factAt(true, driver) } : {}
}

function flagsOf({ node }: Service): readonly ToldSetting[] {
  return ['entrypoint', 'command'].flatMap((key) => {
    const command = node.entries.get(key)
    return command === undefined ? [] : flagsIn(wordsOf(command), () => command.place())
  })
}
