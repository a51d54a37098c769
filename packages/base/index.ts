export { systemClock, type Clock } from './clock.ts'
export { formatDuration, parseDuration, type Duration } from './duration.ts'
export {
  Failure,
  formatPlace,
  InvalidInput,
  messageOf,
  PlimsollError,
  Refusal,
  type ErrorFacts,
  type Place,
  type Problem,
} from './errors.ts'
export {
  canonicalJson,
  digestOf,
  digestOfJson,
  isDigest,
  shortDigest,
  type Digest,
  type Json,
} from './json.ts'
export { checkName, isName } from './name.ts'
export { parseJson, type JsonErrorCode, type JsonLimits } from './parse.ts'
