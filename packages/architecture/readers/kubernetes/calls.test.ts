import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messagesOf } from '../reading.fixture.ts'
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

const web = (...env: readonly Anything[]): Anything => workload('web', { container: { env } })

test('a variable that holds a name of a Service is a call to the workload behind it', () => {
  const part = readObjects(
    web(variable('CART_ADDR', 'basket:7070'), variable('PORT', '8080'), variable('SERVICE_NAME', 'cart')),
    workload('cart'),
    service('basket', { selector: { app: 'cart' }, ports: [{ name: 'grpc-cart', port: 7070 }] }),
  )
  assert.deepEqual(callsOf(part), ['web -> cart'])
  const { protocol, evidence } = call(part, 'web', 'cart')
  assert.equal(protocol?.value, 'grpc')
  assert.equal(evidence.field, 'spec.template.spec.containers.0.env.0.value')
})

test('names are looked up as the DNS of a cluster does it', () => {
  const part = readObjects(
    web(
      variable('CART_URL', 'http://cart'),
      variable('PAY_URL', 'http://pay.money.svc.cluster.local:8080/v1'),
      variable('TAX_ADDR', 'tax.money:80'),
      variable('KAFKA_BROKERS', 'kafka-0.kafka:9092,kafka-1.kafka:9092'),
    ),
    workload('cart'),
    service('cart'),
    workload('pay', { namespace: 'money' }),
    service('pay', {}, 'money'),
    workload('tax', { namespace: 'money' }),
    service('tax', {}, 'money'),
    workload('kafka', { kind: 'StatefulSet', spec: { replicas: 2, serviceName: 'kafka' } }),
    service('kafka', { clusterIP: 'None' }),
  )
  assert.deepEqual(callsOf(part), ['web -> cart', 'web -> kafka', 'web -> pay', 'web -> tax'])
})

test('a short name means the own namespace, and same names in two are two components', () => {
  const part = readObjects(
    workload('web', { namespace: 'shop', container: { env: [variable('DB_HOST', 'db')] } }),
    workload('db', { namespace: 'shop' }),
    service('db', {}, 'shop'),
    workload('db', { namespace: 'pay' }),
    service('db', {}, 'pay'),
  )
  assert.deepEqual(callsOf(part), ['web -> shop/db'])
  assert.deepEqual(
    part.components.map(({ id }) => id),
    ['pay/db', 'shop/db', 'web'],
  )
})

test('a deployment and a job of one name are told apart by their kinds', () => {
  const part = readObjects(workload('cart'), workload('cart', { kind: 'CronJob' }))
  assert.deepEqual(
    part.components.map(({ id }) => id),
    ['cronjob/cart', 'deployment/cart'],
  )
})

test('values come from ConfigMaps and Secrets too, and are substituted', () => {
  const env = [
    { name: 'CART_URL', valueFrom: { configMapKeyRef: { name: 'urls', key: 'cart' } } },
    variable('HOST', 'orders'),
    variable('ORDERS_URL', 'http://$(HOST):80/'),
    variable('MAIL_ADDR', '$(MAIL_SERVICE_HOST):$(MAIL_SERVICE_PORT)'),
  ]
  const envFrom = [{ configMapRef: { name: 'more' } }, { secretRef: { name: 'database' } }]
  const names = ['cart', 'orders', 'mail', 'stock', 'db']
  const part = readObjects(
    workload('web', { container: { env, envFrom } }),
    object('v1', 'ConfigMap', 'urls', { data: { cart: 'http://cart', unused: 'http://unused' } }),
    object('v1', 'ConfigMap', 'more', { data: { STOCK_HOST: 'stock' } }),
    object('v1', 'Secret', 'database', {
      data: { DB_URL: Buffer.from('postgres://u:hunter2@db:5432/x').toString('base64') },
    }),
    ...[...names, 'unused'].flatMap((name) => [workload(name), service(name)]),
  )
  assert.deepEqual(
    callsOf(part),
    names.toSorted().map((name) => `web -> ${name}`),
  )
  assert.ok(!JSON.stringify(part).includes('hunter2'))
})

test('arguments, and what prepares a container, name what it calls', () => {
  const pod = {
    initContainers: [
      { name: 'wait', image: 'busybox', command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] },
    ],
  }
  const part = readObjects(
    workload('web', { container: { args: ['--cart-url=http://cart:80', '--queue-host', 'queue'] }, pod }),
    ...['cart', 'queue', 'db'].flatMap((name) => [workload(name), service(name)]),
  )
  assert.deepEqual(callsOf(part), ['web -> cart', 'web -> db', 'web -> queue'])
})

test('mounted files name what is called; comments, dashboards and files that nobody mounts do not', () => {
  const data = {
    'nginx.conf': 'location /cart {\n  # proxy_pass http://old;\n  proxy_pass http://cart:80;\n}',
    'application.yml': 'spring:\n  redis:\n    host: sessions\n',
    'dashboard.json': '{"link": "http://old"}',
  }
  const container = { volumeMounts: [{ name: 'settings', mountPath: '/etc/web' }] }
  const pod = {
    volumes: [
      { name: 'settings', configMap: { name: 'web' } },
      { name: 'loose', configMap: { name: 'loose' } },
    ],
  }
  const part = readObjects(
    workload('web', { container, pod }),
    object('v1', 'ConfigMap', 'web', { data }),
    object('v1', 'ConfigMap', 'loose', { data: { 'app.conf': 'url=http://old' } }),
    ...['cart', 'sessions', 'old'].flatMap((name) => [workload(name), service(name)]),
  )
  assert.deepEqual(callsOf(part), ['web -> cart', 'web -> sessions'])
  assert.equal(call(part, 'web', 'cart').evidence.field, 'data.nginx.conf')
})

test('hosts outside are externals: in a URL, behind an ExternalName, as an address', () => {
  const part = readObjects(
    web(
      variable('PAY_URL', 'https://api.payments.com/v1'),
      variable('DB_HOST', 'legacy'),
      variable('STOCK_ADDR', '10.1.2.3:5432'),
      variable('BIND_ADDR', '0.0.0.0:8080'),
    ),
    object('v1', 'Service', 'legacy', { spec: { type: 'ExternalName', externalName: 'db.corp.com' } }),
  )
  assert.deepEqual(callsOf(part), ['web -> 10.1.2.3', 'web -> api.payments.com', 'web -> db.corp.com'])
  assert.equal(component(part, 'api.payments.com').kind.value, 'external')
  assert.equal(call(part, 'web', 'api.payments.com').encrypted?.value, true)
  assert.equal(call(part, 'web', '10.1.2.3').hardCoded?.value, true)
})

test('a name that nothing in the files has is noted, and is no call', () => {
  const part = readObjects(web(variable('ASSISTANT_ADDR', 'assistant:80')))
  assert.deepEqual(callsOf(part), [])
  assert.ok(messagesOf(part).includes('web calls assistant, which is in none of the files'))
})

test('several workloads behind one Service are called in turn, and none of them alone is required', () => {
  const part = readObjects(
    web(variable('CART_URL', 'http://cart')),
    workload('cart-blue', { labels: { app: 'cart' } }),
    workload('cart-green', { labels: { app: 'cart' } }),
    service('cart'),
  )
  assert.deepEqual(callsOf(part), ['web -> cart-blue', 'web -> cart-green'])
  assert.equal(call(part, 'web', 'cart-blue').required?.value, false)
})

test('what the outside reaches: node ports, load balancers, external addresses and ports of the host', () => {
  const published = (spec: Anything, ports: readonly Anything[] = []) =>
    component(readObjects(workload('cart', { container: { ports } }), service('cart', spec)), 'cart')
      .published?.value
  assert.deepEqual(published({}), [])
  assert.deepEqual(published({ type: 'NodePort', ports: [{ port: 80, nodePort: 30001 }] }), [
    { port: '30001' },
  ])
  assert.deepEqual(published({ type: 'LoadBalancer' }), [{ port: '80' }])
  assert.deepEqual(published({ externalIPs: ['203.0.113.7'] }), [{ port: '80', address: '203.0.113.7' }])
  assert.deepEqual(published({}, [{ containerPort: 8080, hostPort: 80 }]), [{ port: '80' }])
  assert.equal(component(readObjects(workload('cart')), 'cart').published, undefined)
})

test('a Service whose selector or named port leads to nothing dangles', () => {
  const part = readObjects(
    workload('cart', { container: { ports: [{ name: 'web', containerPort: 8080 }] } }),
    service('cart', { ports: [{ port: 80, targetPort: 'http' }] }),
    service('basket'),
    service('endpoints', { selector: undefined }),
  )
  assert.deepEqual(danglingIn(part), {
    'Service default/basket': ['selector app=basket'],
    'Service default/cart': ['targetPort http'],
  })
})
