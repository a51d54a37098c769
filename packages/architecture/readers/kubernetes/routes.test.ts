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
