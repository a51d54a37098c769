// Why: `npm run check` answers within seconds whether a change is clean, before the tests run.
import { runChecks } from './checks.ts'

process.exitCode = runChecks() === 0 ? 0 : 1
