// The named peer of microsecend.ts: what one writes in an hour, each rule as a match of stereotypes, without a model in between.

export interface Diagram {
  readonly services: readonly Item[]
  readonly external_entities?: readonly Item[]
  readonly information_flows: readonly FlowItem[]
}

interface Item {
  readonly name: string
  readonly stereotypes: readonly string[]
}

interface FlowItem {
  readonly sender: string
  readonly receiver: string
  readonly stereotypes: readonly string[]
}

/** A verdict for each rule, by its number. */
export function stereotypeVerdicts(diagram: Diagram): Readonly<Record<string, boolean>> {
  const { services, information_flows: flows } = diagram
  const names = new Set(services.map(({ name }) => name))
  const is = (word: string) => services.filter(({ stereotypes }) => stereotypes.includes(word))
  const all = (items: readonly { readonly stereotypes: readonly string[] }[], word: string) =>
    items.every(({ stereotypes }) => stereotypes.includes(word))
  const inside = flows.filter(({ sender, receiver }) => names.has(sender) && names.has(receiver))
  const outside = flows.filter(({ sender, receiver }) => names.has(sender) !== names.has(receiver))
  const touches = (name: string, word: string) => {
    const others = new Set(is(word).map((item) => item.name))
    return flows.some(
      ({ sender, receiver }) =>
        (sender === name && others.has(receiver)) || (receiver === name && others.has(sender)),
    )
  }
  const entries = is('entrypoint')
  const loggers = is('local_logging')
  const servers = ['gateway', 'message_broker', 'service_discovery', 'resource_server', 'web_application']
  const alone = (word: string) =>
    is(word).every(({ stereotypes }) => !servers.some((other) => stereotypes.includes(other)))
  return {
    R01: entries.length === 1,
    R02: all(entries, 'circuit_breaker'),
    R03: all(entries, 'load_balancer'),
    R04: all(entries, 'authorization'),
    R05: all(entries, 'authentication'),
    R06: all(inside, 'authorized'),
    R07: all(inside, 'authenticated'),
    R08: is('authorization_server').length === 1,
    R09: is('authentication_server').length === 1,
    R10: alone('authorization_server'),
    R11: alone('authentication_server'),
    R12: is('login_attempts_regulation').length > 0,
    R13: all(outside, 'encrypted'),
    R14: all(inside, 'encrypted'),
    R15: all(services, 'local_logging'),
    R16: is('logging_server').length === 1,
    R17: is('message_broker').length > 0,
    R18: loggers.every(({ name }) => touches(name, 'message_broker')),
    R19: loggers.every(({ name }) => !touches(name, 'logging_server')),
    R20: is('monitoring_dashboard').length > 0,
    R21: services.every(({ name }) => touches(name, 'monitoring_dashboard')),
    R22: all(services, 'log_sanitization'),
    R23: is('service_discovery').length === 1,
    R24: all(is('service_discovery'), 'validate_registration'),
    R25: is('secret_manager').length === 1,
  }
}
