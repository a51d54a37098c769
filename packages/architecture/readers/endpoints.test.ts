import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointsIn } from './endpoints.ts'
import { publicHostsIn } from './public-hosts.ts'

const hosts = new Set([
  'cart',
  'cart-2',
  'orders-db',
  'db',
  'mq',
  'kafka',
  'Gateway',
  'redis',
  'node',
  'order_log',
])

function found(text: string, variable?: string): string {
  return endpointsIn(text, hosts, variable)
    .map(
      ({ host, port, protocol }) =>
        `${protocol === undefined ? '' : `${protocol}://`}${host}${port === undefined ? '' : `:${port}`}`,
    )
    .join(' ')
}

function check(cases: readonly (readonly [text: string, expected: string, variable?: string])[]) {
  for (const [text, expected, variable] of cases) assert.equal(found(text, variable), expected, text)
}

test('a host of a URL is an endpoint, with its scheme and port', () => {
  check([
    ['http://cart:80/x', 'http://cart:80'],
    ['jdbc:postgresql://orders-db:5432/orders', 'postgresql://orders-db:5432'],
    ['jdbc:oracle:thin:@db:1521/orders', 'oracle://db:1521'],
    ['jdbc:oracle:thin:@//db:1521/orders', 'oracle://db:1521'],
    ['jdbc:sqlserver://db:1433;databaseName=x', 'sqlserver://db:1433'],
    ['amqp://user:pw@mq', 'amqp://mq'],
    ['postgres://db:5432@orders-db/x', 'postgres://orders-db'],
    [
      'mongodb+srv://u:p@cart:27017,db:27018/x?replicaSet=rs',
      'mongodb+srv://cart:27017 mongodb+srv://db:27018',
    ],
    ['dns:///cart:7070', 'cart:7070'],
    ['optional:configserver:http://cart:8888', 'http://cart:8888'],
    ['jdbc:mysql:loadbalance://db:3306,orders-db:3306/x', 'mysql://db:3306 mysql://orders-db:3306'],
    ['r2dbc:pool:postgresql://db/x', 'postgresql://db'],
    ['PLAINTEXT://kafka:9092,EXTERNAL://mq:9094', 'plaintext://kafka:9092 external://mq:9094'],
    ['see http://Gateway/cart and https://cart.', 'http://Gateway https://cart'],
    ['{"url":"http://cart:80","name":"db"}', 'http://cart:80'],
  ])
})

test('a password in a URL is told, and is not there', () => {
  const [endpoint] = endpointsIn('amqp://shop:hunter2@mq:5672', hosts)
  assert.deepEqual(endpoint, { host: 'mq', port: '5672', password: true, protocol: 'amqp' })
  assert.equal(endpointsIn('amqp://shop@mq', hosts)[0]?.password, undefined)
})

test('a known name before a port is an endpoint', () => {
  check([
    ['cart:7070', 'cart:7070'],
    ['cart:7070/ready', 'cart:7070'],
    ['cart:7070,cart-2:7071', 'cart:7070 cart-2:7071'],
    ['--addr=cart:7070', 'cart:7070'],
    ['1@kafka:9093', 'kafka:9093'],
    ['server.1=db:2888:3888', 'db:2888'],
    ['user:pw@tcp(orders-db:3306)/x', 'orders-db:3306'],
    ['user:@tcp(db:3306)/x', 'db:3306'],
    ['--join=cart,cart-2:26257', 'cart cart-2:26257'],
    ["- targets: ['cart:9090', 'db:9187']", 'cart:9090 db:9187'],
    ['order_log:80', 'order_log:80'],
  ])
})

test('names that Kubernetes gives to services are endpoints', () => {
  check([
    ['cart.default.svc.cluster.local', 'cart'],
    ['http://cart.shop.svc:80', 'http://cart:80'],
    ['cart.shop.svc.cluster.local:80', 'cart:80'],
  ])
  const inShop = new Set(['cart', 'cart.shop'])
  assert.deepEqual(endpointsIn('http://cart.shop:80', inShop), [
    { host: 'cart.shop', port: '80', protocol: 'http' },
  ])
})

test('a known name after a key or a flag for hosts is an endpoint', () => {
  check([
    ['host=db port=5432 user=cart', 'db:5432'],
    ['Server=db,1433;Database=cart;User Id=redis', 'db:1433'],
    ['Data Source=x;Host=orders-db;Port=5432', 'orders-db:5432'],
    ['-d 60 -r 200 -c 2 -h cart', 'cart'],
    ['mysql -hdb -uroot', 'db'],
    ['redis-server --replicaof redis 6379', 'redis:6379'],
    ['["./wait-for-it.sh", "db", "--"]', 'db'],
    ['--spring.redis.host=redis', 'redis'],
    ['-Dredis.host=redis -Xmx1g', 'redis'],
    ['until nc -z db 5432; do sleep 1; done', 'db:5432'],
    ['curl -f cart/health', 'cart'],
    ['"hostname": "cart"', 'cart'],
  ])
})

test('a bare name is an endpoint only where its variable names an address', () => {
  check([
    ['db', 'db', 'DB_HOST'],
    ['db', 'db', 'dbHost'],
    ['cart', 'cart', 'CART_ENDPOINT'],
    ['kafka,mq', 'kafka mq', 'BROKERS'],
    ['cart/api', 'cart', 'CART_URL'],
    ['cart', 'cart', 'IMAGE_PROVIDER_HOST'],
    ['cart:80', 'cart:80', 'REDIRECT_SERVICE_ADDR'],
    ['redis:6379', '', 'REDIS_IMAGE'],
    ['cart', '', 'OTEL_SERVICE_NAME'],
    ['db', '', 'POSTGRES_DB'],
    ['cart', '', 'SERVER_NAME'],
    ['cart', ''],
    ['db', '', 'ALLOWED_HOSTS'],
    ['http://cart:80', '', 'CORS_ORIGINS'],
    ['localhost,db,cart', '', 'NO_PROXY'],
  ])
})

test('members of a replica set, and addresses whose port nobody set, are endpoints', () => {
  check([
    ['rs0/db:27017,cart-2:27017', 'db:27017 cart-2:27017', 'MONGO_SEEDS'],
    ['mongos --configdb cfg/db:27019', 'db:27019'],
    ['acme/cart:2024', ''],
    ['cart:', 'cart', 'CART_ADDR'],
    ['cart:$(CART_PORT)', 'cart', 'CART_ADDR'],
    ['http://cart:${CART_PORT}/x', 'http://cart'],
    ['cart:', ''],
  ])
})

test('a variable that is called as the service is holds its name', () => {
  check([
    ['cart', 'cart', 'CART_SERVICE'],
    ['redis', 'redis', 'REDIS'],
    ['orders-db', 'orders-db', 'ordersDb'],
    ['cart', '', 'CART_NAME'],
    ['db', '', 'CART_SERVICE'],
    ['redis', '', 'REDIS_IMAGE'],
  ])
})

test('paths, images, e-mail addresses, longer words and hosts of others are no endpoints', () => {
  check([
    ['/data/cart:80', ''],
    ['./cart:/app', ''],
    ['redis:7', ''],
    ['redis:7.2-alpine', ''],
    ['node:22.1', ''],
    ['ghcr.io/acme/cart:8080', ''],
    ['ops@db', '', 'OPS_ADDRESS'],
    ['shopping-cart:80', ''],
    ['cart-3:80', ''],
    ['cart.example.com:80', ''],
    ['http://cart.example.com', ''],
    ['https://shop.example/cart?db=1', ''],
    ['file:///cart:80', ''],
    ['unix:///run/cart.sock', ''],
    ['service.name=cart,service.version=1', '', 'OTEL_RESOURCE_ATTRIBUTES'],
    ['cart: 80', ''],
    ['-Ddb.name=cart', ''],
  ])
})

test('a URL with a public name is a host outside; documents are not', () => {
  const names = (text: string, variable?: string) => publicHostsIn(text, variable).map(({ host }) => host)
  assert.deepEqual(names('https://api.stripe.com/v1'), ['api.stripe.com'])
  assert.deepEqual(names('https://key:secret@o1.ingest.sentry.io/2'), ['o1.ingest.sentry.io'])
  const inside =
    'http://localhost:80 http://cart:80 http://10.0.0.1 http://cart.default.svc.cluster.local http://host.docker.internal'
  assert.deepEqual(names(inside), [])
  assert.deepEqual(
    names('https://shop.example.com http://www.w3.org/2001/XMLSchema https://docs.shop.io/x'),
    [],
  )
  assert.deepEqual(names('https://shop.io/help', 'HELP_URL'), [])
  assert.deepEqual(names('https://shop.io', 'SITE_URL'), [])
  assert.deepEqual(names('https://models.shop.io', 'LLM_BASE_URL'), ['models.shop.io'])
})

test('a public name without a scheme is a host outside where it stands as one', () => {
  const names = (text: string, variable?: string) =>
    publicHostsIn(text, variable)
      .map(({ host, port }) => `${host}${port === undefined ? '' : `:${port}`}`)
      .join(' ')
  const cases: readonly (readonly [text: string, expected: string, variable?: string])[] = [
    ['db.shop.io', 'db.shop.io', 'DB_HOST'],
    ['db.example.com', 'db.example.com', 'DB_HOST'],
    ['db-1.shop.internal,db-2.shop.internal:5433', 'db-1.shop.internal db-2.shop.internal:5433', 'DB_HOSTS'],
    ['smtp.shop.io:587', 'smtp.shop.io:587', 'SMTP'],
    ['host=db.shop.io port=5433 user=shop', 'db.shop.io:5433'],
    ['shop:pw@tcp(db.shop.io:3306)/orders', 'db.shop.io:3306'],
    ['--db-host db.shop.io', 'db.shop.io'],
    ['{ host: pay.shop.io, port: 443 }', 'pay.shop.io:443', 'payments'],
    // Its own name, machines that are this one, people, files, code and what documents use.
    ['shop.io', '', 'VIRTUAL_HOST'],
    ['login.shop.io', '', 'KC_HOSTNAME'],
    ['web-1.shop.io', '', 'HOSTNAME'],
    ['host.docker.internal:5432', '', 'DB_HOST'],
    ['metadata.google.internal', '', 'METADATA_HOST'],
    ['ops@shop.io', '', 'MAIL_ADDRESS'],
    ['schema.shop.json', '', 'SCHEMA_URL'],
    ['org.shop.orders.Driver', '', 'DRIVER_SERVER'],
    ['app.main', '', 'UPSTREAM'],
    ['www.example.com', '', 'DB_HOST'],
    ['registry.shop.io/cart:8080', ''],
    ['talks to db.shop.io', ''],
  ]
  for (const [text, expected, variable] of cases) assert.equal(names(text, variable), expected, text)
})

test('a text of hostile length is read in bounded time', () => {
  for (const piece of ['a', 'cart:', '//', 'host=', '@', ' -h ', 'a://', 'a,', '"', 'http://cart,'])
    endpointsIn(piece.repeat(400_000), hosts, 'DB_HOST')
  for (const piece of ['a.', 'db.shop.io', 'db.shop.io:', 'a.b,', '@', 'host='])
    publicHostsIn(piece.repeat(400_000), 'DB_HOST')
})
