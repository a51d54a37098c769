export { sketch, type Sketch } from '@plimsoll/architecture/testing'
