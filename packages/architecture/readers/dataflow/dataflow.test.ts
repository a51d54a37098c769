import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { messagesOf, read, readMutants } from '../reading.fixture.ts'
import { dataflowReader } from './reader.ts'

const shop = JSON.stringify(
  {
    services: [
      {
        name: 'edge',
        stereotypes: ['gateway', 'entrypoint', 'authentication'],
        tagged_values: { Gateway: 'Zuul', Port: 8080 },
      },
      {
        name: 'orders',
        stereotypes: ['internal', 'local_logging', 'pre_authorized_endpoints'],
        tagged_values: { Endpoints: ['/orders/{id}', '/'], 'Pre-authorized Endpoints': ['/'], Port: 8081 },
      },
      { name: 'accounts', stereotypes: ['authorization_server'], tagged_values: [] },
      {
        name: 'orders_db',
        stereotypes: ['database', 'plaintext_credentials'],
        tagged_values: { Database: 'MySQL', Username: 'root', Password: 'hunter2' },
      },
      { name: 'rabbit', stereotypes: ['message_broker'], tagged_values: { 'Message Broker': 'RabbitMQ' } },
      { name: 'logs', stereotypes: ['logging_server'], tagged_values: { 'Logging Server': 'Logstash' } },
    ],
    external_entities: [
      { name: 'user', stereotypes: ['user_stereotype'], tagged_values: {} },
      { name: 'mail', stereotypes: ['mail_server'], tagged_values: { Host: 'smtp.example.com' } },
    ],
    information_flows: [
      {
        sender: 'user',
        receiver: 'edge',
        stereotypes: ['restful_http'],
        tagged_values: { Protocol: 'HTTPS' },
      },
      {
        sender: 'edge',
        receiver: 'orders',
        stereotypes: ['restful_http', 'circuit_breaker_link', 'authorized', 'authenticated'],
        tagged_values: {},
      },
      {
        sender: 'orders_db',
        receiver: 'orders',
        stereotypes: ['jdbc', 'plaintext_credentials_link'],
        tagged_values: { " 'Password'": '"hunter2"' },
      },
      {
        sender: 'accounts',
        receiver: 'orders',
        stereotypes: ['restful_http', 'auth_provider'],
        tagged_values: {},
      },
      { sender: 'rabbit', receiver: 'orders', stereotypes: ['message_consumer_rabbitmq'], tagged_values: {} },
      { sender: 'orders', receiver: 'logs', stereotypes: ['restful_http'], tagged_values: {} },
    ],
  },
  undefined,
  1,
)

const part = read(dataflowReader, shop)
const component = (id: string) => part.components.find((one) => one.id === id)
const call = (from: string, to: string) => part.calls?.find((one) => one.from === from && one.to === to)

test('stereotypes tell kinds, technologies, ports and entries', () => {
  assert.deepEqual(
    part.components.map(({ id, kind }) => [id, kind.value]),
    [
      ['edge', 'gateway'],
      ['orders', 'service'],
      ['accounts', 'identity-provider'],
      ['orders_db', 'store'],
      ['rabbit', 'broker'],
      ['logs', 'monitoring'],
      ['user', 'client'],
      ['mail', 'external'],
    ],
  )
  assert.equal(component('edge')?.technology?.value, 'Zuul')
  assert.deepEqual(component('edge')?.published?.value, [{ port: '8080' }])
  assert.deepEqual(component('orders')?.published?.value, [])
  assert.equal(component('mail')?.address?.value, 'smtp.example.com')
})

test('a trait that the format has a word for, and nobody states, is absent; others stay unknown', () => {
  const traits = component('edge')?.traits
  assert.equal(traits?.authenticates?.value, true)
  assert.equal(traits?.authorises?.value, false)
  assert.equal(traits?.authorises?.evidence.how, 'inferred')
  assert.equal(traits?.['circuit-breaker']?.value, true)
  assert.equal(traits?.backup, undefined)
  assert.equal(component('orders')?.traits?.['central-log']?.value, true)
})

test('data that comes from what only answers is a call to it', () => {
  assert.equal(call('orders', 'orders_db')?.protocol?.value, 'jdbc')
  assert.equal(call('orders', 'accounts')?.authentication?.value, 'none')
  assert.equal(call('orders_db', 'orders'), undefined)
  assert.equal(call('rabbit', 'orders')?.synchronous?.value, false)
})

test('a flow tells encryption, authorisation and circuit breaker, each with its line', () => {
  assert.equal(call('user', 'edge')?.encrypted?.value, true)
  const inner = call('edge', 'orders')
  assert.equal(inner?.encrypted?.value, false)
  assert.equal(inner?.authorised?.value, true)
  assert.equal(inner?.circuitBreaker?.value, true)
  assert.match(inner?.authorised?.evidence.field ?? '', /^information_flows\.1\.stereotypes/)
  assert.ok((inner?.authorised?.evidence.line ?? 0) > 1)
})

test('two flows that are one call are as safe as the less safe of them', () => {
  const flow = (sender: string, receiver: string, ...stereotypes: string[]) => ({
    sender,
    receiver,
    stereotypes,
  })
  const services = [{ name: 'orders' }, { name: 'db', stereotypes: ['database'] }]
  const flows = [
    flow('orders', 'db', 'jdbc', 'encrypted', 'authorized'),
    flow('db', 'orders', 'jdbc', 'authorized'),
  ]
  const { calls = [] } = read(dataflowReader, JSON.stringify({ services, information_flows: flows }))
  assert.deepEqual(
    calls.map(({ from, to, encrypted, authorised }) => [from, to, encrypted?.value, authorised?.value]),
    [['orders', 'db', false, true]],
  )
})

test('paths are operations; those that are authorised say so', () => {
  assert.deepEqual(
    part.operations?.map(({ id, http, authorised }) => [id, http?.value, authorised?.value]),
    [
      ['orders.orders-id', '/orders/{id}', undefined],
      ['orders.root', '/', true],
    ],
  )
})

test('credentials are named and never read', () => {
  assert.deepEqual(component('orders_db')?.plainSecrets?.value.slice(0, 1), ['Password'])
  assert.deepEqual(component('orders')?.plainSecrets?.value, ['credentials of orders_db -> orders'])
  assert.doesNotMatch(JSON.stringify(part), /hunter2/)
})

test('what only a flow names is there, and noted', () => {
  const text =
    '{"services":[{"name":"edge"}],"information_flows":[{"sender":"edge","receiver":"ghost"},{"sender":1}]}'
  const odd = read(dataflowReader, text)
  assert.deepEqual(
    odd.components.map(({ id }) => id),
    ['edge', 'ghost'],
  )
  assert.match(messagesOf(odd).join(), /lacks its sender.*"ghost" is not in the lists/s)
})

test('names with markup, terminal escapes and the names of members of objects stay data', () => {
  const names = ['<img src=x onerror=alert(1)>', '\u001b[31mred', '__proto__', 'constructor']
  const services = names.map((name) => ({ name, stereotypes: [name], tagged_values: { [name]: name } }))
  const odd = read(dataflowReader, JSON.stringify({ services, information_flows: [] }))
  assert.deepEqual(
    odd.components.map(({ id, kind }) => [id, kind.value]),
    names.map((name) => [name, 'service']),
  )
})

test('values of wrong types are noted, at their place', () => {
  const odd = read(
    dataflowReader,
    '{"services":[7,{"name":"edge","stereotypes":"gateway"}],"information_flows":[]}',
  )
  assert.deepEqual(messagesOf(odd), [
    'this has no name; it is not used',
    'this is text, not a list; it is not used',
  ])
})

test('a thousand broken diagrams do no harm', () => readMutants(dataflowReader, shop))

const corpus = join(process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus', 'microsecend')
test(
  'every diagram of microSecEnD is read without a note',
  { skip: existsSync(corpus) ? false : 'no corpus' },
  () => {
    for (const entry of readdirSync(corpus, { withFileTypes: true }).filter((one) => one.isDirectory())) {
      const found = read(dataflowReader, readFileSync(join(corpus, entry.name, 'dataflow.json'), 'utf8'))
      assert.deepEqual(messagesOf(found), [], entry.name)
      assert.ok(found.components.length > 4, entry.name)
    }
  },
)
