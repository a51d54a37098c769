import { configurationLines, mayCallOutside } from '../configuration-lines.ts'
import type { Field } from '../field.ts'
import type { Cluster } from './cluster.ts'
import type { Manifest } from './manifest.ts'
import type { Workload } from './workload.ts'

/** One thing that a container is told: a variable, an argument, a line of a mounted file. */
export interface Setting {
  /** Name of the variable, flag or key; undefined for free text. */
  readonly name?: string | undefined
  readonly text: string
  readonly field: Field
  /** `secret`: it comes from a Secret, and is to be shown to nobody. */
  readonly origin: 'environment' | 'argument' | 'file' | 'secret'
  /** False: a host outside that it names is not called; mostly it is a link. */
  readonly outside?: boolean | undefined
}

/** What the containers of a workload are told. */
export interface Settings {
  readonly all: readonly Setting[]
  /** Something that it is told stands in an object that no file describes. */
  readonly incomplete: boolean
}

const longestText = 262_144

/** Everything that the containers of a workload are told, those that prepare it too. Variables are substituted. */
export function settingsOf(workload: Workload, cluster: Cluster): Settings {
  const source: Source = { workload, cluster, missing: new Set() }
  const services = serviceVariables(source)
  const all = [...workload.containers, ...workload.initial].flatMap((container) => {
    const environment = environmentOf(container, source)
    const values = new Map([
      ...services,
      ...environment.flatMap(({ name, text }) => (name === undefined ? [] : [[name, text] as const])),
    ])
    const told = [...environment, ...argumentsOf(container)]
    return [
      ...told.map((setting) => ({ ...setting, text: substituted(setting.text, values) })),
      ...filesOf(container, source),
    ]
  })
  return { all, incomplete: source.missing.size > 0 }
}

interface Source {
  readonly workload: Workload
  readonly cluster: Cluster
  readonly missing: Set<string>
}

function environmentOf(container: Field, source: Source): readonly Setting[] {
  const fromObjects = container
    .at('envFrom')
    .items()
    .flatMap((from) => {
      const prefix = from.at('prefix').word() ?? ''
      return [
        ...configurationAt(from.at('configMapRef'), source),
        ...secretAt(from.at('secretRef'), source),
      ].map((setting) => ({ ...setting, name: `${prefix}${setting.name ?? ''}` }))
    })
  const own = container
    .at('env')
    .items()
    .flatMap((variable): readonly Setting[] => {
      const name = variable.at('name').word() ?? ''
      const value = variable.at('value')
      const text = value.word() ?? (typeof value.value === 'boolean' ? String(value.value) : undefined)
      if (text !== undefined) return [{ name, text, field: value, origin: 'environment' }]
      const from = variable.at('valueFrom')
      const key = (reference: Field) => reference.at('key').word()
      const [configuration, secret] = [from.at('configMapKeyRef'), from.at('secretKeyRef')]
      return [
        ...configurationAt(configuration, source).filter((setting) => setting.name === key(configuration)),
        ...secretAt(secret, source).filter((setting) => setting.name === key(secret)),
      ].map((setting) => ({ ...setting, name }))
    })
  return [...fromObjects, ...own]
}

function configurationAt(reference: Field, source: Source): readonly Setting[] {
  const manifest = objectAt('ConfigMap', reference.at('name'), source)
  return manifest === undefined ? [] : dataOf(manifest)
}

function secretAt(reference: Field, source: Source): readonly Setting[] {
  const manifest = objectAt('Secret', reference.at('name'), source)
  return manifest === undefined ? [] : secretDataOf(manifest)
}

function objectAt(type: string, at: Field, { workload, cluster, missing }: Source): Manifest | undefined {
  const name = at.word()
  if (name === undefined) return undefined
  const manifest = cluster.find(type, name, workload.namespace)
  if (manifest === undefined && type === 'ConfigMap') missing.add(name)
  return manifest
}

/** Keys of a ConfigMap with their texts. */
function dataOf({ root }: Manifest): readonly Setting[] {
  return root
    .at('data')
    .members()
    .flatMap(([name, field]): readonly Setting[] => {
      const text = field.word()
      return text === undefined ? [] : [{ name, text, field, origin: 'environment' }]
    })
}

/** Keys of a Secret with their texts, decoded. They serve to find hosts, and that something is written at all. */
export function secretDataOf({ root }: Manifest): readonly Setting[] {
  const texts = (key: string, decode: (text: string) => string) =>
    root
      .at(key)
      .members()
      .flatMap(([name, field]): readonly Setting[] => {
        const text = field.word()
        return text === undefined ? [] : [{ name, text: decode(text), field, origin: 'secret' }]
      })
  return [
    ...texts('data', (text) => Buffer.from(text, 'base64').toString('utf8')),
    ...texts('stringData', (text) => text),
  ]
}

/** Command and arguments; a flag whose value is the next word is put together with it. */
function argumentsOf(container: Field): readonly Setting[] {
  const words = [...container.at('command').items(), ...container.at('args').items()].flatMap((field) => {
    const text = field.word()
    return text === undefined ? [] : [{ text, field }]
  })
  return words.flatMap(({ text, field }, index): readonly Setting[] => {
    const before = words[index - 1]?.text ?? ''
    const [, flag, value] = /^(-{1,2}[\w.-]+)=(.*)$/s.exec(text) ?? []
    if (flag !== undefined && value !== undefined)
      return [{ name: flag, text: value, field, origin: 'argument' }]
    if (/^-{1,2}[\w.-]+$/.test(before)) return [{ name: before, text, field, origin: 'argument' }]
    return [{ text, field, origin: 'argument' }]
  })
}

/** Lines of the ConfigMaps and Secrets that are mounted into a container. */
function filesOf(container: Field, source: Source): readonly Setting[] {
  const mounts = container.at('volumeMounts').items()
  const mounted = Map.groupBy(mounts, (mount) => mount.at('name').word() ?? '')
  return source.workload.pod
    .at('volumes')
    .items()
    .filter((volume) => mounted.has(volume.at('name').word() ?? ''))
    .flatMap((volume) => {
      const projected = volume.at('projected').at('sources').items()
      return [volume, ...projected].flatMap((holder) => [
        ...chosen(holder.at('configMap'), configurationAt(holder.at('configMap'), source)),
        ...chosen(
          holder.at('secret'),
          secretAt(holder.at('secret'), source).concat(secretByName(holder.at('secret'), source)),
        ),
      ])
    })
    .flatMap(linesOf)
}

/** A volume names its Secret by `secretName`, a projected one by `name`. */
function secretByName(reference: Field, source: Source): readonly Setting[] {
  const manifest = objectAt('Secret', reference.at('secretName'), source)
  return manifest === undefined ? [] : secretDataOf(manifest)
}

function chosen(reference: Field, settings: readonly Setting[]): readonly Setting[] {
  const items = reference.at('items')
  if (!items.present) return settings
  const keys = new Set(items.items().flatMap((item) => item.at('key').word() ?? []))
  return settings.filter(({ name }) => keys.has(name ?? ''))
}

/** Dashboards, pages and keys are not configuration. */
function linesOf({ name = '', text, field, origin }: Setting): readonly Setting[] {
  if (/\.(?:html?|css|svg|xsd|md|tmpl|crt|pem|key)$|dashboard/i.test(name)) return []
  const kept = { field, origin: origin === 'secret' ? 'secret' : 'file' } as const
  return configurationLines(text).map((line) => ({
    name: line.name,
    text: line.text,
    outside: mayCallOutside(line),
    ...kept,
  }))
}

/** Kubernetes tells each pod where the Services of its namespace are: `CART_SERVICE_HOST`, `CART_SERVICE_PORT`. */
function serviceVariables({ workload, cluster }: Source): readonly (readonly [string, string])[] {
  return cluster
    .of('Service')
    .filter(({ namespace }) => namespace === workload.namespace)
    .flatMap(({ name, root }) => {
      const variable = name.toUpperCase().replaceAll('-', '_')
      const port = root.at('spec').at('ports').item(0).at('port').word()
      return [
        [`${variable}_SERVICE_HOST`, name] as const,
        ...(port === undefined ? [] : [[`${variable}_SERVICE_PORT`, port] as const]),
      ]
    })
}

const mostRounds = 5

/** `$(NAME)`, as Kubernetes substitutes it, and `$NAME` and `${NAME}`, as shells do. What is not known stays. */
function substituted(text: string, values: ReadonlyMap<string, string>): string {
  let result = text
  for (let round = 0; round < mostRounds && result.includes('$') && result.length < longestText; round += 1) {
    const next = result.replaceAll(
      /\$\((\w+)\)|\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
      (
        whole,
        ...[one, two, fallback, three]: readonly [
          string | undefined,
          string | undefined,
          string | undefined,
          string | undefined,
        ]
      ) => values.get(one ?? two ?? three ?? '') ?? fallback ?? whole,
    )
    if (next === result) break
    result = next
  }
  return result.slice(0, longestText)
}
