import {
  cutOff,
  ofComponentsAlone,
  ofEachCall,
  type CallEnds,
  type Component,
  type Graph,
  type PublishedPort,
  type Setting,
} from '@plimsoll/architecture'

/** Kinds that serve other parts of the architecture, and nobody outside of it. */
const inner = new Set(['store', 'broker', 'cache', 'registry', 'configuration', 'secret-store'])
/** Kinds that run somewhere else, under somebody else's rules. */
const outside = new Set(['external', 'client'])
/** Databases that are a library and a file, not a process. */
const embedded = new Set(['sqlite', 'h2', 'duckdb', 'leveldb', 'rocksdb'])

export function isInner({ kind }: Component): boolean {
  return inner.has(kind.value)
}

export function isOutside({ kind }: Component): boolean {
  return outside.has(kind.value)
}

/** A client with an image, such as a generator of load, runs here and crosses no border. */
export function runsElsewhere(component: Component): boolean {
  return isOutside(component) && component.image === undefined
}

/** Ports that other machines reach. */
export function openPorts({ published }: Component): readonly PublishedPort[] {
  return (published?.value ?? []).filter(
    ({ address }) => address === undefined || !/^(?:127\.|\[?::1\]?$|localhost$)/.test(address),
  )
}

/** Plimsoll's runtime does here what other components have to be asked about. */
export function isGuarded({ technology }: Component): boolean {
  return technology?.value === 'plimsoll'
}

/** A database that is a library and a file of its caller. */
export function isEmbedded({ technology }: Component): boolean {
  return embedded.has(technology?.value ?? '')
}

/** What runs as a process on a platform that can put walls around it. Plimsoll's engine puts its own. */
export const workloads = ofComponentsAlone((component) => (isWorkload(component) ? component : undefined))

function isWorkload(component: Component): boolean {
  return !runsElsewhere(component) && !isGuarded(component) && !isEmbedded(component)
}

/** Those of which at least something is known about their walls; that nothing is known is said once, by RH1. */
export const hardened = ofComponentsAlone((component) =>
  isWorkload(component) && component.hardening !== undefined ? component : undefined,
)

/** Services and gateways: what has calls to tell of. */
export const servants = ofComponentsAlone((component) => (isServant(component) ? component : undefined))

function isServant(component: Component): boolean {
  return isWorkload(component) && (component.kind.value === 'service' || component.kind.value === 'gateway')
}

/** Those of which at least something is known about how they are watched; that nothing is known is said once, by OP2-central. */
export const watched = ofComponentsAlone((component) => {
  const { traits } = component
  const isKnown = (traits?.['central-log'] ?? traits?.tracing ?? traits?.metrics) !== undefined
  return isKnown && isServant(component) ? component : undefined
})

/** A call between two parts that both belong to the architecture. */
export function isInternal({ caller, callee }: CallEnds): boolean {
  if (caller === undefined || callee === undefined || caller === callee) return false
  return !runsElsewhere(caller) && !runsElsewhere(callee) && !isEmbedded(callee)
}

/** A call that crosses the border of the architecture, in or out. */
export function isAtBorder({ caller, callee }: CallEnds): boolean {
  return caller !== undefined && callee !== undefined && runsElsewhere(caller) !== runsElsewhere(callee)
}

/** What clients call first. */
const calledByClients = ofEachCall(({ through }, { caller, callee }) =>
  caller?.kind.value === 'client' ? (through?.value ?? callee?.id) : undefined,
)

/** Components that the outside reaches first: gateways, and services with a port that other machines reach. */
export function entrances(graph: Graph): readonly Component[] {
  return graph.once(allEntrances)
}

const allEntrances = cutOff((graph) => {
  const called = new Set(graph.once(calledByClients))
  return graph.architecture.components.filter(
    (component) =>
      !isOutside(component) &&
      !isInner(component) &&
      (called.has(component.id) || openPorts(component).length > 0),
  )
})

/** Position of a class from the least to the most sensitive; one that nobody put in order may be the most sensitive. */
export function rankOf({ architecture: { dataClasses } }: Setting, dataClass: string): number {
  const at = dataClasses.indexOf(dataClass)
  return at === -1 ? dataClasses.length : at
}

/** The classes that are worth stealing: above `internal` where it is among them, and otherwise above the lowest two. */
export function isSensitive(graph: Setting, dataClass: string): boolean {
  const { dataClasses } = graph.architecture
  const harmless = Math.max(dataClasses.indexOf('internal'), Math.min(1, dataClasses.length - 2))
  return rankOf(graph, dataClass) > harmless
}
