import type { Call, Component, Fact } from '../model.ts'

/** Callers that ask for figures and logs bring no token of a user. */
const askNothing = new Set(['monitoring', 'scheduler', 'registry'])
const webProtocol = /^(?:https?|h2c?|grpcs?|http2)$/

/**
 * Calls with what their ends are known to do with tokens: whether the callee compares the audience, and whether the caller hands on
 * what it was given (component → fact).
 */
export function withTokens(
  calls: readonly Call[],
  components: readonly Component[],
  passing: ReadonlyMap<string, Fact<boolean>>,
): readonly Call[] {
  const byId = new Map(components.map((component) => [component.id, component]))
  const checking = components.some(({ traits }) => traits?.['checks-audience'] !== undefined)
  if (!checking && passing.size === 0) return calls
  return calls.map((call) => {
    const [caller, callee] = [byId.get(call.from), byId.get(call.to)]
    if (callee === undefined || !mayCarryToken(call, caller)) return call
    const passed = callee.kind.value === 'service' ? passing.get(call.from) : undefined
    const told = { audienceChecked: callee.traits?.['checks-audience'], tokenPassedOn: passed }
    return { ...defined(told), ...defined(call) }
  })
}

function mayCarryToken({ protocol }: Call, caller: Component | undefined): boolean {
  return webProtocol.test(protocol?.value ?? 'http') && !askNothing.has(caller?.kind.value ?? 'service')
}

function defined<Facts extends object>(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)) as Facts
}
