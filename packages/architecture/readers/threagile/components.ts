import type { Component, ComponentKind, Fact, Trait } from '../../model.ts'
import type { Field } from '../field.ts'
import type { ThreagileModel } from './model.ts'
import { clientTechnologies, kinds } from './vocabulary.ts'

export function componentOf(id: string, asset: Field, model: ThreagileModel): Component {
  const technology = technologyOf(asset)
  const kind = kindOf(asset, technology?.value)
  const zone = model.boundaryOf.get(id)
  const owner = asset.at('owner').word()
  const holds = classesAt(asset.at('data_assets_stored'), model)
  return {
    id,
    kind: asset.at('type').present ? asset.at('type').fact(kind) : asset.fact(kind, 'inferred'),
    ...(technology === undefined ? {} : { technology }),
    ...(zone === undefined ? {} : { zone: (model.boundaries.get(zone) ?? asset).fact(zone) }),
    ...(owner === undefined || owner === '' ? {} : { owner: asset.at('owner').fact(owner) }),
    ...replicasOf(asset, kind),
    ...hostsOf(id, model),
    ...publishedOf(asset, kind),
    ...(holds === undefined ? {} : { holds }),
    traits: traitsOf(asset, technology?.value),
    evidence: asset.evidence(),
  }
}

/** `technology`, or the first of `technologies` of newer versions. */
function technologyOf(asset: Field): Fact<string> | undefined {
  const single = asset.at('technology')
  const field = single.present ? single : asset.at('technologies').items()[0]
  const name = field?.word()
  return field === undefined || name === undefined || name === 'unknown-technology'
    ? undefined
    : field.fact(name)
}

function kindOf(asset: Field, technology = ''): ComponentKind {
  const type = asset.at('type').text()
  if (type === 'external-entity') {
    const human = asset.at('used_as_client_by_human').flag() === true
    return human || clientTechnologies.has(technology) ? 'client' : 'external'
  }
  if (clientTechnologies.has(technology)) return 'client'
  return kinds.get(technology) ?? (type === 'datastore' ? 'store' : 'service')
}

/** What shares a run time fails with it. */
function hostsOf(id: string, { runtimes }: ThreagileModel): Pick<Component, 'hosts'> {
  const found = [...runtimes].filter(([, runtime]) =>
    runtime.at('technical_assets_running').texts().includes(id),
  )
  const [first] = found
  if (first === undefined) return {}
  return { hosts: first[1].at('technical_assets_running').fact(found.map(([name]) => name)) }
}

/** `redundant` says that there are several, not how many: two is the least. */
function replicasOf(asset: Field, kind: ComponentKind): Pick<Component, 'replicas'> {
  const redundant = asset.at('redundant').flag()
  if (redundant === undefined || kind === 'client' || kind === 'external') return {}
  return { replicas: asset.at('redundant').fact(redundant ? 2 : 1, 'inferred') }
}

/** An asset on the internet can be reached there; Threagile has no ports. */
function publishedOf(asset: Field, kind: ComponentKind): Pick<Component, 'published'> {
  const internet = asset.at('internet').flag()
  if (internet !== true || kind === 'client' || kind === 'external') return {}
  return { published: asset.at('internet').fact([{ port: 'unknown' }], 'inferred') }
}

function traitsOf(asset: Field, technology: string | undefined): Partial<Record<Trait, Fact<boolean>>> {
  const encryption = asset.at('encryption')
  const kept = encryption.text()
  const traits: Partial<Record<Trait, Fact<boolean>>> = {}
  if (kept !== undefined) traits['encrypted-at-rest'] = encryption.fact(kept !== 'none')
  if (technology === 'load-balancer') traits['load-balancer'] = asset.at('technology').fact(true, 'inferred')
  if (asset.at('usage').text() === 'devops') traits.administration = asset.at('usage').fact(true, 'inferred')
  return traits
}

/** Data classes of the data assets that a list names; undefined where it names none. */
export function classesAt(list: Field, { classOf }: ThreagileModel): Fact<readonly string[]> | undefined {
  const classes = list.items().flatMap((item) => {
    const name = item.word()
    const known = name === undefined ? undefined : classOf.get(name)
    if (known === undefined && name !== undefined) item.note(`there is no data asset ${JSON.stringify(name)}`)
    return known ?? []
  })
  return classes.length === 0 ? undefined : list.fact([...new Set(classes)])
}
