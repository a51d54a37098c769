import type { Graph } from '@plimsoll/architecture'

/** What an architecture says of one rule, and the parts of it that the answer rests on. */
export interface Answer {
  /** True: fulfilled. False: violated. Undefined: the files do not tell. */
  readonly fulfilled: boolean | undefined
  /** Ids of components, or `a -> b` for calls: those that violate it, that leave it open, or that fulfil it. */
  readonly items: readonly string[]
  /** One sentence for people. */
  readonly reason: string
}

/** One architectural security rule: a pure question to the graph. */
export interface ArchitecturalRule {
  /** `R01` to `R25`, as the source numbers them. */
  readonly id: string
  readonly text: string
  /** Group of rules in the catalogue that asks the same. */
  readonly catalogue?: string | undefined
  check(graph: Graph): Answer
}

/** The answer to one rule over one architecture. */
export interface ArchitecturalVerdict extends Answer {
  readonly rule: string
  readonly text: string
}

/** Where the rules come from. */
export const ruleSource =
  'Schneider, Özen, Chen, Scandariato: microSecEnD, a dataset of security-enriched dataflow diagrams for microservice applications. MSR 2023, ' +
  'doi 10.1109/MSR59073.2023.00030'
