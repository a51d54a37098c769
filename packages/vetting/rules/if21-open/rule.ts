import type { Component, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult } from '../../finding.ts'
import { together, type Case, type Telling } from '../cases.ts'
import { inFormat } from '../format.ts'
import { openPorts, isGuarded } from '../kinds.ts'

export const if21Open: Rule = {
  id: 'IF21-open',
  title: 'Tools for operators are published',
  severity: 'medium',
  why:
    'Dashboards, traces, admin pages and schedulers show how a system works inside, and often change it; they are found by scanning ' +
    'ports (CWE-668; OWASP API Security Top 10 2023, API8; MITRE ATT&CK T1190).',
  fix: 'Let operators reach them over an internal network or a proxy that asks who they are.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

function check(graph: Graph): RuleResult {
  const tools = graph.architecture.components.filter(
    (component) => isTool(component) && openPorts(component).length > 0 && !isGuarded(component),
  )
  const isOpen = ({ traits }: Component) => traits?.authenticates?.value === false
  return {
    weaknesses: [
      ...together(graph, tools.filter(isOpen).flatMap(casesOf), {
        ...telling,
        message: (names, count) =>
          `${names} ${count === 1 ? 'is' : 'are'} published, and nobody is asked for a credential there.`,
        severity: 'high',
        identity: ['open'],
      }),
      ...together(graph, tools.filter((component) => !isOpen(component)).flatMap(casesOf), telling),
    ],
  }
}

function isTool({ kind, traits }: Component): boolean {
  return kind.value === 'monitoring' || kind.value === 'scheduler' || traits?.administration?.value === true
}

function casesOf(component: Component): readonly Case[] {
  return openPorts(component).map(({ port }) => ({
    id: component.id,
    note: `port ${port}`,
    detail: `port ${port}`,
    evidence: component.published?.evidence ?? component.evidence,
  }))
}

const telling: Telling = {
  message: (names, count) =>
    `${names} ${count === 1 ? 'is' : 'are'} published, though ${count === 1 ? 'it serves' : 'they serve'} operators alone.`,
  fix: (names, { evidence }) =>
    inFormat(evidence, {
      compose: `write 127.0.0.1: in front of the ports of ${names}`,
      kubernetes: `make the Service of ${names} type: ClusterIP, and use kubectl port-forward or a proxy with a login`,
      other: `take the published ports of ${names} away`,
    }),
}
