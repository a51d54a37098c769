// Why: a verdict that one has to wait for is not asked for. From the start of `plimsoll vet` to its answer, on the shop.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, table } from './table.ts'

const root = join(import.meta.dirname, '..')
const times = 7

/** Prints the table; the last line is one JSON object. */
export function run(): void {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  try {
    cpSync(join(root, 'examples/shop'), folder, {
      recursive: true,
      filter: (path) => !/\/(?:node_modules|\.plimsoll)$/.test(path),
    })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const vet = [join(root, 'apps/cli/bin/plimsoll.mjs'), 'vet', '--project', folder]
    const first = secondsOf(vet)
    const rows: { readonly name: string; readonly seconds: number }[] = [
      { name: 'plimsoll vet, seven services, first time (builds all)', seconds: first },
      { name: 'plimsoll vet, seven services, sources as before', seconds: medianOf(vet) },
      { name: 'node, doing nothing', seconds: medianOf(['-e', '0']) },
    ]
    const bare = rows[2]?.seconds ?? Number.NaN
    console.log(
      table([
        ['', 's to the end', 'against node alone'],
        ...rows.map(({ name, seconds }) => [name, seconds.toFixed(2), `${(seconds / bare).toFixed(1)} ×`]),
      ]),
    )
    console.log(
      JSON.stringify({
        secondsToVerdict: Number(rows[1]?.seconds.toFixed(3)),
        firstSeconds: Number(first.toFixed(3)),
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function medianOf(words: readonly string[]): number {
  return median(Array.from({ length: times }, () => secondsOf(words)))
}

function secondsOf(words: readonly string[]): number {
  const begun = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`)
  return (performance.now() - begun) / 1_000
}
