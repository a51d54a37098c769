import type { Evidence, Fact } from '../../model.ts'
import { isObject, type Field } from '../field.ts'
import type { References } from './references.ts'

/** Schemas and members that are looked at for one side of one operation; a larger one is looked at so far. */
const mostFields = 2_000
/** The same for everything that is read together. */
const mostVisits = 1_000_000

/**
 * Names of members that say by themselves what is in them, as people write them without dashes, underscores and capitals. Few on purpose: a
 * name such as `name` or `address` is as often no person's.
 */
const tellingNames: readonly (readonly [RegExp, string])[] = [
  [/^(?:user|customer|contact)?e?mail(?:address)?$/, 'personal'],
  [/^(?:ssn|socialsecuritynumber|nationalid|passportnumber|taxid)$/, 'personal'],
  [/^(?:dateofbirth|birthdate|birthday|dob)$/, 'personal'],
  [/^(?:phone|mobile|telephone)(?:number)?$/, 'personal'],
  [/^(?:firstname|lastname|surname|fullname)$/, 'personal'],
  [/^(?:iban|accountnumber|(?:credit|debit)?card(?:number)?|cardnumber|cvv|cvc)$/, 'confidential'],
  [/^(?:password|passwd|clientsecret|privatekey|accesstoken|refreshtoken)$/, 'secret'],
]

interface Found {
  readonly name: string
  readonly evidence: Evidence
}

/** Finds data classes in schemas. What a reference leads to is looked through once, however many operations use it. */
export class DataClasses {
  readonly #references: References
  readonly #behind = new Map<unknown, readonly Found[]>()
  #visits = 0

  constructor(references: References) {
    this.#references = references
  }

  /** The data classes of schemas and of what is in them; undefined where nothing tells of any. */
  of(fields: readonly Field[]): Fact<readonly string[]> | undefined {
    const classes = this.#walk(fields, true)
    const [first] = classes
    if (first === undefined) return undefined
    const inferred = classes.find(({ evidence }) => evidence.how === 'inferred')
    return { value: classes.map(({ name }) => name), evidence: (inferred ?? first).evidence }
  }

  #walk(fields: readonly Field[], remember: boolean): readonly Found[] {
    const found = new Map<string, Found>()
    const seen = new Set<unknown>()
    const queue: (readonly [string, Field])[] = fields.map((field) => ['', field])
    for (let at = 0; at < Math.min(queue.length, mostFields); at += 1) {
      const [name, written] = queue[at] ?? []
      if (name === undefined || written === undefined || !this.#mayVisit(written)) break
      const field = this.#references.resolve(written)
      if (field === undefined || !isObject(field.value)) continue
      // Kept also where the schema was looked at before: the name of the member may tell more.
      keep(found, [classOf(name, field)])
      if (seen.has(field.value)) continue
      seen.add(field.value)
      if (remember && field !== written) keep(found, this.#allBehind(field))
      else queue.push(...within(field))
    }
    return [...found.values()]
  }

  #allBehind(field: Field): readonly Found[] {
    const known = this.#behind.get(field.value)
    if (known !== undefined) return known
    const found = this.#walk([field], false)
    this.#behind.set(field.value, found)
    return found
  }

  #mayVisit(field: Field): boolean {
    this.#visits += 1
    if (this.#visits === mostVisits)
      field.note('there is too much in these schemas; data classes from here on are not looked for')
    return this.#visits < mostVisits
  }
}

function keep(found: Map<string, Found>, some: readonly (Found | undefined)[]): void {
  for (const one of some) if (one !== undefined && !found.has(one.name)) found.set(one.name, one)
}

function classOf(name: string, field: Field): Found | undefined {
  const declared = field.at('x-data-class')
  const text = declared.present ? declared.text() : undefined
  if (text !== undefined) return { name: text, evidence: declared.evidence() }
  if (field.at('format').value === 'password')
    return { name: 'secret', evidence: field.at('format').evidence() }
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '')
  const [, told] = tellingNames.find(([pattern]) => pattern.test(plain)) ?? []
  return told === undefined ? undefined : { name: told, evidence: field.evidence('inferred') }
}

/** Members of a schema, with their names, and the schemas that it is put together from. */
function within(field: Field): readonly (readonly [string, Field])[] {
  const named = field.at('properties')
  const single = ['items', 'additionalProperties', 'schema'].map((key) => field.at(key))
  const several = ['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((key) => field.at(key))
  return [
    ...(named.present ? named.members() : []),
    ...single
      .filter(({ value }) => typeof value === 'object' && value !== null)
      .map((one) => ['', one] as const),
    ...several
      .filter(({ value }) => Array.isArray(value))
      .flatMap((list) => list.items().map((one) => ['', one] as const)),
  ]
}
