export type { BreakGlass } from '../break-glass.ts'
export { verifyAuditFile, type AuditReport } from './audit.ts'
export { backUp, type Backup } from './backup/backup.ts'
export { restore, type Restored } from './backup/restore.ts'
export {
  buildReleases,
  recordsOf,
  refusalOf,
  submit,
  vetCandidate,
  vetDeployment,
  type BuildOptions,
  type Candidate,
  type Outcome,
} from './candidate.ts'
export {
  connect,
  connectIfRunning,
  outputOf,
  type Connection,
  type DirectCall,
  type Running,
} from './connection.ts'
export { ClientFailure, ClientRefusal, type ClientErrorCode } from './errors.ts'
export { configurationText, type ContractSource } from './configuration-text.ts'
export { differencesOf, type Difference } from './difference.ts'
export { driftOf, makePlan, repair, restoreReleases, type Drift, type Plan, type Planned } from './plan.ts'
export { openProject, type ConfiguredProject, type Project } from './project.ts'
export { pull, push, trustedReleaseKeys } from './sharing.ts'
