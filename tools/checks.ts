// Why: one list of the checks that are no tests, for `npm run check` while working and for `npm test` before the tests.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

const checks = [
  { title: 'format (oxfmt)', command: ['oxfmt', '--check', '.'] },
  { title: 'lint (oxlint, type-aware)', command: ['oxlint'] },
  { title: 'types (tsc)', command: ['tsc', '-p', '.'] },
  { title: 'types of the report’s page (tsc)', command: ['tsc', '-p', 'packages/vetting/reports/page'] },
  { title: 'rules and their page', command: ['node', 'tools/rules.ts', '--check'] },
  { title: 'published schemas', command: ['node', 'tools/schemas.ts', '--check'] },
  { title: 'unused files, exports, dependencies (knip)', command: ['knip'] },
] as const

/** Runs every check, says what it does, and gives the number of those that failed. */
export function runChecks(): number {
  let failed = 0
  for (const { title, command } of checks) {
    const [program, ...rest] = command
    const begun = performance.now()
    const result = spawnSync(join(root, 'node_modules/.bin', program), rest, { cwd: root, encoding: 'utf8' })
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
    console.log(`${result.status === 0 ? 'ok  ' : 'FAIL'}  ${title}  ${seconds} s`)
    if (result.status === 0) continue
    failed += 1
    console.log(`${result.stdout}${result.stderr}`.trim())
  }
  return failed
}
