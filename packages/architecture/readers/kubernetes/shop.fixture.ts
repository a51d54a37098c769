import assert from 'node:assert/strict'
import type { Call, Component, ConfigurationObject } from '../../model.ts'
import type { ArchitecturePart } from '../reader.ts'
import { read } from '../reading.fixture.ts'
import { kubernetesReader } from './reader.ts'

/** An object of the cluster, or a part of one. */
export type Anything = Readonly<Record<string, unknown>>

/** What a part of a shop says beside its name. */
export interface Parts {
  readonly kind?: string
  readonly namespace?: string
  readonly container?: Anything
  readonly containers?: readonly Anything[]
  readonly pod?: Anything
  readonly spec?: Anything
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A workload whose pods carry `app: <name>`. */
export function workload(name: string, parts: Parts = {}): Anything {
  const { kind = 'Deployment', container, containers, pod, spec, labels, annotations } = parts
  const template = {
    metadata: { labels: { app: name, ...labels }, ...(annotations === undefined ? {} : { annotations }) },
    spec: { containers: containers ?? [{ name, image: `shop/${name}:1`, ...container }], ...pod },
  }
  const apiVersion = kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1'
  const inner = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template }
  return { apiVersion, kind, metadata: metadataOf(name, parts), spec: { ...inner, ...spec } }
}

/** A Service for the pods of a workload. */
export function service(name: string, spec: Anything = {}, namespace?: string): Anything {
  return object('v1', 'Service', name, {
    ...(namespace === undefined ? {} : { namespace }),
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
  })
}

/** Any object; `namespace`, `labels` and `annotations` go to its metadata. */
export function object(apiVersion: string, kind: string, name: string, body: Anything = {}): Anything {
  const { namespace, labels, annotations, ...rest } = body
  const metadata = { name, ...defined({ namespace, labels, annotations }) }
  return { apiVersion, kind, metadata, ...rest }
}

function metadataOf(name: string, { namespace }: Parts): Anything {
  return { name, ...defined({ namespace }) }
}

function defined(members: Anything): Anything {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

export function variable(name: string, value: string): Anything {
  return { name, value }
}

/** What the reader makes of objects, each a document of one file. */
export function readObjects(...objects: readonly Anything[]): ArchitecturePart {
  return read(kubernetesReader, objects.map((each) => JSON.stringify(each)).join('\n---\n'))
}

export function component(part: ArchitecturePart, id: string): Component {
  const found = part.components.find((candidate) => candidate.id === id)
  assert.ok(found, `${id} is not among ${part.components.map((each) => each.id).join(', ')}`)
  return found
}

export function call(part: ArchitecturePart, from: string, to: string): Call {
  const found = part.calls?.find((candidate) => candidate.from === from && candidate.to === to)
  assert.ok(found, `${from} -> ${to} is not among ${callsOf(part).join(', ')}`)
  return found
}

export function callsOf({ calls = [] }: ArchitecturePart): readonly string[] {
  return calls.map(({ from, to }) => `${from} -> ${to}`)
}

export function configured(part: ArchitecturePart, id: string): ConfigurationObject {
  const found = part.objects?.find((candidate) => candidate.id === id)
  assert.ok(found, `${id} is not among ${part.objects?.map((each) => each.id).join(', ')}`)
  return found
}

/** Object → what in it leads to nothing. */
export function danglingIn({ objects = [] }: ArchitecturePart): Readonly<Record<string, readonly string[]>> {
  const pairs = objects.flatMap(({ id, dangling }) =>
    dangling === undefined || dangling.value.length === 0 ? [] : [[id, dangling.value] as const],
  )
  return Object.fromEntries(pairs)
}
