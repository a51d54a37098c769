import type { Problem } from '@plimsoll/base'
import { wireSchemaOf, type Schema } from '@plimsoll/contract'

const known = new WeakMap<Schema, ReadonlySet<string>>()

/** Where the problems are, by names that the schema declares; every other name is data, and is written `*`. */
export function declaredFields(schema: Schema | undefined, problems: readonly Problem[]): readonly string[] {
  const names = schema === undefined ? new Set<string>() : namesOf(schema)
  const fields = problems.map(({ place }) =>
    (place?.field ?? '')
      .split('.')
      .map((step) => (step === '' || names.has(step) || /^\d{1,9}$/.test(step) ? step : '*'))
      .join('.'),
  )
  return [...new Set(fields)]
}

function namesOf(schema: Schema): ReadonlySet<string> {
  const remembered = known.get(schema)
  if (remembered !== undefined) return remembered
  const names = new Set<string>()
  collect(wireSchemaOf(schema, 'input'), names)
  known.set(schema, names)
  return names
}

function collect(part: unknown, names: Set<string>): void {
  if (typeof part !== 'object' || part === null) return
  for (const [keyword, member] of Object.entries(part)) {
    if (keyword === 'properties' && typeof member === 'object' && member !== null)
      for (const name of Object.keys(member)) names.add(name)
    collect(member, names)
  }
}
