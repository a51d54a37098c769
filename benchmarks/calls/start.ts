import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { median, table } from '../table.ts'
import type { Ends } from './variant.ts'

const times = 7

/** Start and idle memory of a service as a release has it, one bundled file, over a bare `node:http` server. */
export interface StartFigures {
  readonly text: string
  readonly idleMiBOverNode: number
  readonly startMillisecondsOverNode: number
}

const programs = {
  'node:http, nothing else': 'bare.ts',
  'plimsoll, everything on': 'served.ts',
}

export async function measureStart(folder: string, ends: Ends): Promise<StartFigures> {
  const measured: { readonly start: number; readonly memory: number }[] = []
  for (const [name, file] of Object.entries(programs)) {
    const bundle = join(folder, `${file}.mjs`)
    const build = await rolldown({
      input: join(import.meta.dirname, file),
      platform: 'node',
      logLevel: 'silent',
    })
    const { output } = await build.generate({ format: 'esm', minify: false, codeSplitting: false })
    writeFileSync(bundle, output[0].code)
    await build.close()
    const samples: { start: number; memory: number }[] = []
    for (let at = 0; at < times; at += 1) samples.push(await startOnce(bundle, ends))
    measured.push({
      start: median(samples.map(({ start }) => start)),
      memory: median(samples.map(({ memory }) => memory)),
    })
    void name
  }
  const [bare, served] = measured
  const rows = Object.keys(programs).map((name, at) => [
    name,
    (measured[at]?.start ?? 0).toFixed(0),
    (measured[at]?.memory ?? 0).toFixed(1),
  ])
  return {
    text: `\n${table([['one bundled file', 'ms to the first answer', 'MiB idle'], ...rows])}`,
    idleMiBOverNode: Number(((served?.memory ?? 0) - (bare?.memory ?? 0)).toFixed(1)),
    startMillisecondsOverNode: Number(((served?.start ?? 0) - (bare?.start ?? 0)).toFixed(1)),
  }
}

/** From the start of the process to its first answer; memory a moment later. */
async function startOnce(bundle: string, ends: Ends): Promise<{ start: number; memory: number }> {
  const begun = performance.now()
  const child: ChildProcess = fork(bundle, { execArgv: [], serialization: 'json' })
  child.send(ends)
  await once(child, 'message')
  const start = performance.now() - begun
  await new Promise((resolve) => setTimeout(resolve, 300))
  child.send('memory')
  const [memory] = (await once(child, 'message')) as [number]
  child.kill('SIGKILL')
  await once(child, 'exit')
  return { start, memory: memory / 1_048_576 }
}
