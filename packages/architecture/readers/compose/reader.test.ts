import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../read.ts'
import { call, component, compose, edges, folder, notes } from './compose.fixture.ts'

test('calls come from variables, commands, links and orders of starting, each once with the most that is told', () => {
  const shop = compose(`
services:
  storefront:
    image: acme/storefront
    depends_on: { checkout: { condition: service_healthy }, mailer: { condition: service_started, required: false } }
    environment:
      CHECKOUT_URL: https://checkout:8443/orders
      PAYMENTS: https://api.stripe.com/v1
  checkout:
    image: acme/checkout
    environment: [ "DATABASE_URL=postgres://shop:\${PW}@orders-db/shop?sslmode=disable", "BROKERS=kafka:9092" ]
    links: [ "ledger:books" ]
    command: --books http://books:80
  ledger: { image: acme/ledger, entrypoint: [ "wait-for-it", "orders-db:5432" ] }
  mailer: { image: acme/mailer }
  orders-db: { image: postgres:18 }
  kafka: { image: apache/kafka, container_name: events }
`)
  assert.deepEqual(edges(shop), [
    'checkout → kafka',
    'checkout → ledger',
    'checkout → orders-db',
    'ledger → orders-db',
    'storefront → api.stripe.com',
    'storefront → checkout',
    'storefront → mailer',
  ])
  const checkout = call(shop, 'storefront', 'checkout')
  assert.equal(checkout.protocol?.value, 'https')
  assert.equal(checkout.encrypted?.value, true)
  assert.equal(checkout.evidence.line, 7)
  assert.equal(call(shop, 'storefront', 'mailer').required?.value, false)
  assert.equal(call(shop, 'storefront', 'mailer').protocol, undefined)
  assert.equal(call(shop, 'checkout', 'orders-db').encrypted?.value, false)
  assert.equal(call(shop, 'checkout', 'orders-db').authentication, undefined)
  assert.equal(call(shop, 'checkout', 'ledger').protocol?.value, 'http')
  assert.equal(component(shop, 'api.stripe.com').kind.value, 'external')
  assert.equal(component(shop, 'orders-db').technology?.value, 'postgresql')
  assert.equal(component(shop, 'orders-db').kind.evidence.how, 'inferred')
})

test('names of containers, aliases of networks and fixed addresses are the service', () => {
  const shop = compose(`
services:
  cart:
    image: acme/cart
    environment: { A_URL: http://events, B_URL: http://db.shop, C_URL: "http://10.9.0.7:80" }
  kafka: { image: acme/kafka, container_name: events }
  db: { image: mysql, networks: { back: { aliases: [ db.shop ] } } }
  mail: { image: acme/mail, networks: { back: { ipv4_address: 10.9.0.7 } } }
`)
  assert.deepEqual(edges(shop), ['cart → db', 'cart → kafka', 'cart → mail'])
  assert.equal(call(shop, 'cart', 'mail').hardCoded?.value, true)
  assert.equal(call(shop, 'cart', 'db').hardCoded, undefined)
})

test('Traefik calls the services that ask for a route by their labels', () => {
  const shop = compose(`
services:
  edge: { image: "traefik:v3" }
  cart: { image: acme/cart, labels: [ "traefik.http.routers.cart.rule=Host(\`shop\`)" ] }
  jobs: { image: acme/jobs, labels: { traefik.enable: "false", traefik.http.routers.jobs.rule: x } }
`)
  assert.deepEqual(edges(shop), ['edge → cart'])
})

test('walls are read, and those that an engine gives are marked as inferred', () => {
  const shop = compose(`
services:
  agent:
    image: acme/agent
    privileged: true
    pid: host
    network_mode: host
    user: "0:0"
    cap_add: [ CAP_NET_ADMIN ]
    volumes: [ "/var/run/docker.sock:/var/run/docker.sock:ro", "/etc:/host/etc", "data:/data", "/cache" ]
    deploy: { resources: { limits: { cpus: "0.5", memory: 256M } } }
  cart:
    image: acme/cart
    user: node
    cap_drop: [ all ]
    read_only: true
    tmpfs: /tmp
    security_opt: [ "no-new-privileges:true", "seccomp=unconfined" ]
    mem_limit: 0
    pids_limit: 100
`)
  const { hardening: agent, volumes, networks } = component(shop, 'agent')
  assert.equal(agent?.privileged?.value, true)
  assert.equal(agent?.privileged?.evidence.how, undefined)
  assert.equal(agent?.engineSocket?.value, true)
  assert.equal(agent?.engineSocket?.evidence.line, 10)
  assert.deepEqual(agent?.hostPaths?.value, ['/etc'])
  assert.equal(agent?.hostNetwork?.value, true)
  assert.equal(agent?.hostPid?.value, true)
  assert.equal(agent?.hostIpc?.value, false)
  assert.equal(agent?.root?.value, true)
  assert.deepEqual(agent?.capabilitiesAdded?.value, ['NET_ADMIN'])
  assert.equal(agent?.processorLimit?.value, '0.5')
  assert.equal(agent?.memoryLimit?.value, '256M')
  assert.equal(agent?.processLimit?.value, false)
  assert.equal(agent?.escalation?.evidence.how, 'inferred')
  assert.equal(networks, undefined)
  assert.deepEqual(volumes?.value, [
    { name: '/etc', kind: 'host' },
    { name: 'data', kind: 'persistent' },
    { name: '/cache', kind: 'ephemeral' },
  ])
  const { hardening: cart } = component(shop, 'cart')
  assert.equal(cart?.root?.value, false)
  assert.equal(cart?.writableRoot?.value, false)
  assert.equal(cart?.escalation?.value, false)
  assert.equal(cart?.seccomp?.value, false)
  assert.equal(cart?.memoryLimit?.value, false)
  assert.equal(cart?.processLimit?.value, '100')
  assert.equal(cart?.privileged?.evidence.how, 'inferred')
})

test('how a service runs is read: replicas, restarts, health, updates, connections', () => {
  const shop = compose(`
services:
  cart:
    image: acme/cart
    restart: unless-stopped
    deploy: { replicas: 3, update_config: { parallelism: 2, order: start-first }, placement: { max_replicas_per_node: 1 } }
    healthcheck: { test: [ CMD, curl, -f, "http://db:80/x" ] }
    environment: { DB_POOL_SIZE: 20, OTEL_EXPORTER_OTLP_ENDPOINT: "http://tracing:4318", CORS_ORIGIN: "*" }
    logging: { driver: fluentd }
    labels: { com.acme.owner: checkout-team }
  db: { image: postgres, command: postgres -c max_connections=200, healthcheck: { disable: true }, restart: "no" }
  agent: { image: acme/agent, deploy: { mode: global } }
`)
  const cart = component(shop, 'cart')
  assert.equal(cart.replicas?.value, 3)
  assert.equal(cart.spread?.value, true)
  assert.equal(cart.restarts?.value, true)
  assert.deepEqual(cart.update?.value, { strategy: 'rolling', maxUnavailable: '0', maxSurge: '2' })
  assert.deepEqual(cart.liveness?.value, { question: 'curl -f http://db:80/x', asks: ['db'] })
  assert.equal(cart.pool?.value, 20)
  assert.equal(cart.traits?.tracing?.value, true)
  assert.equal(cart.traits?.['any-origin']?.value, true)
  assert.equal(cart.traits?.['central-log']?.value, true)
  assert.equal(cart.owner?.value, 'checkout-team')
  const db = component(shop, 'db')
  assert.deepEqual(db.replicas, { value: 1, evidence: { ...db.evidence, how: 'inferred' } })
  assert.equal(db.liveness?.value, false)
  assert.equal(db.restarts?.value, false)
  assert.equal(db.connectionLimit?.value, 200)
  assert.equal(component(shop, 'agent').replicas, undefined)
})

test('ports are read in their short and long forms, with addresses and ranges', () => {
  const shop = compose(`
services:
  cart:
    image: acme/cart
    expose: [ 9000 ]
    ports:
      - 8080:80
      - "127.0.0.1:8001:8001"
      - "[::1]:8002:8002/udp"
      - "3000-3005:3000-3005"
      - "9090"
      - { target: 443, published: 8443, host_ip: 10.0.0.1 }
      - "eighty"
`)
  const { published, ports } = component(shop, 'cart')
  assert.deepEqual(published?.value, [
    { port: '8080' },
    { port: '8001', address: '127.0.0.1' },
    { port: '8002/udp', address: '::1' },
    { port: '3000-3005' },
    { port: '9090' },
    { port: '8443', address: '10.0.0.1' },
  ])
  assert.deepEqual(ports?.value, ['80', '8001', '8002/udp', '3000-3005', '9090', '443', '9000'])
  const note = shop.notes.find(({ message }) => message === 'services.cart.ports: this is no port')
  assert.equal(note?.evidence.line, 13)
})

test('a network without a way out limits who is in it', () => {
  const shop = compose(`
services:
  edge: { image: nginx, networks: [ front, back ] }
  cart: { image: acme/cart, networks: [ back ] }
  blog: { image: acme/blog, networks: [ front ] }
networks: { front: {}, back: { internal: true } }
`)
  assert.deepEqual(component(shop, 'cart').networks?.value, ['back'])
  assert.equal(component(shop, 'cart').egressLimited?.value, true)
  assert.equal(component(shop, 'cart').ingressLimited?.value, true)
  assert.equal(component(shop, 'edge').ingressLimited?.value, false)
  assert.deepEqual(
    shop.networks?.map(({ id, internal }) => [id, internal?.value]),
    [
      ['back', true],
      ['front', undefined],
    ],
  )
})

test('names of plain secrets are told, and their values are nowhere', () => {
  const shop = compose(
    `
services:
  cart:
    image: acme/cart
    environment: { DB_PASSWORD: hunter2, API_KEY: "\${API_KEY}", OTHER_PASSWORD: "\${UNSET:-hunter3}", DB_URL: "mysql://u:hunter4@db/x" }
    secrets: [ tls, { source: session } ]
  db: { image: mysql }
`,
    { environment: { API_KEY: 'hunter5' } },
  )
  assert.deepEqual(component(shop, 'cart').plainSecrets?.value, ['DB_PASSWORD', 'DB_URL', 'OTHER_PASSWORD'])
  assert.deepEqual(component(shop, 'cart').secrets?.value, ['tls', 'session'])
  assert.equal(call(shop, 'cart', 'db').authentication?.value, 'password')
  assert.doesNotMatch(JSON.stringify(shop), /hunter/)
})

test('a wrong type and an unknown member are told with line, column and field, and the rest is read', () => {
  const shop = compose(`
services:
  cart:
    image: acme/cart
    ports: 8080
    deploy: { replicas: [ 1 ] }
    conatiner_name: x
  db: { image: mysql, conatiner_name: y }
  blog: nonsense
extra: 1
`)
  assert.deepEqual(notes(shop), [
    'extra is no member of a Compose file; it is not used',
    'services.blog is a text, and has to be a map; it is not used',
    'services.cart.ports is a text, and has to be a list; it is not used',
    'services.cart.deploy.replicas is a list, and has to be a text; it is not used',
    'a service of Compose has no conatiner_name; it is not used',
  ])
  const ports = shop.notes.find(({ message }) => message.includes('cart.ports'))
  assert.deepEqual(ports?.evidence, {
    file: 'shop/compose.yaml',
    line: 5,
    column: 5,
    field: 'services.cart.ports',
  })
  assert.deepEqual(
    shop.components.map(({ id }) => id),
    ['cart', 'db'],
  )
})

test('a variable without a value is told once, and never fatal', () => {
  const shop = compose(`
services:
  cart: { image: "acme/cart:\${TAG}", environment: [ "A=\${TAG}", "B=\${NEEDED:?set it}", PASSED_ON ] }
`)
  assert.deepEqual(notes(shop), [
    'the variable TAG is not set: an empty text stands for it',
    'the variable NEEDED is not set: Compose would not start',
  ])
})

test('values of an environment file may refer to each other, and not to themselves', () => {
  const environment = { HOST: 'db', ADDR: '${HOST}:3306', LOOP: 'http://cart${LOOP}' }
  const shop = compose(
    'services: { cart: { image: a, environment: [ ADDR, "X_URL=$LOOP" ] }, db: { image: mysql } }',
    { environment },
  )
  assert.deepEqual(edges(shop), ['cart → db'])
})

test('a service whose profile is off is left out, and told', () => {
  const text =
    'services: { cart: { image: a, depends_on: [ debug ] }, debug: { image: b, profiles: [ debug ] } }'
  const off = compose(text)
  assert.deepEqual(
    off.components.map(({ id }) => id),
    ['cart'],
  )
  assert.deepEqual(notes(off), ['debug is off: none of its profiles (debug) is asked for'])
  assert.deepEqual(edges(compose(text, { profiles: ['debug'] })), ['cart → debug'])
  assert.deepEqual(edges(compose(text, { profiles: ['*'] })), ['cart → debug'])
})

test('configuration in a mounted folder tells of calls, inside and outside, and is not said to be unknown', () => {
  const files = {
    'proxy/haproxy.cfg': 'backend orders\n  server one orders:8080 check\n  server two pay.shop.io:443 ssl\n',
    'gw/krakend.json': '{ "endpoints": [ { "backend": [ { "host": ["http://orders:8080"] } ] } ] }',
    'gw/dashboards/all-dashboard.json': '{ "url": "http://stock:80" }',
  }
  const list = (path: string) =>
    Object.keys(files)
      .filter((name) => name.startsWith(`${path.replace(/^\.\//, '')}/`))
      .map((name) => name.slice(path.replace(/^\.\//, '').length + 1))
  const text = `
services:
  edge: { image: "haproxy:3.0", volumes: [ "./proxy:/usr/local/etc/haproxy:ro" ] }
  gateway: { image: krakend, volumes: [ { type: bind, source: ./gw, target: /etc/krakend } ] }
  orders: { image: acme/orders }
  stock: { image: acme/stock }
`
  const shop = compose(text, { load: folder(files), list })
  assert.deepEqual(edges(shop), ['edge → orders', 'edge → pay.shop.io', 'gateway → orders'])
  assert.equal(call(shop, 'edge', 'orders').evidence.file, 'shop/proxy/haproxy.cfg')
  const given = read([
    { name: 'shop/compose.yaml', text },
    { name: 'shop/gw/krakend.json', text: files['gw/krakend.json'] },
  ])
  assert.deepEqual(edges(given), ['gateway → orders'])
  assert.deepEqual(notes(given), [])
})

test('a listing that leads out of the folder brings nothing', () => {
  const list = () => ['../../secret.conf', '/etc/passwd.conf']
  const text = 'services: { web: { image: nginx, volumes: [ "./conf:/etc/nginx" ] } }'
  const asked: string[] = []
  const load = (path: string) => {
    asked.push(path)
    return undefined
  }
  assert.deepEqual(compose(text, { list, load }).calls, [])
  assert.ok(asked.every((path) => !path.startsWith('/')))
})

test('stores that are told to ask nobody are said to, and replicas of a swarm have a name', () => {
  const shop = compose(`
services:
  db: { image: "postgres:18", environment: { POSTGRES_HOST_AUTH_METHOD: trust } }
  cache: { image: "redis:8", command: redis-server --protected-mode no }
  events: { image: "apache/kafka:4.0.0", environment: { KAFKA_LISTENERS: "PLAINTEXT://:9092" } }
  prom: { image: prom/prometheus, command: [ "--target", "tasks.db:9187" ] }
`)
  for (const id of ['db', 'cache', 'events'])
    assert.equal(component(shop, id).traits?.authenticates?.value, false, id)
  assert.deepEqual(edges(shop), ['prom → db'])
})

test('a proxy that hands tokens on says so of its calls to services', () => {
  const shop = compose(`
services:
  login:
    image: quay.io/oauth2-proxy/oauth2-proxy:v7.6.0
    command: [ "--upstream=http://orders:8080", "--pass-access-token=true", "--redis-connection-url=redis://cache" ]
  orders: { image: acme/orders, environment: { SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES: orders } }
  cache: { image: "redis:8" }
`)
  const { tokenPassedOn, audienceChecked } = call(shop, 'login', 'orders')
  assert.deepEqual([tokenPassedOn?.value, audienceChecked?.value], [true, true])
  assert.equal(call(shop, 'login', 'cache').tokenPassedOn, undefined)
})

test('what has to be healthy or done before is waited for at the start; what is only started first is not', () => {
  const shop = compose(`
services:
  web: { image: acme/web, depends_on: { cart: { condition: service_healthy }, seed: { condition: service_completed_successfully }, mail: { condition: service_started } } }
  job: { image: acme/job, depends_on: [ cart ] }
  cart: { image: acme/cart }
  seed: { image: acme/seed }
  mail: { image: acme/mail }
`)
  assert.deepEqual(component(shop, 'web').startsAfter?.value, ['cart', 'seed'])
  assert.equal(component(shop, 'job').startsAfter, undefined)
})
