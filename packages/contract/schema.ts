import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'

/**
 * A schema of any library that implements Standard Schema and Standard JSON Schema (Zod 4.2 and later do), so that
 * one schema gives the TypeScript type, the check at run time and the published JSON Schema.
 */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output> &
  StandardJSONSchemaV1<Input, Output>

/** What a caller hands in. */
export type SchemaInput<S extends Schema> = StandardSchemaV1.InferInput<S>

/** What a reader gets, after defaults and conversions. */
export type SchemaOutput<S extends Schema> = StandardSchemaV1.InferOutput<S>
