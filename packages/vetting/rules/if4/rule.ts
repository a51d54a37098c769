import { ofEachCall, type Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case } from '../cases.ts'
import { inFormat } from '../format.ts'
import { runsElsewhere, openPorts, entrances } from '../kinds.ts'
import { listed } from '../path.ts'

export const if4: Rule = {
  id: 'IF4',
  title: 'Way around the gateway',
  severity: 'high',
  why:
    'Checks at a gateway hold only for those who come through it. A service that is published itself can be called around them ' +
    '(NIST SP 800-204, section 4.5.1; OWASP API Security Top 10 2023, API8 and API9).',
  fix: 'Publish the gateway alone; let services be reached over the internal network.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const gateways = entrances(graph).filter(({ kind }) => kind.value === 'gateway')
  const [gateway] = gateways
  if (gateway === undefined) return { weaknesses: [] }
  const ids = new Set(gateways.map(({ id }) => id))
  const cases = [...publishedBeside(graph), ...directCalls(graph, ids)]
  return {
    weaknesses: together(graph, cases, {
      message: (names) => `${names} can be called directly, around ${listed([...ids].toSorted())}.`,
      path: [
        { id: 'anyone' },
        ...cases.slice(0, 6).map(({ id, note, evidence }) => ({ id, note, evidence })),
      ],
      fix: (names, { evidence }) =>
        inFormat(evidence, {
          compose: `take ports of ${names} away; ${gateway.id} reaches them over the internal network`,
          kubernetes: `make the Service of ${names} type: ClusterIP; ${gateway.id} reaches it inside`,
          other: `let ${names} be called through ${gateway.id} alone`,
        }),
    }),
  }
}

function publishedBeside({ architecture: { components } }: Graph): readonly Case[] {
  return components
    .filter((component) => component.kind.value === 'service' && openPorts(component).length > 0)
    .flatMap((component) =>
      openPorts(component).map(({ port }) => ({
        id: component.id,
        note: `port ${port}`,
        detail: `port ${port}`,
        evidence: component.published?.evidence ?? component.evidence,
      })),
    )
}

/** Clients that call a service themselves; where it is published, its ports say so already. */
function directCalls(graph: Graph, gateways: ReadonlySet<string>): readonly Case[] {
  return graph
    .once(clientCalls)
    .filter(({ through }) => through === undefined || !gateways.has(through.value))
    .map(({ from, to, evidence }) => ({
      id: graph.ownerOf(to)?.id ?? to,
      note: `called by ${from}`,
      detail: `called by ${from}`,
      evidence,
    }))
}

const clientCalls = ofEachCall((call, { caller, callee }) => {
  if (caller?.kind.value !== 'client' || !runsElsewhere(caller) || callee?.kind.value !== 'service')
    return undefined
  return openPorts(callee).length > 0 ? undefined : call
})
