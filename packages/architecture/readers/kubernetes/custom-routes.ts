import type { Field } from '../field.ts'
import type { Manifest } from './manifest.ts'

/** One Service that a route of a custom resource leads to. */
export interface NamedBackend {
  readonly name: Field
  readonly port: string | undefined
  readonly protocol: string | undefined
  readonly namespace: string | undefined
}

/** Kinds of custom resources that are routes and gateway in one. */
export const customRoutes = [
  'traefik/IngressRoute',
  'traefik/IngressRouteTCP',
  'contour/HTTPProxy',
  'openshift/Route',
]

/** The Services behind a route of Traefik, Contour or OpenShift. */
export function backendsOf({ type, root }: Manifest): readonly NamedBackend[] {
  const spec = root.at('spec')
  if (type === 'openshift/Route') {
    const port = spec.at('port').at('targetPort').word()
    return [spec.at('to'), ...spec.at('alternateBackends').items()].map((to) => ({
      ...backendAt(to, 'http'),
      // The port is that of the pods, or its name.
      port: /^\d/.test(port ?? '') ? undefined : port,
    }))
  }
  const protocol = type === 'traefik/IngressRouteTCP' ? undefined : 'http'
  const routes = spec.at('routes').items()
  const all = [
    ...routes.flatMap((route) => route.at('services').items()),
    ...spec.at('tcpproxy').at('services').items(),
  ]
  return all
    .filter((service) => [undefined, 'Service'].includes(service.at('kind').word()))
    .map((service) => backendAt(service, protocol))
}

function backendAt(field: Field, protocol: string | undefined): NamedBackend {
  return {
    name: field.at('name'),
    port: field.at('port').word(),
    protocol: field.at('scheme').word() ?? field.at('protocol').word() ?? protocol,
    namespace: field.at('namespace').word(),
  }
}
