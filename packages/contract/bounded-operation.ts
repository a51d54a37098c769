import type { Problem } from '@plimsoll/base'
import { isBody, type Body } from './body.ts'
import { boundedBy, defaultBounds, type Bounds } from './bounds.ts'
import type { OperationDeclaration } from './contract.ts'
import type { Schema } from './schema.ts'

/** No message that a service takes can hold more; a larger maximum would promise what nothing keeps. */
const largest: Bounds = { text: 1_048_576, list: 524_288, members: 524_288 }

/** The same declaration, every schema of it held to the sizes of the contract. */
export function boundedOperation<D extends OperationDeclaration>(declared: D, bounds: Bounds): D {
  const { errors = {} } = declared
  return Object.freeze({
    ...declared,
    input: boundedSide(declared.input, 'input', bounds),
    output: boundedSide(declared.output, 'output', bounds),
    ...(declared.errors === undefined
      ? {}
      : {
          errors: Object.fromEntries(
            Object.entries(errors).map(([code, error]) => [
              code,
              error.data === undefined ? error : { ...error, data: boundedBy(error.data, 'output', bounds) },
            ]),
          ),
        }),
  })
}

function boundedSide(declared: Schema | Body, side: 'input' | 'output', bounds: Bounds): Schema | Body {
  if (!isBody(declared)) return boundedBy(declared, side, bounds)
  const head = declared.head === undefined ? undefined : boundedBy(declared.head, side, bounds)
  return Object.freeze(
    declared.kind === 'file'
      ? { ...declared, head }
      : { ...declared, head, item: boundedBy(declared.item, side, bounds) },
  )
}

export function boundsProblems(bounds: unknown): readonly Problem[] {
  if (bounds === undefined) return []
  const fix = 'write bounds: { text: 2_000, list: 100 }, or add a maximum to the schemas'
  if (typeof bounds !== 'object' || bounds === null)
    return [{ message: 'bounds is an object', place: { field: 'bounds' }, fix }]
  return Object.entries(bounds).flatMap(([name, bound]) => {
    const place = { field: `bounds.${name}` }
    if (!Object.hasOwn(defaultBounds, name))
      return [
        {
          message: `there is no bound ${JSON.stringify(name)}`,
          place,
          fix: `use ${Object.keys(defaultBounds).join(', ')}`,
        },
      ]
    const most = largest[name as keyof Bounds]
    if (Number.isInteger(bound) && (bound as number) >= 1 && (bound as number) <= most) return []
    return [{ message: `a bound is a whole number from 1 to ${most}`, place, fix }]
  })
}
