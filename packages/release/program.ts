import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf, type Digest } from '@plimsoll/base'
import { openBuildRecords } from './records.ts'

/**
 * A program of Plimsoll itself as one file that needs nothing beside it, so that it runs behind the same walls as a release.
 * Made again only where its sources have changed.
 * @param entry absolute path of its main module
 * @param folder where it is kept
 * @returns the absolute path of the file
 */
export async function provideProgram(entry: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const records = openBuildRecords(join(folder, 'records'))
  const known = records.find(entry)
  if (known !== undefined && isWhole(pathOf(folder, known), known)) return pathOf(folder, known)
  const begunAt = Date.now()
  const { code, inputs } = await bundleProgram(entry)
  const digest = digestOf(code)
  const draft = join(folder, `${process.pid}.new`)
  // Read by the user that it runs as; the folder above is closed to everybody else.
  writeFileSync(draft, code, { mode: 0o644 })
  renameSync(draft, pathOf(folder, digest))
  records.keep({ entry, inputs, begunAt }, digest)
  return pathOf(folder, digest)
}

function pathOf(folder: string, digest: Digest): string {
  return join(folder, `${digest.slice('sha256:'.length)}.mjs`)
}

function isWhole(path: string, digest: Digest): boolean {
  try {
    return digestOf(readFileSync(path)) === digest
  } catch {
    return false
  }
}

async function bundleProgram(entry: string): Promise<{ code: Buffer; inputs: readonly string[] }> {
  // Loaded only where something has to be bundled: it is large.
  const { rolldown } = await import('rolldown')
  const inputs = new Set<string>()
  const build = await rolldown({
    input: entry,
    platform: 'node',
    tsconfig: false,
    plugins: [
      {
        name: 'plimsoll:inputs',
        moduleParsed: ({ id }) => {
          if (!id.startsWith('\0')) inputs.add(id)
        },
      },
    ],
  })
  try {
    const { output } = await build.generate({ format: 'esm', codeSplitting: false, sourcemap: false })
    return { code: Buffer.from(output[0].code), inputs: [...inputs] }
  } finally {
    await build.close()
  }
}
