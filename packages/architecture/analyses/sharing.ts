import { ofEachComponent, type Neighbourhood } from '../each.ts'
import type { Call, Component } from '../model.ts'

/** A store that several services keep data in. */
export interface SharedStore {
  readonly store: Component
  /** One call of each service, by the service's id. */
  readonly users: readonly { readonly component: string; readonly call: Call }[]
}

/** Stores with more than one service. */
export const sharedStores = ofEachComponent((store, near): SharedStore | undefined => {
  if (store.kind.value !== 'store') return undefined
  const users = usersOf(store, near)
  return users.length > 1 ? { store, users } : undefined
})

/** Products that write what others send them into a store; dashboards only look. */
const collectors =
  /^(?:jaeger|zipkin|opentelemetry-collector|logstash|fluentd|fluent-bit|vector|filebeat|metricbeat|heartbeat|telegraf|tempo|loki|mimir|thanos|apm-server|skywalking|graylog|sentry)$/

function keepsTelemetry({ kind, technology, traits }: Component): boolean {
  if (kind.value !== 'monitoring') return false
  return traits?.['log-collector']?.value === true || collectors.test(technology?.value ?? '')
}

/** Services, and with them what collects telemetry: its store is shared where a service keeps data of its own in it too. */
function usersOf(store: Component, graph: Neighbourhood): SharedStore['users'] {
  const users = new Map<string, Call>()
  let services = 0
  const ids = [store.id, ...graph.operationsOf(store.id).map(({ id }) => id)]
  for (const call of ids.flatMap((id) => graph.callsTo(id))) {
    const owner = graph.ownerOf(call.from)
    if (owner === undefined || users.has(owner.id)) continue
    if (owner.kind.value === 'service') services += 1
    else if (!keepsTelemetry(owner)) continue
    users.set(owner.id, call)
  }
  return services === 0 ? [] : [...users].map(([component, call]) => ({ component, call }))
}
