import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  call,
  callsOf,
  component,
  danglingIn,
  object,
  readObjects,
  service,
  variable,
  workload,
  type Anything,
} from './shop.fixture.ts'

const istio = 'networking.istio.io/v1'
const security = 'security.istio.io/v1'
const gatewayApi = 'gateway.networking.k8s.io/v1'
const cart = [workload('cart'), service('cart')]
const web = workload('web', { container: { env: [variable('CART_URL', 'http://cart')] } })

function ingress(backend: Anything, more: Anything = {}): Anything {
  const rules = [{ host: 'shop.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]
  return object('networking.k8s.io/v1', 'Ingress', 'shop', { spec: { rules }, ...more })
}

test('an Ingress is a gateway that is published and calls what is behind it', () => {
  const annotations = {
    'nginx.ingress.kubernetes.io/proxy-read-timeout': '30',
    'nginx.ingress.kubernetes.io/limit-rps': '5',
  }
  const part = readObjects(
    ...cart,
    ingress({ service: { name: 'cart', port: { number: 80 } } }, { annotations }),
  )
  const { kind, published, traits } = component(part, 'shop')
  assert.deepEqual([kind.value, published?.value], ['gateway', [{ port: '80' }]])
  assert.equal(traits?.['rate-limit']?.value, true)
  const { protocol, encrypted, timeoutMs } = call(part, 'shop', 'cart')
  assert.deepEqual([protocol?.value, encrypted?.value, timeoutMs?.value], ['http', false, 30_000])
})

test('an Ingress that is named as a workload leaves it its name', () => {
  const rules = [{ http: { paths: [{ backend: { service: { name: 'cart', port: { number: 80 } } } }] } }]
  const part = readObjects(...cart, object('networking.k8s.io/v1', 'Ingress', 'cart', { spec: { rules } }))
  assert.deepEqual(callsOf(part), ['ingress/cart -> cart'])
})

test('an Ingress of an old version is read, and told to be old', () => {
  const spec = { rules: [{ http: { paths: [{ backend: { serviceName: 'cart', servicePort: 80 } }] } }] }
  const part = readObjects(...cart, object('extensions/v1beta1', 'Ingress', 'shop', { spec }))
  assert.deepEqual(callsOf(part), ['shop -> cart'])
  assert.equal(
    part.objects?.find(({ kind }) => kind === 'Ingress')?.deprecated?.value,
    'networking.k8s.io/v1',
  )
})

test('a route to a Service, or to a port, that is not there dangles', () => {
  const part = readObjects(...cart, ingress({ service: { name: 'basket', port: { number: 80 } } }))
  assert.deepEqual(danglingIn(part), { 'Ingress default/shop': ['Service basket'] })
  const other = readObjects(...cart, ingress({ service: { name: 'cart', port: { number: 81 } } }))
  assert.deepEqual(danglingIn(other), { 'Ingress default/shop': ['Service cart port 81'] })
})

test('routes of the Gateway API call through their Gateway, with their times', () => {
  const listeners = [
    { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'shop-tls' }] } },
  ]
  const rules = [
    { backendRefs: [{ name: 'cart', port: 80 }], timeouts: { request: '1m', backendRequest: '1500ms' } },
  ]
  const part = readObjects(
    ...cart,
    object(gatewayApi, 'Gateway', 'edge', { spec: { gatewayClassName: 'envoy', listeners } }),
    object(gatewayApi, 'HTTPRoute', 'cart', { spec: { parentRefs: [{ name: 'edge' }], rules } }),
    object(gatewayApi, 'GRPCRoute', 'lost', { spec: { parentRefs: [{ name: 'egde' }], rules: [] } }),
  )
  assert.equal(call(part, 'edge', 'cart').timeoutMs?.value, 1_500)
  const { published, certificates, technology } = component(part, 'edge')
  assert.deepEqual(
    [published?.value, certificates?.value, technology?.value],
    [[{ port: '443' }], ['shop-tls'], 'envoy'],
  )
  assert.deepEqual(danglingIn(part), { 'GRPCRoute default/lost': ['Gateway egde'] })
})

test('a VirtualService bounds and repeats the calls to its host', () => {
  const http = [
    {
      route: [{ destination: { host: 'cart' } }],
      timeout: '5s',
      retries: { attempts: 2, perTryTimeout: '2s' },
    },
  ]
  const part = readObjects(
    web,
    ...cart,
    object(istio, 'VirtualService', 'cart', { spec: { hosts: ['cart'], http } }),
  )
  const { timeoutMs, attempts, backoff } = call(part, 'web', 'cart')
  assert.deepEqual([timeoutMs?.value, attempts?.value, backoff?.value], [2_000, 3, true])
})

test('a VirtualService that sends a share of the calls elsewhere makes them calls to there', () => {
  const http = [
    {
      route: [
        { destination: { host: 'cart' }, weight: 90 },
        { destination: { host: 'cart-next' }, weight: 10 },
      ],
    },
  ]
  const part = readObjects(
    web,
    ...cart,
    workload('cart-next'),
    service('cart-next'),
    object(istio, 'VirtualService', 'cart', { spec: { hosts: ['cart'], http } }),
  )
  assert.deepEqual(callsOf(part), ['web -> cart', 'web -> cart-next'])
})

test('a DestinationRule brings bulkhead, circuit breaker and encryption', () => {
  const trafficPolicy = {
    connectionPool: { tcp: { maxConnections: 100 } },
    outlierDetection: { consecutive5xxErrors: 5 },
    tls: { mode: 'ISTIO_MUTUAL' },
  }
  const rule = (host: string, more: Anything = {}) =>
    object(istio, 'DestinationRule', 'cart', { spec: { host, trafficPolicy, ...more } })
  for (const host of ['cart', 'cart.default.svc.cluster.local', '*.default.svc.cluster.local']) {
    const { bulkhead, circuitBreaker, encrypted, authentication } = call(
      readObjects(web, ...cart, rule(host)),
      'web',
      'cart',
    )
    assert.deepEqual(
      [bulkhead?.value, circuitBreaker?.value, encrypted?.value, authentication?.value],
      [true, true, true, 'mutual-tls'],
      host,
    )
  }
  const subsets = [{ name: 'v2', labels: { version: 'v2' } }]
  const lost = readObjects(
    web,
    ...cart,
    rule('cart', { subsets }),
    object(istio, 'DestinationRule', 'lost', { spec: { host: 'basket' } }),
  )
  assert.deepEqual(danglingIn(lost), {
    'DestinationRule default/cart': ['subset v2 selector version=v2'],
    'DestinationRule default/lost': ['host basket'],
  })
})

test('STRICT makes calls mutual TLS; the policy of a workload goes before that of the mesh', () => {
  const peer = (namespace: string, mode: string, matchLabels?: Anything) =>
    object(security, 'PeerAuthentication', `peer-${mode.toLowerCase()}`, {
      namespace,
      spec: { mtls: { mode }, ...(matchLabels === undefined ? {} : { selector: { matchLabels } }) },
    })
  const strict = call(readObjects(web, ...cart, peer('istio-system', 'STRICT')), 'web', 'cart')
  assert.deepEqual([strict.encrypted?.value, strict.authentication?.value], [true, 'mutual-tls'])
  const part = readObjects(
    web,
    ...cart,
    peer('istio-system', 'STRICT'),
    peer('default', 'DISABLE', { app: 'cart' }),
  )
  assert.equal(call(part, 'web', 'cart').encrypted?.value, false)
  const elsewhere = call(readObjects(web, ...cart, peer('pay', 'STRICT')), 'web', 'cart')
  assert.deepEqual([elsewhere.encrypted?.value, elsewhere.authentication], [false, undefined])
})

test('a mesh on both sides encrypts by itself', () => {
  const namespace = object('v1', 'Namespace', 'default', { labels: { 'istio-injection': 'enabled' } })
  assert.equal(call(readObjects(namespace, web, ...cart), 'web', 'cart').encrypted?.value, true)
  const linked = object('v1', 'Namespace', 'default', { annotations: { 'linkerd.io/inject': 'enabled' } })
  const aside = workload('cart', { annotations: { 'linkerd.io/inject': 'disabled' } })
  assert.equal(call(readObjects(linked, web, ...cart), 'web', 'cart').encrypted?.value, true)
  assert.equal(call(readObjects(linked, web, aside, service('cart')), 'web', 'cart').encrypted?.value, false)
})

test('an AuthorizationPolicy authorises whom it names, and nobody where it lets everybody in', () => {
  const allow = (...rules: readonly Anything[]) =>
    object(security, 'AuthorizationPolicy', 'cart', {
      spec: { selector: { matchLabels: { app: 'cart' } }, rules },
    })
  const named = { from: [{ source: { principals: ['cluster.local/ns/default/sa/web'] } }] }
  const authorised = (...objects: readonly Anything[]) =>
    call(readObjects(web, ...cart, ...objects), 'web', 'cart').authorised?.value
  assert.equal(authorised(allow(named)), true)
  assert.equal(authorised(allow(named, { to: [{ operation: { methods: ['GET'] } }] })), false)
  assert.equal(
    authorised(object(security, 'AuthorizationPolicy', 'mail', { namespace: 'mail', spec: {} })),
    false,
  )
  assert.equal(authorised(), undefined)
})

test('tokens that a RequestAuthentication checks and a policy demands', () => {
  const selector = { matchLabels: { app: 'cart' } }
  const rules = [{ from: [{ source: { requestPrincipals: ['*'] } }] }]
  const part = readObjects(
    ...cart,
    object(security, 'RequestAuthentication', 'cart', { spec: { selector, jwtRules: [{ issuer: 'shop' }] } }),
    object(security, 'AuthorizationPolicy', 'cart', { spec: { selector, rules } }),
  )
  const { traits } = component(part, 'cart')
  assert.deepEqual([traits?.['validates-tokens']?.value, traits?.authenticates?.value], [true, true])
})

test("Istio's Gateway is the workload that it selects, or a part of its own", () => {
  const servers = [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }]
  const gateway = object(istio, 'Gateway', 'edge', { spec: { selector: { istio: 'ingress' }, servers } })
  const http = [{ route: [{ destination: { host: 'cart', port: { number: 80 } } }] }]
  const route = object(istio, 'VirtualService', 'shop', { spec: { hosts: ['*'], gateways: ['edge'], http } })
  assert.deepEqual(callsOf(readObjects(...cart, gateway, route)), ['edge -> cart'])
  const part = readObjects(
    ...cart,
    gateway,
    route,
    workload('istio-ingress', { labels: { istio: 'ingress' } }),
  )
  assert.deepEqual(callsOf(part), ['istio-ingress -> cart'])
  assert.equal(component(part, 'istio-ingress').kind.value, 'gateway')
})

test('hosts of a ServiceEntry are externals; those inside of the mesh are not', () => {
  const entry = (name: string, spec: Anything) => object(istio, 'ServiceEntry', name, { spec })
  const part = readObjects(
    entry('maps', { hosts: ['maps.example'] }),
    entry('inside', { hosts: ['legacy.shop'], location: 'MESH_INTERNAL' }),
  )
  assert.deepEqual(
    part.components.map(({ id, kind }) => [id, kind.value]),
    [['maps.example', 'external']],
  )
})

test('routes of Traefik, Contour and OpenShift are gateways too', () => {
  const part = readObjects(
    ...cart,
    object('traefik.io/v1alpha1', 'IngressRoute', 'front', {
      spec: {
        routes: [{ kind: 'Rule', match: 'Host(`shop.test`)', services: [{ name: 'cart', port: 80 }] }],
        tls: {},
      },
    }),
    object('projectcontour.io/v1', 'HTTPProxy', 'side', {
      spec: { routes: [{ services: [{ name: 'cart', port: 80 }] }] },
    }),
    object('route.openshift.io/v1', 'Route', 'back', {
      spec: { to: { kind: 'Service', name: 'cart' }, port: { targetPort: 8080 } },
    }),
    object('route.openshift.io/v1', 'Route', 'lost', { spec: { to: { kind: 'Service', name: 'basket' } } }),
  )
  assert.deepEqual(callsOf(part), ['back -> cart', 'front -> cart', 'side -> cart'])
  assert.deepEqual(component(part, 'front').published?.value, [{ port: '80' }, { port: '443' }])
  assert.equal(component(part, 'side').technology?.value, 'contour')
  assert.deepEqual(danglingIn(part), { 'Route default/lost': ['Service basket'] })
})

test('a Traefik in the files serves its routes itself', () => {
  const traefik = workload('traefik', { container: { image: 'traefik:v3.1' } })
  const route = object('traefik.io/v1alpha1', 'IngressRoute', 'front', {
    spec: { routes: [{ services: [{ name: 'cart', port: 80 }] }] },
  })
  assert.deepEqual(callsOf(readObjects(...cart, traefik, route)), ['traefik -> cart'])
})

test('copies of requests, and the login that an ingress asks, are calls', () => {
  const annotations = {
    'nginx.ingress.kubernetes.io/auth-url': 'http://login.default.svc.cluster.local:4180/oauth2/auth',
  }
  const part = readObjects(
    ...cart,
    workload('login'),
    service('login', { ports: [{ port: 4180 }] }),
    workload('shadow'),
    service('shadow'),
    ingress({ service: { name: 'cart', port: { number: 80 } } }, { annotations }),
    object(gatewayApi, 'Gateway', 'edge', { spec: { gatewayClassName: 'istio', listeners: [{ port: 80 }] } }),
    object(gatewayApi, 'HTTPRoute', 'cart', {
      spec: {
        parentRefs: [{ name: 'edge' }],
        rules: [
          {
            backendRefs: [{ name: 'cart', port: 80 }],
            filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'shadow', port: 80 } } }],
          },
        ],
      },
    }),
  )
  assert.deepEqual(callsOf(part), ['edge -> cart', 'edge -> shadow', 'shop -> cart', 'shop -> login'])
  assert.equal(call(part, 'edge', 'shadow').required?.value, false)
})

test('what Istio does with tokens is told of the calls', () => {
  const tokens = (name: string, rule: Anything) =>
    object('security.istio.io/v1', 'RequestAuthentication', name, {
      spec: {
        selector: { matchLabels: { app: name } },
        jwtRules: [{ issuer: 'https://login.test', ...rule }],
      },
    })
  const edge = [
    workload('edge'),
    object(istio, 'Gateway', 'edge', {
      spec: { selector: { app: 'edge' }, servers: [{ port: { number: 443 } }] },
    }),
    object(istio, 'VirtualService', 'cart', {
      spec: {
        hosts: ['shop.test'],
        gateways: ['edge'],
        http: [{ route: [{ destination: { host: 'cart' } }] }],
      },
    }),
  ]
  const facts = (...objects: readonly Anything[]) => {
    const { tokenPassedOn, audienceChecked } = call(readObjects(...cart, ...edge, ...objects), 'edge', 'cart')
    return [tokenPassedOn?.value, audienceChecked?.value]
  }
  assert.deepEqual(facts(), [undefined, undefined])
  assert.deepEqual(facts(tokens('edge', { forwardOriginalToken: true })), [true, undefined])
  assert.deepEqual(facts(tokens('edge', {})), [false, undefined])
  assert.deepEqual(facts(tokens('cart', {})), [undefined, false])
  assert.deepEqual(facts(tokens('cart', { audiences: ['cart'] })), [undefined, true])
  const byPolicy = object(security, 'AuthorizationPolicy', 'cart', {
    spec: {
      selector: { matchLabels: { app: 'cart' } },
      rules: [{ when: [{ key: 'request.auth.claims[aud]', values: ['cart'] }] }],
    },
  })
  assert.deepEqual(facts(tokens('cart', {}), byPolicy), [undefined, true])
})

test('a policy for a Service is not one for all of its namespace', () => {
  const part = readObjects(
    ...cart,
    workload('mail'),
    object('security.istio.io/v1', 'RequestAuthentication', 'cart', {
      spec: {
        targetRefs: [{ kind: 'Service', group: '', name: 'cart' }],
        jwtRules: [{ issuer: 'https://login.test' }],
      },
    }),
  )
  assert.equal(component(part, 'cart').traits?.['validates-tokens']?.value, true)
  assert.equal(component(part, 'mail').traits?.['validates-tokens'], undefined)
})

test('settings of workloads tell whether they ask, and a Secret is a password', () => {
  const secret = { name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: 'cache', key: 'password' } } }
  const part = readObjects(
    workload('db', {
      container: { image: 'postgres:18', env: [variable('POSTGRES_HOST_AUTH_METHOD', 'trust')] },
    }),
    workload('cache', {
      container: { image: 'bitnami/redis:8.0', env: [variable('ALLOW_EMPTY_PASSWORD', 'yes'), secret] },
    }),
    workload('queue', {
      container: { image: 'redis:8', command: ['sh', '-c', 'exec redis-server --protected-mode no'] },
    }),
  )
  const asks = (id: string) => component(part, id).traits?.authenticates?.value
  assert.deepEqual([asks('db'), asks('cache'), asks('queue')], [false, undefined, false])
})

test('a pod that waits for another before it starts says so', () => {
  const initial = [
    { name: 'wait', image: 'busybox', command: ['sh', '-c', 'until nc -z cart 80; do sleep 1; done'] },
  ]
  const migrate = [{ name: 'migrate', image: 'shop/migrations:1', args: ['--url', 'http://cart'] }]
  const part = readObjects(
    ...cart,
    workload('web', { pod: { initContainers: initial } }),
    workload('mail', { pod: { initContainers: migrate } }),
  )
  assert.deepEqual(component(part, 'web').startsAfter?.value, ['cart'])
  assert.equal(component(part, 'mail').startsAfter, undefined)
})

test('admission that only reports, or passes when it is away, is told from one that refuses', () => {
  const enforced = (...objects: readonly Anything[]) =>
    (readObjects(workload('cart'), ...objects).objects ?? []).map((each) => each.enforced?.value)
  const webhook = (more: Anything) =>
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'images', {
      webhooks: [{ name: 'a.b.c', ...more }],
    })
  const kyverno = (spec: Anything) => object('kyverno.io/v1', 'ClusterPolicy', 'images', { spec })
  const rules = [{ name: 'signed', verifyImages: [{ imageReferences: ['*'] }] }]
  assert.deepEqual(enforced(webhook({ failurePolicy: 'Ignore' })), [false])
  assert.deepEqual(enforced(webhook({})), [true])
  assert.deepEqual(enforced(kyverno({ rules })), [false])
  assert.deepEqual(enforced(kyverno({ validationFailureAction: 'Enforce', rules })), [true])
  assert.deepEqual(enforced(kyverno({ rules: [{ name: 'labels', mutate: {} }] })), [undefined])
  const binding = (actions: readonly string[]) =>
    object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', 'x', {
      spec: { validationActions: actions },
    })
  assert.deepEqual(enforced(binding(['Audit'])), [false])
  assert.deepEqual(enforced(binding(['Deny'])), [true])
})
