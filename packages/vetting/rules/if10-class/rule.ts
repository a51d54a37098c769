import type { Fact, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, nameOf } from '../cases.ts'

export const if10Class: Rule = {
  id: 'IF10-class',
  title: 'Data of a class that nobody put in order',
  severity: 'low',
  why:
    'A class that is not among the ordered ones is compared with nothing: rules take it for the most sensitive one, people for a ' +
    'harmless one (ISO/IEC 27001:2022, A.5.12; NIST SP 800-60).',
  fix: 'Add the class to the ordered list, at its place.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const ordered = new Set(graph.architecture.dataClasses)
  const { operations, calls, components, zones } = graph.architecture
  const named: readonly (readonly [string, Fact<readonly string[]> | undefined])[] = [
    ...operations.flatMap(({ id, dataIn, dataOut }) => [[id, dataIn] as const, [id, dataOut] as const]),
    ...calls.flatMap((call) => (call.sends === undefined ? [] : [[nameOf(call), call.sends] as const])),
    ...components.map(({ id, holds }) => [id, holds] as const),
    ...components.map(({ id, receives }) => [id, single(receives)] as const),
    ...zones.map(({ id, clearance }) => [id, single(clearance)] as const),
  ]
  const cases = named.flatMap(([id, classes]) =>
    (classes?.value ?? [])
      .filter((dataClass) => !ordered.has(dataClass))
      .map((dataClass) => ({ id, note: dataClass, detail: dataClass, evidence: classes?.evidence ?? {} })),
  )
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Classes that are in no order are used: ${names}.`,
      fix: (_, { note = 'the class' }) => `add ${note} to the list of data classes, at its place`,
    }),
  }
}

function single(fact: Fact<string> | undefined): Fact<readonly string[]> | undefined {
  return fact === undefined ? undefined : { value: [fact.value], evidence: fact.evidence }
}
