/** Thrown where a diagram would have more nodes than it may. */
export class Overgrown extends RangeError {}

/** Numbers of nodes: 0 is false, 1 is true; of families of sets: 0 holds nothing, 1 holds the empty set alone. */
export type Node = 0 | 1 | (number & {})

/**
 * Reduced ordered binary decision diagrams (Bryant 1986) over monotone functions of events that fail, and families of minimal sets
 * in the same tables (Rauzy 1993; zero-suppressed, Minato 1993). Children have smaller numbers than their parents.
 */
export interface Diagram {
  readonly size: () => number
  variable(at: number): Node
  or(a: Node, b: Node): Node
  and(a: Node, b: Node): Node
  /** Probability that the function is true, where each event is true with its own. */
  probability(root: Node, failing: readonly number[]): number
  /** Derivative of that probability by each event's (Birnbaum 1969). */
  derivatives(root: Node, failing: readonly number[]): readonly number[]
  /** The minimal sets of events that make a monotone function true. */
  minimal(root: Node): Node
  /** Those sets of a family that hold an event, as a function: true where all of one of them is. */
  anyWith(family: Node, event: number): Node
}

/** Two nodes and a variable must fit one exact number as a key: 2^17 × 2^17 × 2^19. */
const mostNodes = 2 ** 17

interface Tables {
  readonly variables: number[]
  readonly lows: number[]
  readonly highs: number[]
  readonly unique: Map<number, Node>
  readonly limit: number
}

export function diagramOf(limit: number): Diagram {
  const tables: Tables = {
    variables: [Infinity, Infinity],
    lows: [0, 1],
    highs: [0, 1],
    unique: new Map(),
    limit: Math.min(limit, mostNodes),
  }
  const or = binary(tables, (a, b) =>
    a === 1 || b === 1 ? 1 : a === 0 ? b : b === 0 || a === b ? a : undefined,
  )
  const and = binary(tables, (a, b) =>
    a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 || a === b ? a : undefined,
  )
  return {
    size: () => tables.variables.length,
    variable: (at) => node(tables, at, 0, 1),
    or,
    and,
    probability: (root, failing) => probabilities(tables, failing, root)[root] ?? 0,
    derivatives: (root, failing) => derivatives(tables, failing, root),
    ...families(tables, or),
  }
}

function node(
  { variables, lows, highs, unique, limit }: Tables,
  variable: number,
  low: Node,
  high: Node,
): Node {
  if (low === high) return low
  return keep({ variables, lows, highs, unique, limit }, variable, low, high)
}

/** The one node with this variable and these children. Functions and families are the same shape, so they share it. */
function keep(
  { variables, lows, highs, unique, limit }: Tables,
  variable: number,
  low: Node,
  high: Node,
): Node {
  const key = (variable * mostNodes + low) * mostNodes + high
  const existing = unique.get(key)
  if (existing !== undefined) return existing
  const created = variables.length
  if (created >= limit) throw new Overgrown('a decision diagram has too many nodes')
  variables.push(variable)
  lows.push(low)
  highs.push(high)
  unique.set(key, created)
  return created
}

/** Bryant's apply for one operator; it says what it can without looking further. Commutative, so that each pair is kept once. */
function binary(tables: Tables, settled: (a: Node, b: Node) => Node | undefined): (a: Node, b: Node) => Node {
  const { variables, lows, highs } = tables
  const known = new Map<number, Node>()
  const apply = (a: Node, b: Node): Node => {
    const simple = settled(a, b)
    if (simple !== undefined) return simple
    const key = a < b ? a * mostNodes + b : b * mostNodes + a
    const earlier = known.get(key)
    if (earlier !== undefined) return earlier
    const variable = Math.min(variables[a] ?? 0, variables[b] ?? 0)
    const low = apply(below(a, variable, variables, lows), below(b, variable, variables, lows))
    const high = apply(below(a, variable, variables, highs), below(b, variable, variables, highs))
    const result = node(tables, variable, low, high)
    known.set(key, result)
    return result
  }
  return apply
}

function below(at: Node, variable: number, variables: readonly number[], children: readonly number[]): Node {
  return variables[at] === variable ? (children[at] ?? 0) : at
}

/** Bottom-up over the numbers: a child is always earlier. */
function probabilities(
  { variables, lows, highs }: Tables,
  failing: readonly number[],
  root: Node,
): Float64Array {
  const values = new Float64Array(Math.max(2, root + 1))
  values[1] = 1
  for (let at = 2; at <= root; at += 1) {
    const fails = failing[variables[at] ?? 0] ?? 0
    values[at] = fails * (values[highs[at] ?? 0] ?? 0) + (1 - fails) * (values[lows[at] ?? 0] ?? 0)
  }
  return values
}

/** How likely each node is passed from the root, times the difference that its variable makes there. */
function derivatives(tables: Tables, failing: readonly number[], root: Node): readonly number[] {
  const { variables, lows, highs } = tables
  const values = probabilities(tables, failing, root)
  const passed = new Float64Array(root + 1)
  passed[root] = 1
  const found = failing.map(() => 0)
  for (let at = root; at >= 2; at -= 1) {
    const reach = passed[at] ?? 0
    const variable = variables[at] ?? 0
    const fails = failing[variable] ?? 0
    const [low, high] = [lows[at] ?? 0, highs[at] ?? 0]
    increase(found, variable, reach * ((values[high] ?? 0) - (values[low] ?? 0)))
    increase(passed, low, reach * (1 - fails))
    increase(passed, high, reach * fails)
  }
  return found
}

function increase(values: { [at: number]: number }, at: number, by: number): void {
  values[at] = (values[at] ?? 0) + by
}

function families(tables: Tables, or: Diagram['or']): Pick<Diagram, 'minimal' | 'anyWith'> {
  const { variables, lows, highs } = tables
  const family = (variable: number, low: Node, high: Node) =>
    high === 0 ? low : keep(tables, variable, low, high)
  const without = withoutSupersets(tables, family)
  const minimal = remembered((root: Node): Node => {
    if (root <= 1) return root
    const low = minimal(lows[root] ?? 0)
    return family(variables[root] ?? 0, low, without(minimal(highs[root] ?? 0), low))
  })
  const upward = remembered((root: Node): Node => {
    if (root <= 1) return root
    const low = upward(lows[root] ?? 0)
    return node(tables, variables[root] ?? 0, low, or(low, upward(highs[root] ?? 0)))
  })
  const anyWith = (root: Node, event: number): Node => {
    const holding = remembered((at: Node): Node => {
      const variable = variables[at] ?? Infinity
      if (variable > event) return 0
      if (variable === event) return family(variable, 0, highs[at] ?? 0)
      return family(variable, holding(lows[at] ?? 0), holding(highs[at] ?? 0))
    })
    return upward(holding(root))
  }
  return { minimal, anyWith }
}

/** The sets of one family that hold no set of another (Rauzy 1993, the operator `without`). */
function withoutSupersets(
  { variables, lows, highs }: Tables,
  family: (variable: number, low: Node, high: Node) => Node,
): (sets: Node, others: Node) => Node {
  const known = new Map<number, Node>()
  const lowOf = (at: Node) => lows[at] ?? 0
  const highOf = (at: Node) => highs[at] ?? 0
  const without = (sets: Node, others: Node): Node => {
    if (sets === 0 || others === 1 || sets === others) return 0
    if (sets === 1 || others === 0) return sets
    const key = sets * mostNodes + others
    const result = known.get(key) ?? split(sets, others)
    known.set(key, result)
    return result
  }
  const split = (sets: Node, others: Node): Node => {
    const variable = variables[sets] ?? 0
    const other = variables[others] ?? 0
    if (other < variable) return without(sets, lowOf(others))
    if (other > variable) return family(variable, without(lowOf(sets), others), without(highOf(sets), others))
    const high = without(without(highOf(sets), lowOf(others)), highOf(others))
    return family(variable, without(lowOf(sets), lowOf(others)), high)
  }
  return without
}

function remembered(work: (at: Node) => Node): (at: Node) => Node {
  const known = new Map<Node, Node>()
  return (at) => {
    const earlier = known.get(at)
    if (earlier !== undefined) return earlier
    const result = work(at)
    known.set(at, result)
    return result
  }
}
