import type { Component, Evidence, Graph } from '@plimsoll/architecture'
import type { Rule, RuleResult, Weakness } from '../../finding.ts'

export const av10Start: Rule = {
  id: 'AV10-start',
  title: 'Circle of parts that wait for each other to start',
  severity: 'high',
  why:
    'Each part of the circle waits for the next before it starts, so that after an outage of all of them none comes back by itself; while one ' +
    'still runs, nobody notices (Beyer et al., Site Reliability Engineering, chapter 22: cold start; Nygard, Release It!, chapter 4).',
  fix: 'Let one of them start without the next, and answer that it is not ready until it is there.',
  examples: async () => (await import('./examples.ts')).examples,
  check,
}

/** One thing that has to happen before another: a start before a start, an answer before being well. */
interface Wait {
  readonly to: string
  readonly note: string
  readonly evidence: Evidence
}

function check(graph: Graph): RuleResult {
  const { components } = graph.architecture
  const waits = new Map(components.map((component) => [component.id, waitsOf(component)]))
  const told = new Set<string>()
  return {
    weaknesses: components.flatMap(({ id }) => {
      const circle = told.has(id) ? undefined : circleThrough(id, waits)
      if (circle === undefined) return []
      for (const member of circle.keys()) told.add(member)
      return [weakness(circle)]
    }),
  }
}

/** Who waits for a part to be well waits for what that part asks when it is asked how it is. */
function waitsOf({ startsAfter, readiness, liveness }: Component): readonly Wait[] {
  const checks = [readiness, liveness].flatMap((check) =>
    check === undefined || check.value === false
      ? []
      : (check.value.asks ?? []).map((to) => ({
          to,
          note: 'is well only while it answers',
          evidence: check.evidence,
        })),
  )
  const starts =
    startsAfter?.value.map((to) => ({ to, note: 'is waited for', evidence: startsAfter.evidence })) ?? []
  return [...starts, ...checks]
}

/** The shortest way from a part back to itself that begins with waiting for a start: member → its wait. */
function circleThrough(
  id: string,
  waits: ReadonlyMap<string, readonly Wait[]>,
): ReadonlyMap<string, Wait> | undefined {
  const arrivals = new Map<string, { readonly from: string; readonly wait: Wait }>()
  const queue = [id]
  for (const at of queue) {
    const next = (waits.get(at) ?? []).filter(({ note }) => at !== id || note === 'is waited for')
    for (const wait of next) {
      if (wait.to === id) return wayBack(at, wait, arrivals)
      if (arrivals.has(wait.to)) continue
      arrivals.set(wait.to, { from: at, wait })
      queue.push(wait.to)
    }
  }
  return undefined
}

function wayBack(
  last: string,
  closing: Wait,
  arrivals: ReadonlyMap<string, { readonly from: string; readonly wait: Wait }>,
): ReadonlyMap<string, Wait> {
  const steps: (readonly [string, Wait])[] = [[last, closing]]
  for (let step = arrivals.get(last); step !== undefined; step = arrivals.get(step.from))
    steps.unshift([step.from, step.wait])
  return new Map(steps)
}

function weakness(circle: ReadonlyMap<string, Wait>): Weakness {
  const members = [...circle.keys()]
  const subject = members.toSorted()[0] ?? ''
  const [first = ''] = members
  const last = members.at(-1) ?? first
  return {
    subject,
    message: `${[...members, first].join(' waits for ')}: once all of them are down, none starts.`,
    path: [
      { id: first },
      ...[...circle.values()].map(({ to, note, evidence }) => ({ id: to, note, evidence })),
    ],
    evidence: [...circle.values()].map(({ evidence }) => evidence),
    fix: `let ${last} start without ${first}, and say that it is not ready until ${first} is there`,
    members: members.toSorted(),
  }
}
