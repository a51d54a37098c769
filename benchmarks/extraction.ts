import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { SourceFile } from '@plimsoll/architecture'
import { parseDocuments, read } from '@plimsoll/architecture/read'
import { table } from './table.ts'

/** An architecture of the corpus, and the calls that a person found in its files. */
interface Case {
  readonly name: string
  readonly folder: string
  readonly files: (name: string) => boolean
  readonly environment?: string
  /** Caller → callees, by reading every variable, command, label and order of starting. */
  readonly calls: Readonly<Record<string, string>>
}

const cases: readonly Case[] = [
  {
    name: 'sock-shop (Compose)',
    folder: 'sock-shop',
    files: (name) => name.endsWith('docker-compose.yml'),
    calls: { user: 'user-db', 'user-sim': 'edge-router' },
  },
  {
    name: 'spring-petclinic (Compose)',
    folder: 'spring-petclinic',
    files: (name) => name === 'docker-compose.yml',
    calls: {
      'discovery-server': 'config-server',
      'customers-service': 'config-server discovery-server',
      'visits-service': 'config-server discovery-server',
      'vets-service': 'config-server discovery-server',
      'genai-service': 'config-server discovery-server',
      'api-gateway': 'config-server discovery-server',
      'admin-server': 'config-server discovery-server',
    },
  },
  {
    name: 'opentelemetry-demo (Compose)',
    folder: 'opentelemetry-demo',
    files: (name) => name.startsWith('compose'),
    environment: '.env',
    calls: {
      ad: 'flagd otel-collector',
      cart: 'flagd valkey-cart otel-collector opamp-server',
      checkout: 'flagd cart currency email payment product-catalog shipping otel-collector',
      currency: 'otel-collector',
      email: 'flagd otel-collector',
      frontend:
        'ad cart checkout currency product-catalog recommendation shipping otel-collector flagd quote image-provider',
      'frontend-proxy':
        'frontend grafana jaeger opamp-server otel-collector image-provider flagd flagd-ui telemetry-docs',
      'image-provider': 'otel-collector',
      'load-generator': 'frontend-proxy otel-collector flagd frontend',
      payment: 'flagd otel-collector',
      'product-catalog': 'flagd otel-collector astronomy-db',
      quote: 'otel-collector',
      recommendation: 'product-catalog flagd otel-collector',
      shipping: 'quote flagd otel-collector',
      flagd: 'otel-collector',
      'flagd-ui': 'otel-collector flagd',
      'telemetry-docs': 'otel-collector',
      'otel-collector': 'frontend-proxy image-provider astronomy-db jaeger opensearch opamp-server',
      jaeger: 'prometheus otel-collector',
    },
  },
  {
    name: 'online-boutique (Kubernetes)',
    folder: 'online-boutique',
    files: (name) => name.startsWith('kubernetes-manifests__') && !name.includes('kustomization'),
    calls: {
      cartservice: 'redis-cart',
      checkoutservice:
        'productcatalogservice shippingservice paymentservice emailservice currencyservice cartservice',
      frontend:
        'productcatalogservice currencyservice cartservice recommendationservice shippingservice checkoutservice adservice',
      loadgenerator: 'frontend',
      recommendationservice: 'productcatalogservice',
    },
  },
  {
    name: 'sock-shop (Kubernetes)',
    folder: 'sock-shop',
    files: (name) => name.endsWith('complete-demo.yaml'),
    calls: { user: 'user-db' },
  },
]

interface Score {
  readonly found: number
  readonly expected: number
  readonly missed: readonly string[]
  readonly extra: readonly string[]
}

/** Calls that `read` finds in real deployment files, against those that a person found; beside a reader of `depends_on` and `links` alone. */
export function run(): void {
  const corpus = join(process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus', 'architectures')
  if (!existsSync(corpus)) {
    console.log(`no corpus at ${corpus}: set PLIMSOLL_CORPUS`)
    console.log(JSON.stringify({ skipped: 'no corpus' }))
    return
  }
  const scores = cases.map((one) => {
    const files = filesOf(join(corpus, one.folder), one.files)
    const environment = environmentOf(join(corpus, one.folder), one.environment)
    const expected = edgesIn(one.calls)
    const ours = score(callsRead(files, environment), expected)
    return { name: one.name, ours, peer: score(callsOfOrder(files), expected) }
  })
  print(scores)
}

function filesOf(folder: string, isWanted: (name: string) => boolean): readonly SourceFile[] {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name) && isWanted(name))
  return names.toSorted(byLength).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

/** `compose.yaml` goes before `compose.observability.yaml`, as it is started. */
function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1)
}

function environmentOf(folder: string, file: string | undefined): Record<string, string> {
  if (file === undefined) return {}
  const values = Object.entries(parseEnv(readFileSync(join(folder, file), 'utf8')))
  return Object.fromEntries(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function edgesIn(calls: Case['calls']): ReadonlySet<string> {
  return new Set(
    Object.entries(calls).flatMap(([from, callees]) => callees.split(' ').map((to) => `${from} → ${to}`)),
  )
}

/** Calls between components that run here. */
function callsRead(files: readonly SourceFile[], environment: Record<string, string>): ReadonlySet<string> {
  const { calls, components, operations } = read(files, { environment })
  const inside = new Set(components.filter(({ kind }) => kind.value !== 'external').map(({ id }) => id))
  const owners = new Map(operations.map(({ id, component }) => [id, component]))
  const owner = (id: string) => owners.get(id) ?? id
  const edges = calls.map(({ from, to }) => [owner(from), owner(to)] as const)
  return new Set(
    edges.filter(([from, to]) => inside.has(from) && inside.has(to)).map(([from, to]) => `${from} → ${to}`),
  )
}

/** The peer: what tools take that draw a Compose file as it starts. */
function callsOfOrder(files: readonly SourceFile[]): ReadonlySet<string> {
  const edges = new Set<string>()
  for (const document of files.flatMap((file) => parseDocuments(file).documents)) {
    for (const [from, service] of membersOf(document.value, 'services')) {
      for (const [to] of membersOf(service, 'depends_on')) edges.add(`${from} → ${to}`)
      for (const [, link] of membersOf(service, 'links')) edges.add(`${from} → ${String(link).split(':')[0]}`)
    }
  }
  return edges
}

function membersOf(value: unknown, name: string): readonly [string, unknown][] {
  if (typeof value !== 'object' || value === null) return []
  const members = (value as Readonly<Record<string, unknown>>)[name]
  if (Array.isArray(members)) return members.map((item) => [String(item), item])
  return typeof members === 'object' && members !== null ? Object.entries(members) : []
}

function score(found: ReadonlySet<string>, expected: ReadonlySet<string>): Score {
  return {
    found: found.size,
    expected: expected.size,
    missed: [...expected.difference(found)],
    extra: [...found.difference(expected)],
  }
}

function print(
  scores: readonly { readonly name: string; readonly ours: Score; readonly peer: Score }[],
): void {
  const head = [
    'architecture',
    'found',
    'expected',
    'missed',
    'extra',
    'recall',
    'precision',
    'order of starting alone: recall',
    'ratio',
  ]
  const whole = {
    name: 'all',
    ours: sum(scores.map(({ ours }) => ours)),
    peer: sum(scores.map(({ peer }) => peer)),
  }
  const rows = [...scores, whole].map(({ name, ours, peer }) => [
    name,
    String(ours.found),
    String(ours.expected),
    String(ours.missed.length),
    String(ours.extra.length),
    recall(ours).toFixed(3),
    precision(ours).toFixed(3),
    recall(peer).toFixed(3),
    recall(peer) === 0 ? '-' : (recall(ours) / recall(peer)).toFixed(2),
  ])
  console.log(table([head, ...rows]))
  for (const { name, ours } of scores) {
    for (const edge of ours.missed) console.log(`missed in ${name}: ${edge}`)
    for (const edge of ours.extra) console.log(`extra in ${name}: ${edge}`)
  }
  const rounded = (value: number) => Math.round(value * 1000) / 1000
  console.log(
    JSON.stringify({ recall: rounded(recall(whole.ours)), precision: rounded(precision(whole.ours)) }),
  )
}

function sum(scores: readonly Score[]): Score {
  return {
    found: scores.reduce((total, { found }) => total + found, 0),
    expected: scores.reduce((total, { expected }) => total + expected, 0),
    missed: scores.flatMap(({ missed }) => missed),
    extra: scores.flatMap(({ extra }) => extra),
  }
}

function recall({ expected, missed }: Score): number {
  return expected === 0 ? 1 : (expected - missed.length) / expected
}

function precision({ found, extra }: Score): number {
  return found === 0 ? 1 : (found - extra.length) / found
}
