export type { BreakGlass } from '../break-glass.ts'
export { verifyAuditFile, type AuditReport } from './audit.ts'
export { backUp, type Backup } from './backup/backup.ts'
export { restore, type Restored } from './backup/restore.ts'
export {
  buildReleases,
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
export { openProject, type ConfiguredProject, type Project } from './project.ts'
export { pull, push, trustedReleaseKeys } from './sharing.ts'
