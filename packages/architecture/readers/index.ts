import { composeReader } from './compose/reader.ts'
import { dataflowReader } from './dataflow/reader.ts'
import { kubernetesReader } from './kubernetes/reader.ts'
import { openApiReader } from './openapi/reader.ts'
import type { Reader } from './reader.ts'
import { threagileReader } from './threagile/reader.ts'
import { jaegerReader, otlpReader } from './traces/reader.ts'

/** Every format that can be read. A document belongs to the first reader that recognises it. */
export const readers: readonly Reader[] = [
  otlpReader,
  jaegerReader,
  openApiReader,
  kubernetesReader,
  threagileReader,
  dataflowReader,
  composeReader,
]
