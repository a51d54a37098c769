import type { ComponentKind, Severity } from '@plimsoll/architecture'
import { isAtLeast } from '../../judge.ts'

/** One box of the map: a component, or many of one group where there are too many to draw each. */
export interface MapNode {
  readonly id: string
  readonly label: string
  /** Second line: technology, replicas. */
  readonly detail: string
  readonly kind: ComponentKind
  readonly group?: string | undefined
  /** Ids of the components that it stands for. */
  readonly components: readonly string[]
  /** Findings of high and critical severity that lie here. */
  readonly findings: number
  readonly worst?: Severity | undefined
}

/** Calls from one box to another. */
export interface MapLink {
  readonly from: string
  readonly to: string
  readonly calls: number
  /** The caller answers without them. */
  readonly optional: boolean
  /** Nobody waits for them. */
  readonly asynchronous: boolean
}

export interface MapGroup {
  readonly id: string
  readonly label: string
}

/** What is drawn, before it has places. */
export interface MapGraph {
  readonly name: string
  readonly nodes: readonly MapNode[]
  readonly links: readonly MapLink[]
  readonly groups: readonly MapGroup[]
  /** What a group is: `zone`, `network`, `owner`; absent where there are none. */
  readonly groupedBy?: string | undefined
  /** Present where a box stands for many components. */
  readonly collapsedBy?: string | undefined
}

/** More boxes than this are not read any more: groups of them are drawn instead. */
export const mostBoxes = 140

/** The worst severity among findings; undefined where there are none. */
export function worstOf(findings: readonly { readonly severity: Severity }[]): Severity | undefined {
  let worst: Severity | undefined
  for (const { severity } of findings) if (worst === undefined || isAtLeast(severity, worst)) worst = severity
  return worst
}

/** Adds a link to those that are there: it is optional, or not waited for, only where all of its calls are. */
export function join(links: Map<string, MapLink>, link: MapLink): void {
  const key = JSON.stringify([link.from, link.to])
  const known = links.get(key)
  links.set(
    key,
    known === undefined
      ? link
      : {
          ...known,
          calls: known.calls + link.calls,
          optional: known.optional && link.optional,
          asynchronous: known.asynchronous && link.asynchronous,
        },
  )
}
