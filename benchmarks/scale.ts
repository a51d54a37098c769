// How judging grows with the architecture: each size in a process of its own, so that its memory can be told.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { graphOf, reachMatrix, type Architecture, type Fact } from '@plimsoll/architecture'
import { judge, vet } from '@plimsoll/vetting'
import { generatedArchitecture } from '@plimsoll/architecture/testing'
import { median, table } from './table.ts'

const sizes = [100, 1000, 10_000]
const rounds = 3
/** The heap that each process may have: without a bound V8 keeps what nobody needs any more, and its peak tells nothing. */
const heapMiB = 1_000
/** The textbook's way needs the cube of the nodes: on the largest size it would take days. */
const peerSize = 1000

/** What one process measured for one size. */
interface Measured {
  readonly components: number
  readonly calls: number
  readonly findings: number
  readonly wholeSeconds: number
  /** The gate, with what runs judged before: comparing, everything that is asked of the whole with the candidate, digests, origins. */
  readonly candidateSeconds: number
  /** The same for a candidate that changes a part in the middle, which most entries need. */
  readonly centralSeconds: number
  /** Processor time of the first, which does not grow where others use the machine. */
  readonly candidateProcessorSeconds: number
  readonly peakMiB: number
  /** Who reaches what: ours, and by Warshall's closure of the whole matrix. */
  readonly reachSeconds?: number
  readonly peerSeconds?: number
}

/** Judges generated architectures of 100, 1,000 and 10,000 components, and a candidate that joins each. */
export function run(): void {
  const measured = sizes.map(inOwnProcess)
  console.log(table([header, ...measured.map(row)]))
  const peer = measured.find(({ peerSeconds }) => peerSeconds !== undefined)
  if (peer?.peerSeconds !== undefined && peer.reachSeconds !== undefined) {
    console.log(
      `\nwho reaches what, every caller of ${peer.components} components: ${seconds(peer.reachSeconds)}; ` +
        `transitive closure (Warshall 1962): ${seconds(peer.peerSeconds)}, ratio ${(peer.peerSeconds / peer.reachSeconds).toFixed(1)}`,
    )
  }
  const largest = measured.at(-1)
  console.log(
    JSON.stringify({
      wholeSeconds10k: largest?.wholeSeconds,
      candidateSeconds10k: largest?.candidateSeconds,
      peakMiB: largest?.peakMiB,
    }),
  )
}

const header = [
  'components',
  'calls',
  'findings',
  'whole, cold',
  'growth',
  'candidate at an entry',
  'growth',
  'processor',
  'candidate in the middle',
  'peak memory',
]

function row(one: Measured, at: number, all: readonly Measured[]): readonly string[] {
  const smaller = all[at - 1]
  const growth = (value: number, before: number | undefined) =>
    before === undefined ? '' : `× ${(value / before).toFixed(1)}`
  return [
    String(one.components),
    String(one.calls),
    String(one.findings),
    seconds(one.wholeSeconds),
    growth(one.wholeSeconds, smaller?.wholeSeconds),
    seconds(one.candidateSeconds),
    growth(one.candidateSeconds, smaller?.candidateSeconds),
    seconds(one.candidateProcessorSeconds),
    seconds(one.centralSeconds),
    `${one.peakMiB} MiB`,
  ]
}

function seconds(value: number): string {
  return value < 0.1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`
}

function inOwnProcess(size: number): Measured {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${heapMiB}`, fileURLToPath(import.meta.url), String(size)],
    {
      encoding: 'utf8',
      maxBuffer: 1024 * 1024,
    },
  )
  if (status !== 0) throw new Error(`the process for ${size} components failed: ${stderr.slice(0, 2000)}`)
  return JSON.parse(stdout) as Measured
}

/**
 * The whole is judged cold, as a command does. A candidate joins what was judged before, as in a control plane that runs; its
 * architecture is read anew, so that comparing it with what runs is a part of the time.
 */
function measure(size: number): Measured {
  const before = generatedArchitecture({ components: size })
  const whole = timed(() => judge(before))
  candidateVerdict(before, 0)
  const candidates = Array.from({ length: rounds }, (_, round) => candidateVerdict(before, round + 1))
  centralVerdict(before, 0)
  const central = Array.from({ length: rounds }, (_, round) => centralVerdict(before, round + 1).seconds)
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024)
  return {
    components: before.components.length,
    calls: before.calls.length,
    findings: whole.answer.findings.length,
    wholeSeconds: rounded(whole.seconds),
    candidateSeconds: rounded(median(candidates.map((each) => each.seconds))),
    centralSeconds: rounded(median(central)),
    candidateProcessorSeconds: rounded(median(candidates.map((each) => each.processor))),
    peakMiB,
    ...(size === peerSize ? reachOf(before) : {}),
  }
}

function candidateVerdict(before: Architecture, round: number): Timed<boolean> {
  const { after, alone } = withCandidate(before, round)
  return verdict(before, structuredClone(after), alone)
}

/** The replicas of the part that most others call, changed. */
function centralVerdict(before: Architecture, round: number): Timed<boolean> {
  const owners = new Map(before.operations.map(({ id, component }) => [id, component]))
  const callers = Map.groupBy(before.calls, ({ to }) => owners.get(to))
  const [busiest] = before.components
    .filter(({ kind }) => kind.value === 'service')
    .toSorted((a, b) => (callers.get(b.id)?.length ?? 0) - (callers.get(a.id)?.length ?? 0))
  if (busiest === undefined) throw new TypeError('nothing is called')
  const changed = { ...busiest, replicas: { value: 10 + round, evidence: busiest.evidence } }
  const components = before.components.map((component) => (component === busiest ? changed : component))
  const alone = { ...before, components: [changed], operations: [], calls: [] }
  return verdict(before, structuredClone({ ...before, components }), alone)
}

function verdict(before: Architecture, after: Architecture, alone: Architecture): Timed<boolean> {
  const policy = { failOn: 'high', operatorCalls: false } as const
  return timed(() => vet({ before, after, alone, candidate: {}, policy, waivers: [] }).admitted)
}

/** A new service that an entry's service calls, and that calls two others. */
function withCandidate(
  before: Architecture,
  round: number,
): { readonly after: Architecture; readonly alone: Architecture } {
  const evidence = { file: 'candidate.yaml', line: 1 }
  const fact = <T>(value: T): Fact<T> => ({ value, evidence })
  const id = `candidate-${round}`
  const component = { id, kind: fact('service' as const), replicas: fact(2), zone: fact('inner'), evidence }
  const operation = {
    id: `${id}.quote`,
    component: id,
    name: 'quote',
    access: fact('services' as const),
    deadlineMs: fact(500),
    evidence,
  }
  const [first, second, third] = before.operations.filter(
    (_, at) => at % Math.floor(before.operations.length / 3) === 0,
  )
  const call = (from = operation.id, to = operation.id) => ({
    from,
    to,
    timeoutMs: fact(200),
    attempts: fact(2),
    required: fact(true),
    evidence,
  })
  const calls = [call(first?.id), call(undefined, second?.id), call(undefined, third?.id)]
  return {
    after: {
      ...before,
      components: [...before.components, component],
      operations: [...before.operations, operation],
      calls: [...before.calls, ...calls],
    },
    alone: { ...before, components: [component], operations: [operation], calls: [] },
  }
}

/** Every caller's row of the reach matrix, against the closure that textbooks compute for all pairs at once. */
function reachOf(architecture: Architecture): Pick<Measured, 'reachSeconds' | 'peerSeconds'> {
  const graph = graphOf(architecture)
  const ours = timed(() => {
    const matrix = reachMatrix(graph)
    return matrix.callers.reduce((sum, { id }) => sum + matrix.operationsOf(id).length, 0)
  })
  const peer = timed(() => transitiveClosure(architecture))
  return { reachSeconds: rounded(ours.seconds), peerSeconds: rounded(peer.seconds) }
}

/** Warshall 1962, over bytes. */
function transitiveClosure({ components, operations, calls }: Architecture): Uint8Array {
  const ids = [...operations, ...components].map(({ id }) => id)
  const numbers = new Map(ids.map((id, at) => [id, at]))
  const count = ids.length
  const reached = new Uint8Array(count * count)
  for (const { from, to } of calls) reached[(numbers.get(from) ?? 0) * count + (numbers.get(to) ?? 0)] = 1
  for (let through = 0; through < count; through += 1) {
    for (let from = 0; from < count; from += 1) {
      if (reached[from * count + through] !== 1) continue
      for (let to = 0; to < count; to += 1)
        if (reached[through * count + to] === 1) reached[from * count + to] = 1
    }
  }
  return reached
}

interface Timed<T> {
  readonly answer: T
  readonly seconds: number
  readonly processor: number
}

function timed<T>(work: () => T): Timed<T> {
  const start = performance.now()
  const used = process.cpuUsage()
  const answer = work()
  const { user, system } = process.cpuUsage(used)
  return { answer, seconds: (performance.now() - start) / 1000, processor: (user + system) / 1e6 }
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(JSON.stringify(measure(Number(process.argv[2]))))
