import type { ConfigurationObject, Evidence, Fact, Grant } from '../../model.ts'
import type { Field } from '../field.ts'
import { enforcedOf } from './enforcement.ts'
import { apiVersionOf } from './kinds.ts'
import { objectId, type Manifest } from './manifest.ts'

/** What is found out about an object, piece by piece. */
interface Findings {
  readonly targets: Set<string>
  readonly dangling: Map<string, Evidence>
  readonly grants: Grant[]
  grantsAt: Evidence | undefined
}

/** Collects what the objects apply to, and where they lead to nothing. */
export class ObjectFindings {
  readonly #found = new Map<Manifest, Findings>()

  target(manifest: Manifest, ...ids: readonly string[]): void {
    for (const id of ids) this.#of(manifest).targets.add(id)
  }

  /** A reference or selector that leads to nothing; once for each text. */
  dangling(manifest: Manifest, text: string, field: Field): void {
    const { dangling } = this.#of(manifest)
    if (!dangling.has(text)) dangling.set(text, field.evidence())
  }

  grants(manifest: Manifest, grants: readonly Grant[], evidence: Evidence): void {
    const found = this.#of(manifest)
    found.grants.push(...grants)
    found.grantsAt ??= evidence
  }

  /** All objects beside the workloads; of those the ones that something is the matter with. */
  objects(
    manifests: readonly Manifest[],
    isWorkload: (manifest: Manifest) => boolean,
  ): ConfigurationObject[] {
    const ids = Map.groupBy(manifests, objectId)
    return manifests.flatMap((manifest) => {
      const { targets, dangling, grants, grantsAt } = this.#of(manifest)
      if (isWorkload(manifest) && dangling.size === 0 && manifest.replacement === undefined) return []
      const { group } = apiVersionOf(manifest.apiVersion)
      const enforced = enforcedOf(manifest)
      const several = (ids.get(objectId(manifest)) ?? []).length > 1
      const object: ConfigurationObject = {
        id: several ? objectId({ ...manifest, kind: `${manifest.kind}.${group}` }) : objectId(manifest),
        kind: manifest.kind,
        targets: [...targets].toSorted(),
        dangling: danglingFact(manifest, dangling),
        ...(manifest.replacement === undefined
          ? {}
          : { deprecated: manifest.root.at('apiVersion').fact(manifest.replacement) }),
        ...(enforced === undefined ? {} : { enforced }),
        ...(grants.length === 0 ? {} : { grants: { value: grants, evidence: grantsAt ?? {} } }),
        evidence: manifest.root.at('metadata').at('name').evidence(),
      }
      return [object]
    })
  }

  #of(manifest: Manifest): Findings {
    const found = this.#found.get(manifest) ?? {
      targets: new Set(),
      dangling: new Map(),
      grants: [],
      grantsAt: undefined,
    }
    this.#found.set(manifest, found)
    return found
  }
}

/** Every reference of an object is followed; so that there is none that dangles is known, too. */
function danglingFact(manifest: Manifest, dangling: ReadonlyMap<string, Evidence>): Fact<readonly string[]> {
  const [first] = dangling.values()
  return {
    value: [...dangling.keys()].toSorted(),
    evidence: first ?? manifest.root.evidence('inferred'),
  }
}
