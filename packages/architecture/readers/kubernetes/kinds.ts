/** Kinds of one API group that the reader knows, and how its types are told from others of the same name. */
interface Family {
  readonly groups: readonly string[]
  readonly prefix?: string
  readonly kinds: string
  /** Version that replaces every older, alpha or beta one of these kinds. */
  readonly stable?: string
}

const families: readonly Family[] = [
  {
    groups: [''],
    kinds:
      'Pod ReplicationController Service ConfigMap Secret ServiceAccount PersistentVolume PersistentVolumeClaim Namespace LimitRange ' +
      'ResourceQuota Endpoints Event Node PodTemplate',
  },
  {
    groups: ['apps', 'extensions'],
    kinds: 'Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision',
    stable: 'apps/v1',
  },
  { groups: ['batch'], kinds: 'Job CronJob', stable: 'batch/v1' },
  {
    groups: ['networking.k8s.io', 'extensions'],
    kinds: 'Ingress IngressClass NetworkPolicy',
    stable: 'networking.k8s.io/v1',
  },
  { groups: ['autoscaling'], kinds: 'HorizontalPodAutoscaler', stable: 'autoscaling/v2' },
  { groups: ['policy'], kinds: 'PodDisruptionBudget', stable: 'policy/v1' },
  { groups: ['policy', 'extensions'], kinds: 'PodSecurityPolicy', stable: 'Pod Security Admission' },
  {
    groups: ['rbac.authorization.k8s.io'],
    kinds: 'Role ClusterRole RoleBinding ClusterRoleBinding',
    stable: 'rbac.authorization.k8s.io/v1',
  },
  { groups: ['storage.k8s.io'], kinds: 'StorageClass CSIDriver CSINode', stable: 'storage.k8s.io/v1' },
  { groups: ['scheduling.k8s.io'], kinds: 'PriorityClass', stable: 'scheduling.k8s.io/v1' },
  {
    groups: ['apiextensions.k8s.io'],
    kinds: 'CustomResourceDefinition',
    stable: 'apiextensions.k8s.io/v1',
  },
  { groups: ['apiregistration.k8s.io'], kinds: 'APIService', stable: 'apiregistration.k8s.io/v1' },
  {
    groups: ['admissionregistration.k8s.io'],
    kinds:
      'ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding',
    stable: 'admissionregistration.k8s.io/v1',
  },
  { groups: ['discovery.k8s.io'], kinds: 'EndpointSlice', stable: 'discovery.k8s.io/v1' },
  { groups: ['coordination.k8s.io'], kinds: 'Lease', stable: 'coordination.k8s.io/v1' },
  { groups: ['node.k8s.io'], kinds: 'RuntimeClass', stable: 'node.k8s.io/v1' },
  {
    groups: ['gateway.networking.k8s.io', 'networking.x-k8s.io'],
    prefix: 'gateway/',
    kinds: 'Gateway GatewayClass HTTPRoute GRPCRoute',
    stable: 'gateway.networking.k8s.io/v1',
  },
  {
    groups: ['gateway.networking.k8s.io', 'networking.x-k8s.io'],
    prefix: 'gateway/',
    kinds: 'TCPRoute TLSRoute UDPRoute ReferenceGrant BackendTLSPolicy',
  },
  {
    groups: [
      'networking.istio.io',
      'security.istio.io',
      'telemetry.istio.io',
      'extensions.istio.io',
      'config.istio.io',
    ],
    prefix: 'istio/',
    kinds:
      'VirtualService DestinationRule Gateway ServiceEntry Sidecar EnvoyFilter WorkloadEntry WorkloadGroup ProxyConfig ' +
      'AuthorizationPolicy PeerAuthentication RequestAuthentication Telemetry WasmPlugin',
  },
  {
    groups: ['traefik.io', 'traefik.containo.us'],
    prefix: 'traefik/',
    kinds:
      'IngressRoute IngressRouteTCP IngressRouteUDP Middleware MiddlewareTCP TLSOption TLSStore TraefikService ServersTransport',
    stable: 'traefik.io/v1alpha1',
  },
  { groups: ['projectcontour.io'], prefix: 'contour/', kinds: 'HTTPProxy TLSCertificateDelegation' },
  { groups: ['route.openshift.io'], prefix: 'openshift/', kinds: 'Route' },
  { groups: ['serving.knative.dev'], prefix: 'knative/', kinds: 'Service' },
  { groups: ['kyverno.io'], prefix: 'kyverno/', kinds: 'ClusterPolicy Policy' },
  { groups: ['policy.sigstore.dev'], prefix: 'sigstore/', kinds: 'ClusterImagePolicy TrustRoot' },
  { groups: ['argoproj.io'], kinds: 'Rollout' },
  { groups: ['apps.openshift.io'], kinds: 'DeploymentConfig' },
  { groups: ['bitnami.com'], kinds: 'SealedSecret' },
  { groups: ['external-secrets.io'], kinds: 'ExternalSecret' },
  { groups: ['cert-manager.io'], kinds: 'Certificate' },
  { groups: ['kustomize.config.k8s.io'], kinds: 'Kustomization Component' },
]

/** Kinds without a namespace. */
const ofTheCluster = new Set(
  (
    'Namespace Node PersistentVolume ClusterRole ClusterRoleBinding StorageClass CSIDriver CSINode IngressClass PriorityClass ' +
    'CustomResourceDefinition APIService ValidatingWebhookConfiguration MutatingWebhookConfiguration ValidatingAdmissionPolicy ' +
    'ValidatingAdmissionPolicyBinding kyverno/ClusterPolicy sigstore/ClusterImagePolicy sigstore/TrustRoot ' +
    'RuntimeClass PodSecurityPolicy gateway/GatewayClass'
  ).split(' '),
)

const table = new Map(
  families.flatMap((family) =>
    family.groups.flatMap((group) =>
      family.kinds
        .split(' ')
        .map((kind) => [`${group}/${kind}`, { type: `${family.prefix ?? ''}${kind}`, family }] as const),
    ),
  ),
)

/** What a document is. */
export interface KnownKind {
  /** Its kind, with `istio/` or `gateway/` before those of Istio and of the Gateway API. */
  readonly type: string
  readonly namespaced: boolean
  /** What replaces its API version, where that is deprecated or removed. */
  readonly replacement: string | undefined
}

/** Undefined for a kind that the reader does not know, such as a custom resource. */
export function knownKind(apiVersion: string, kind: string): KnownKind | undefined {
  const { group, version } = apiVersionOf(apiVersion)
  const known = table.get(`${group}/${kind}`)
  if (known === undefined) return undefined
  const { type, family } = known
  const old =
    /alpha|beta/.test(version) || ['extensions', 'networking.x-k8s.io', 'traefik.containo.us'].includes(group)
  // The Gateway API still serves v1beta1 beside v1; Traefik has nothing newer.
  const served = (group === 'gateway.networking.k8s.io' && version === 'v1beta1') || group === 'traefik.io'
  return {
    type,
    namespaced: !ofTheCluster.has(type),
    replacement: (old && !served) || kind === 'PodSecurityPolicy' ? family.stable : undefined,
  }
}

export function apiVersionOf(apiVersion: string): { readonly group: string; readonly version: string } {
  const at = apiVersion.lastIndexOf('/')
  return { group: apiVersion.slice(0, Math.max(0, at)), version: apiVersion.slice(at + 1) }
}
