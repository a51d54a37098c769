import type { Call } from '../../model.ts'
import type { Field } from '../field.ts'
import { portProtocol } from './exposure.ts'
import type { CallTable } from './call-table.ts'
import type { Mesh } from './mesh.ts'
import type { Names } from './names.ts'
import type { Workload } from './workload.ts'

/** One reference of a caller to a host. */
export interface Reference {
  /** Id of the component that calls. */
  readonly from: string
  /** The workload that calls, where it is one. */
  readonly caller?: Workload | undefined
  /** Namespace in which the host is looked up. */
  readonly namespace: string
  readonly host: string
  readonly port?: string | undefined
  readonly protocol?: string | undefined
  /** Where the reference stands. */
  readonly field: Field
  readonly facts?: Partial<Omit<Call, 'from' | 'to' | 'evidence'>> | undefined
}

const secure = /^(?:https|wss|tls|ssl|grpcs|amqps|rediss|ldaps|mqtts|ftps|sftp|ssh|smtps|mongodb\+srv)$/
const plain = /^(?:http|ws|amqp|redis|ldap|mqtt|ftp|h2c|http2|smtp)$/
/** What speaks of the transport alone says nothing of what is spoken. */
const transports = /^(?:tcp|udp|tls|ssl)$/
const products: Readonly<Record<string, string>> = {
  postgres: 'postgresql',
  'mongodb+srv': 'mongodb',
  mongo: 'mongodb',
}

/** Turns references into calls, with what the mesh adds. */
export class Traffic {
  readonly #names: Names
  readonly #mesh: Mesh
  readonly #table: CallTable

  constructor(names: Names, mesh: Mesh, table: CallTable) {
    this.#names = names
    this.#mesh = mesh
    this.#table = table
  }

  /** True where the host is a name of what the files describe. */
  add(reference: Reference): boolean {
    const destination = this.#names.destination(reference.host, reference.namespace)
    if (destination === undefined) return false
    const { service, workloads, external } = destination
    if (external !== undefined) {
      const to = this.#table.external(external.host, external.field)
      this.#table.add({
        ...this.#facts(reference),
        ...this.#mesh.towardsHost(external.host),
        from: reference.from,
        to,
        evidence: reference.field.evidence(),
      })
      return true
    }
    const called = [...workloads, ...(service === undefined ? [] : this.#mesh.redirects(service))]
    for (const workload of called) {
      const { caller, from, field } = reference
      const stated = portProtocol(service, reference.port)
      const protocol = spoken(reference.protocol) ?? spoken(stated?.value)
      this.#table.add({
        ...this.#facts(reference),
        ...(protocol === undefined
          ? {}
          : { protocol: stated?.value === protocol ? stated : field.fact(protocol) }),
        // Others of the same Service answer where one does not.
        ...(called.length > 1
          ? { required: field.fact(false, 'inferred'), balanced: field.fact(true, 'inferred') }
          : {}),
        ...this.#mesh.towards({ workload, service, caller }),
        ...reference.facts,
        from,
        to: workload.id,
        evidence: field.evidence(),
      })
    }
    return true
  }

  /** A host outside of the cluster, in a URL. */
  addExternal(reference: Reference): void {
    const to = this.#table.external(reference.host, reference.field)
    const { from, field } = reference
    this.#table.add({
      ...this.#facts(reference),
      ...this.#mesh.towardsHost(to),
      from,
      to,
      evidence: field.evidence(),
    })
  }

  #facts({ protocol, field, facts }: Reference): Partial<Call> {
    const name = spoken(protocol)
    return {
      ...(name === undefined ? {} : { protocol: field.fact(name) }),
      ...encryption(protocol, field),
      ...facts,
    }
  }
}

function spoken(protocol: string | undefined): string | undefined {
  if (protocol === undefined || transports.test(protocol)) return undefined
  return products[protocol] ?? protocol
}

/** Only what the scheme of an address says; a mesh may know better. */
function encryption(protocol: string | undefined, field: Field): Partial<Call> {
  if (protocol !== undefined && secure.test(protocol)) return { encrypted: field.fact(true) }
  return protocol !== undefined && plain.test(protocol) ? { encrypted: field.fact(false) } : {}
}
