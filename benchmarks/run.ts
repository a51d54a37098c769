// Why: `npm run bench -- NAME` runs one benchmark; each file here that exports `run` is one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [name = ''] = process.argv.slice(2)
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !/^run\.ts$|\.test\.ts$/.test(file) && isBenchmark(file))
  .map((file) => file.slice(0, -'.ts'.length))

if (names.includes(name)) {
  const { run } = (await import(join(import.meta.dirname, `${name}.ts`))) as {
    readonly run: () => Promise<void> | void
  }
  await run()
} else {
  console.error(
    `${name === '' ? 'name a benchmark' : `there is no benchmark ${JSON.stringify(name)}`}: ${names.join(', ')}`,
  )
  process.exitCode = 2
}

function isBenchmark(file: string): boolean {
  const path = join(import.meta.dirname, file)
  return existsSync(path) && /^export (?:async )?function run\(/m.test(readFileSync(path, 'utf8'))
}
