// Its own entry of the package: what a change needs to be judged and told, without readers of files, pages and maps, so that whoever
// waits for a verdict does not wait for these.
export { attest } from './attestation.ts'
export type { Finding, Verdict, VettedFinding } from './finding.ts'
export { vet } from './gate.ts'
export { severities } from './judge.ts'
export { deltaOf } from './reports/delta.ts'
export { reportOfVerdict } from './reports/report.ts'
export { renderReport, renderVerdict } from './reports/terminal.ts'
export { waiversName } from './waivers.ts'
