export {
  ruleSource,
  type Answer,
  type ArchitecturalRule,
  type ArchitecturalVerdict,
} from './architectural/rule.ts'
export { architecturalRules, checkArchitecturalRules } from './architectural/rules.ts'
export { analyse, type AnalyseOptions, type Analysis, type EntryAnswer, type Hop } from './analyse.ts'
export { attest, checkAttestation, isAdmitted, verdictType, type Expectation } from './attestation.ts'
export { readBaseline, type Baseline } from './baseline.ts'
export { VettingRefusal, type VettingErrorCode, type VettingRefusalCode } from './errors.ts'
export type {
  Finding,
  Judgement,
  Origin,
  PathStep,
  Rule,
  RuleResult,
  Unknown,
  Verdict,
  VettedFinding,
  Weakness,
} from './finding.ts'
export { policyDigest, vet, type VetOptions } from './gate.ts'
export { isAtLeast, judge, severities } from './judge.ts'
export { renderHtml } from './reports/html.ts'
export { renderJson } from './reports/json.ts'
export {
  deltaOf,
  type AmplificationDelta,
  type AvailabilityDelta,
  type Delta,
  type ReachDelta,
} from './reports/delta.ts'
export type { ReportOptions } from './reports/lines.ts'
export {
  reportOfVerdict,
  reportOn,
  type Compared,
  type Report,
  type ReportedFinding,
  type ReportedRule,
  type ReportSettings,
} from './reports/report.ts'
export { renderMap, type RenderedMap } from './reports/map/map.ts'
export { renderSarif } from './reports/sarif.ts'
export { renderReport, renderVerdict, type TerminalOptions } from './reports/terminal.ts'
export { waiversName, type FileWaiver } from './waivers.ts'
export { readWaivers } from './waivers-file.ts'
export { rules } from './rules/index.ts'
