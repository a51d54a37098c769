export type { Architecture, ReadOptions, SourceFile } from '@plimsoll/architecture'
export { read } from '@plimsoll/architecture/read'
export {
  analyse,
  judge,
  type AnalyseOptions,
  type Analysis,
  type Finding,
  type Judgement,
} from '@plimsoll/vetting'
export { version } from './version.ts'
