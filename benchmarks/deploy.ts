// Why: a release that is slow to go live, or that loses calls on its way, is not released often. Against `node --watch` and plain node_modules.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { openReleaseStore } from '@plimsoll/release'
import { startLoad, type Load } from './deploy/load.ts'
import { command, endOf, idleCpuPercent, stay, staying } from './deploy/program.ts'
import { consumers, generateProject, peerSource, type GeneratedProject } from './deploy/project.ts'
import { installedBytes } from './deploy/size.ts'
import { median, table } from './table.ts'

/** What a replica is known to take, with room for the rest. */
const mibPerReplica = 100
const fitting = Math.floor(freemem() / 1_048_576 / (2 * mibPerReplica))
/** How many services, of two replicas each, are started. */
const services = Number(process.env['PLIMSOLL_BENCH_SERVICES'] ?? Math.max(1, Math.min(50, fitting)))
/** How many edits go live, and half as many times back. */
const rounds = Number(process.env['PLIMSOLL_BENCH_ROUNDS'] ?? 10)
const idleSeconds = 10

/** Prints a table for each part; the last line is one JSON object. */
export async function run(): Promise<void> {
  const live = await measureChanges()
  const peer = await measureWatch()
  const all = await measureStart()
  const ratio = (own: number, other: number) => `${(own / other).toFixed(2)} ×`
  console.log(
    table([
      ['under load, through the gateway', 'plimsoll dev', 'node --watch', 'ratio'],
      [
        'edit → answered by the new code, ms',
        whole(live.editMs),
        whole(peer.editMs),
        ratio(live.editMs, peer.editMs),
      ],
      ['requests', String(live.requests), String(peer.requests), ''],
      ['failed', String(live.failed), String(peer.failed), ''],
    ]),
  )
  console.log(
    `of an edit: build ${whole(live.steps.build)} ms, vet ${whole(live.steps.vet)} ms, go live with draining ${whole(live.steps.goLive)} ms (medians)`,
  )
  console.log(
    `deploy of what runs already: ${whole(live.unchangedMs)} ms; rollback, from the command to the first answer: ${whole(live.rollbackMs)} ms\n`,
  )
  console.log(
    table([
      ['the same service', 'release', 'node_modules', 'ratio'],
      [
        'size, KiB',
        whole(live.size.release / 1024),
        whole(live.size.installed / 1024),
        ratio(live.size.release, live.size.installed),
      ],
      [
        'start until loaded, ms',
        whole(live.size.startMs),
        whole(live.size.plainMs),
        ratio(live.size.startMs, live.size.plainMs),
      ],
    ]),
  )
  console.log(
    `\n${services} services × 2 replicas: start of all ${all.seconds.toFixed(1)} s (with building ${all.firstSeconds.toFixed(1)} s), ${all.memoryMiB} MiB in ${all.processes} processes`,
  )
  console.log(
    JSON.stringify({
      editToLiveMs: Math.round(live.editMs),
      failedRequests: live.failed,
      requests: live.requests,
      startAllSeconds: Number(all.seconds.toFixed(2)),
      controlIdleCpuPercent: all.idlePercent === undefined ? null : Number(all.idlePercent.toFixed(2)),
      rollbackMs: Math.round(live.rollbackMs),
      unchangedMs: Math.round(live.unchangedMs),
      services,
      memoryMiB: all.memoryMiB,
      watchEditMs: Math.round(peer.editMs),
      watchFailedRequests: peer.failed,
    }),
  )
}

const whole = (value: number) => value.toFixed(0)

/** Edits that go live and go back, with requests all the while. */
async function measureChanges() {
  const project = generateProject(['word'])
  const program = stay('dev', project.root)
  try {
    const [, gateway = ''] = /gateway {2}(\S+)/.exec(await program.printed(/Following the sources/)) ?? []
    const state = join(project.root, '.plimsoll')
    const load = startLoad({
      address: `${gateway}/word`,
      ca: readFileSync(join(state, 'gateway/ca.pem'), 'utf8'),
      clients: consumers.map(
        (name) => `Bearer ${readFileSync(join(state, `consumers/${name}.key`), 'utf8').trim()}`,
      ),
    })
    try {
      await load.until('first')
      const edits = await editing(load, (word) => project.answer('word', word))
      const backs = await rollingBack(load, project)
      const steps = stepsIn(await program.printed(/LIVE/))
      await load.stop()
      const unchanged = await unchangedDeploys(project)
      return {
        editMs: median(edits),
        rollbackMs: median(backs),
        unchangedMs: median(unchanged),
        steps,
        requests: load.requests,
        failed: load.failed,
        size: await sizeOf(project),
      }
    } finally {
      await load.stop()
    }
  } finally {
    await program.end()
    project.remove()
  }
}

async function editing(load: Load, edit: (word: string) => void): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const word = `edit-${round}`
    const found = load.until(word)
    edit(word)
    times.push(await found)
    // What it replaced is drained meanwhile, as between two edits of a person.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
  }
  return times
}

/** Back to the edit before the last one, and to the last one again. */
async function rollingBack(load: Load, { root }: GeneratedProject): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < Math.ceil(rounds / 2); round += 1) {
    const found = load.until(`edit-${rounds - 1 - ((round + 1) % 2)}`)
    const done = command(root, 'rollback', 'word')
    times.push(await found)
    await done
  }
  return times
}

async function unchangedDeploys({ root }: GeneratedProject): Promise<number[]> {
  // The first one brings what the sources say, where it was rolled back.
  await command(root, 'deploy')
  const times: number[] = []
  for (let round = 0; round < 3; round += 1) {
    const { ms, told } = await command(root, 'deploy')
    if ((told as { unchanged?: boolean }).unchanged !== true)
      throw new Error('the deployment changed something')
    times.push(ms)
  }
  return times
}

function stepsIn(printed: string): { build: number; vet: number; goLive: number } {
  const found = [...printed.matchAll(/build (\d+), vet (\d+), go live (\d+)/g)].slice(1)
  const of = (at: number) => median(found.map((match) => Number(match[at])))
  return { build: of(1), vet: of(2), goLive: of(3) }
}

/** The release of the service, and the same as its source with node_modules beside it. */
async function sizeOf({ root }: GeneratedProject) {
  const store = openReleaseStore(join(root, '.plimsoll/releases'))
  const [release] = await store.list()
  if (release === undefined) throw new Error('there is no release')
  const bundle = await store.bundlePath(release.digest)
  const plain = join(root, 'plain.ts')
  writeFileSync(
    plain,
    "import { run } from '@plimsoll/service/run'\nimport { service } from './word/service.ts'\nawait run(service)\n",
  )
  // Without an engine both end as soon as everything is loaded; in turns, so that both meet the same neighbours.
  const times = Array.from({ length: 7 }, () => [endOf([bundle], root), endOf([plain], root)] as const)
  return {
    release: readFileSync(bundle).length,
    installed: installedBytes(root, ['@plimsoll/service', '@plimsoll/contract', 'zod']),
    startMs: median(times.map(([own]) => own)),
    plainMs: median(times.map(([, other]) => other)),
  }
}

/** The same edits, followed by Node's own watch mode. */
async function measureWatch() {
  const project = generateProject(['word'])
  const port = await freePort()
  const file = join(project.root, 'peer.ts')
  writeFileSync(file, peerSource('first', port))
  const program = staying(
    spawn(process.execPath, ['--watch', '--watch-preserve-output', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  const load = startLoad({ address: `http://127.0.0.1:${port}/`, clients: consumers })
  try {
    await load.until('first')
    // What failed before it was there does not count.
    const before = { requests: load.requests, failed: load.failed }
    const edits = await editing(load, (word) => writeFileSync(file, peerSource(word, port)))
    return {
      editMs: median(edits),
      requests: load.requests - before.requests,
      failed: load.failed - before.failed,
    }
  } finally {
    await load.stop()
    await program.end()
    project.remove()
  }
}

/** Many services: the time until all take calls, what they take, and what the control plane does while nothing happens. */
async function measureStart() {
  const project = generateProject(Array.from({ length: services }, (_, index) => `s${index}`))
  try {
    const firstSeconds = await startAndEnd(project)
    const begun = performance.now()
    const program = stay('up', project.root)
    try {
      await program.printed(/Ctrl-C ends everything/)
      const seconds = (performance.now() - begun) / 1_000
      const { told } = await command(project.root, 'status')
      const { replicas } = told as { replicas: readonly { memoryMiB?: number; state: string }[] }
      if (replicas.some(({ state }) => state !== 'ready')) throw new Error('not everything runs')
      const { pid } = JSON.parse(readFileSync(join(project.root, '.plimsoll/control.json'), 'utf8')) as {
        pid: number
      }
      return {
        firstSeconds,
        seconds,
        processes: replicas.length,
        memoryMiB: replicas.reduce((sum, { memoryMiB = 0 }) => sum + memoryMiB, 0),
        idlePercent: await idleCpuPercent(pid, idleSeconds),
      }
    } finally {
      await program.end()
    }
  } finally {
    project.remove()
  }
}

async function startAndEnd({ root }: GeneratedProject): Promise<number> {
  const begun = performance.now()
  const program = stay('up', root)
  try {
    await program.printed(/Ctrl-C ends everything/)
    return (performance.now() - begun) / 1_000
  } finally {
    await program.end()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
