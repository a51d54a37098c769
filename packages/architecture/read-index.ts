// Its own entry of the package: whoever only asks questions of an architecture does not wait for the readers of every format.
export { parseDocuments } from './readers/document.ts'
export { read } from './readers/read.ts'
