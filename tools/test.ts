// Why: `npm test` is everything that has to hold, in one command: the checks, then every test; the runner's closing lines come last.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { runChecks } from './checks.ts'
import { installPackages } from './packages.ts'

const root = join(import.meta.dirname, '..')
const patterns = [
  'packages/**/*.test.ts',
  'apps/**/*.test.ts',
  'examples/**/*.test.ts',
  'tools/**/*.test.ts',
  'tests/**/*.test.ts',
]
const wanted = process.argv.slice(2)

const failedChecks = wanted.length === 0 ? runChecks() : 0
installPackages()
const files =
  wanted.length > 0
    ? wanted
    : globSync(patterns, { cwd: root, exclude: ['**/node_modules/**', '**/.plimsoll/**'] }).toSorted()
console.log(`tests: ${files.length} files ...`)
const runner = spawn(process.execPath, ['--test', '--test-timeout=300000', ...files], {
  cwd: root,
  stdio: 'inherit',
})
process.on('SIGINT', () => {})
runner.on('exit', (code) => {
  if (failedChecks > 0) console.error(`${failedChecks} of the checks above failed`)
  process.exitCode = code === 0 && failedChecks === 0 ? 0 : 1
})
