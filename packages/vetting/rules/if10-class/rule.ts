import {
  ofComponentsAlone,
  ofEachCall,
  ofEachOperation,
  type Fact,
  type Graph,
  type Setting,
} from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { nameOf, together, type Case } from '../cases.ts'

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
  const { zones } = graph.architecture
  const cases = [
    ...graph.once(ofOperations),
    ...graph.once(ofCalls),
    ...graph.once(ofHolders),
    ...graph.once(ofReceivers),
    zones.flatMap(({ id, clearance }) => casesOf(id, [single(clearance)], graph) ?? []),
  ].flat()
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `Classes that are in no order are used: ${names}.`,
      fix: (_, { note = 'the class' }) => `add ${note} to the list of data classes, at its place`,
    }),
  }
}

const ofOperations = ofEachOperation(({ id, dataIn, dataOut }, near) => casesOf(id, [dataIn, dataOut], near))
const ofCalls = ofEachCall((call, ends) =>
  call.sends === undefined ? undefined : casesOf(nameOf(call), [call.sends], ends),
)
const ofHolders = ofComponentsAlone(({ id, holds }, setting) => casesOf(id, [holds], setting))
const ofReceivers = ofComponentsAlone(({ id, receives }, setting) => casesOf(id, [single(receives)], setting))

/** Classes that a part names and that nobody put in order; undefined where there are none. */
function casesOf(
  id: string,
  facts: readonly (Fact<readonly string[]> | undefined)[],
  { architecture: { dataClasses } }: Setting,
): readonly Case[] | undefined {
  const cases = facts.flatMap((classes) =>
    (classes?.value ?? [])
      .filter((dataClass) => !dataClasses.includes(dataClass))
      .map((dataClass) => ({ id, note: dataClass, detail: dataClass, evidence: classes?.evidence ?? {} })),
  )
  return cases.length === 0 ? undefined : cases
}

function single(fact: Fact<string> | undefined): Fact<readonly string[]> | undefined {
  return fact === undefined ? undefined : { value: [fact.value], evidence: fact.evidence }
}
