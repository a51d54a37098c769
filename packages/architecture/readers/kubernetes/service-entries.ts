import type { CallTable } from './call-table.ts'
import type { Cluster } from './cluster.ts'

/** Hosts that Istio lets the mesh reach are externals, called or not; those that it moved into the mesh are not. */
export function readServiceEntries(cluster: Cluster, table: CallTable): void {
  for (const { root } of cluster.of('istio/ServiceEntry')) {
    const spec = root.at('spec')
    if (spec.at('location').text() === 'MESH_INTERNAL') continue
    for (const field of spec.at('hosts').items()) {
      const host = field.word()
      if (host !== undefined && host !== '' && host !== '*') table.external(host, field)
    }
  }
}
