export { generatedArchitecture } from './generated.ts'
export { sketch, type Sketch } from './sketch.ts'
