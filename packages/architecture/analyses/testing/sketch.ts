import {
  defaultDataClasses,
  type Architecture,
  type ArchitectureOperation,
  type Call,
  type Component,
  type Evidence,
  type Fact,
  type Zone,
} from '../../model.ts'

/** A part with plain values where the model has facts. */
type Plain<Part> = { readonly [Key in keyof Part]?: Value<Exclude<Part[Key], undefined>> | undefined }
type Value<Member> =
  Member extends Fact<infer Known>
    ? Known
    : Member extends readonly unknown[] | string
      ? Member
      : Member extends object
        ? Plain<Member>
        : Member

/** An architecture in few words, by id; a call is `orders.place -> payments.charge`. */
export interface Sketch {
  readonly components: Readonly<Record<string, Plain<Omit<Component, 'evidence'>>>>
  readonly operations?: Readonly<Record<string, Plain<Omit<ArchitectureOperation, 'evidence'>>>>
  readonly calls?: Readonly<Record<string, Plain<Omit<Call, 'evidence'>>>>
  readonly zones?: Readonly<Record<string, Plain<Omit<Zone, 'evidence'>>>>
}

const evidence: Evidence = { file: 'example.yaml' }

function fact<T>(value: T): Fact<T> {
  return { value, evidence }
}

/** The architecture that a sketch stands for; a component is a service where nothing else is said. */
export function sketched({ components, operations = {}, calls = {}, zones = {} }: Sketch): Architecture {
  return {
    format: 'plimsoll/architecture/1',
    name: 'shop',
    components: parts(components, (id) => ({ id, kind: fact('service') })) as readonly Component[],
    operations: parts(operations, (id) => {
      const [component, name] = id.split('.')
      return { id, component, name }
    }) as readonly ArchitectureOperation[],
    calls: parts(calls, (id) => {
      const [from, to] = id.split(' -> ')
      return { from, to }
    }) as readonly Call[],
    zones: parts(zones, (id) => ({ id })) as readonly Zone[],
    dataClasses: defaultDataClasses,
    notes: [],
  }
}

function parts(drawn: Readonly<Record<string, object>>, begin: (id: string) => object): readonly object[] {
  return Object.entries(drawn)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, members]) => ({ ...begin(id), evidence, ...facts(members) }))
}

function facts(members: object): object {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        key,
        key === 'traits' || key === 'hardening' ? facts(value as object) : fact(value),
      ]),
  )
}
