export { read, type Architecture, type ReadOptions, type SourceFile } from '@plimsoll/architecture'
export {
  analyse,
  judge,
  type AnalyseOptions,
  type Analysis,
  type Finding,
  type Judgement,
} from '@plimsoll/vetting'
export { version } from './version.ts'
