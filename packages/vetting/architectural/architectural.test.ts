import assert from 'node:assert/strict'
import { test } from 'node:test'
import { graphOf } from '@plimsoll/architecture'
import { sketch, type Sketch } from '../rules/example.ts'
import type { ArchitecturalVerdict } from './rule.ts'
import { architecturalRules, checkArchitecturalRules } from './rules.ts'

function verdict(rule: string, drawn: Sketch): ArchitecturalVerdict {
  const found = checkArchitecturalRules(graphOf(sketch(drawn))).find((one) => one.rule === rule)
  assert.ok(found)
  return found
}

const fulfilled = (rule: string, drawn: Sketch) => verdict(rule, drawn).fulfilled
const client = { kind: 'client' } as const
const port = [{ port: '443' }]

test('there are 25 rules, in order, each with its own number', () => {
  assert.deepEqual(
    architecturalRules.map(({ id }) => id),
    Array.from({ length: 25 }, (_, n) => `R${String(n + 1).padStart(2, '0')}`),
  )
})

test('where nothing is known, no rule about what services do is fulfilled or violated', () => {
  const silent = { components: { checkout: {}, orders: {} } }
  for (const rule of ['R01', 'R02', 'R04', 'R06', 'R07', 'R12', 'R13', 'R14', 'R15', 'R18', 'R21', 'R22'])
    assert.equal(fulfilled(rule, silent), undefined, rule)
})

test('nothing at all is open', () => {
  for (const { fulfilled: answer, rule } of checkArchitecturalRules(graphOf(sketch({}))))
    assert.notEqual(answer, false, rule)
})

test('R01: one gateway is a single entry; a service beside it with a port of its own is a second', () => {
  const one = { edge: { kind: 'gateway', published: port }, orders: {} } as const
  assert.equal(fulfilled('R01', { components: one }), true)
  const two = verdict('R01', { components: { ...one, orders: { published: port } } })
  assert.deepEqual([two.fulfilled, two.items], [false, ['edge', 'orders']])
  const local = { ...one, orders: { published: [{ port: '8080', address: '127.0.0.1' }] } }
  assert.equal(fulfilled('R01', { components: local }), true)
})

test('R01: a call of a client through a gateway enters at the gateway', () => {
  const { items } = verdict('R01', {
    components: { shopper: client, edge: { kind: 'gateway' }, orders: {} },
    calls: { 'shopper -> orders.place': { through: 'edge' } },
    operations: { 'orders.place': {} },
  })
  assert.deepEqual(items, ['edge'])
})

test('R02 to R05: one entry that lacks it is enough; one that is unknown leaves it open', () => {
  const entry = (traits: object) => ({
    components: { edge: { kind: 'gateway' as const, published: port, traits } },
  })
  for (const [rule, trait] of [
    ['R02', 'circuit-breaker'],
    ['R03', 'load-balancer'],
    ['R04', 'authorises'],
    ['R05', 'authenticates'],
  ] as const) {
    assert.equal(fulfilled(rule, entry({ [trait]: true })), true, rule)
    assert.equal(fulfilled(rule, entry({ [trait]: false })), false, rule)
    assert.equal(fulfilled(rule, entry({})), undefined, rule)
  }
})

test('R02, R03: the calls of an entry show what it has', () => {
  const drawn = (facts: object): Sketch => ({
    components: { edge: { kind: 'gateway', published: port }, orders: {} },
    calls: { 'edge -> orders': facts },
  })
  assert.equal(fulfilled('R02', drawn({ circuitBreaker: true })), true)
  assert.equal(fulfilled('R03', drawn({ balanced: false })), false)
})

test('R06, R07, R14: a connection tells; a database is no service', () => {
  const drawn = (facts: object): Sketch => ({
    components: { checkout: {}, orders: {}, db: { kind: 'store' } },
    calls: { 'checkout -> orders': facts, 'orders -> db': { encrypted: false, authentication: 'none' } },
  })
  const all = { authorised: true, authentication: 'mutual-tls' }
  for (const rule of ['R06', 'R07', 'R14']) assert.equal(fulfilled(rule, drawn(all)), true, rule)
  assert.deepEqual(verdict('R07', drawn({ authentication: 'none' })).items, ['checkout -> orders'])
  assert.equal(fulfilled('R14', drawn({})), undefined)
})

test('R06: the scopes of an operation authorise whoever calls it', () => {
  const drawn = { components: { checkout: {}, orders: {} }, calls: { 'checkout -> orders.place': {} } }
  assert.equal(fulfilled('R06', { ...drawn, operations: { 'orders.place': { scopes: ['buy'] } } }), true)
  assert.equal(fulfilled('R06', { ...drawn, operations: { 'orders.place': {} } }), undefined)
})

test('R13: connections with people and with systems of others', () => {
  const { fulfilled: answer, items } = verdict('R13', {
    components: { shopper: client, orders: {}, bank: { kind: 'external' } },
    calls: { 'shopper -> orders': { encrypted: true }, 'orders -> bank': { encrypted: false } },
  })
  assert.deepEqual([answer, items], [false, ['orders -> bank']])
})

test('R08, R09: one identity provider; a gateway that checks its callers is none', () => {
  const login = { kind: 'identity-provider', traits: { authorises: true } } as const
  const edge = { kind: 'gateway', traits: { authorises: true, authenticates: true } } as const
  assert.equal(fulfilled('R08', { components: { login, edge } }), true)
  assert.equal(fulfilled('R09', { components: { login, sso: login } }), false)
  assert.equal(fulfilled('R08', { components: { edge } }), false)
})

test('R10, R11: an identity provider with work of its own', () => {
  const drawn = (path: string, complete?: boolean): Sketch => ({
    components: { login: { kind: 'identity-provider', complete } },
    operations: { 'login.one': { http: path } },
  })
  assert.equal(fulfilled('R10', drawn('POST /oauth/token', true)), true)
  assert.equal(fulfilled('R10', drawn('POST /oauth/token')), undefined)
  assert.equal(fulfilled('R11', drawn('/users/{id}/orders')), false)
  assert.equal(fulfilled('R10', { components: { orders: {} }, calls: {} }), true)
})

test('R15 to R19: who logs, and where logs go', () => {
  const drawn = (log: boolean | undefined): Sketch => ({
    components: {
      orders: { traits: { 'local-log': log } },
      logs: { kind: 'monitoring', technology: 'logstash', traits: { 'local-log': false } },
      bus: { kind: 'broker', traits: { 'local-log': false } },
    },
    calls: { 'orders -> logs': {} },
  })
  assert.equal(fulfilled('R15', drawn(true)), false)
  assert.equal(fulfilled('R16', drawn(true)), true)
  assert.equal(fulfilled('R17', drawn(true)), true)
  assert.deepEqual(verdict('R18', drawn(true)).items, ['orders'])
  assert.equal(fulfilled('R18', drawn(undefined)), undefined)
  assert.deepEqual(verdict('R19', drawn(true)).items, ['orders'])
  assert.equal(fulfilled('R19', drawn(false)), true)
})

test('R20, R21: connected over a collector and its store, and not over a broker or a database', () => {
  const monitoring = (technology: string) => ({ kind: 'monitoring', technology }) as const
  const drawn: Sketch = {
    components: {
      orders: {},
      logs: monitoring('logstash'),
      index: { kind: 'store' },
      view: monitoring('kibana'),
    },
    calls: { 'orders -> logs': {}, 'logs -> index': {}, 'view -> index': {} },
  }
  assert.equal(fulfilled('R20', drawn), true)
  assert.equal(fulfilled('R21', drawn), true)
  const over = (kind: 'broker' | 'store', complete?: boolean): Sketch => ({
    components: { orders: { complete }, between: { kind, complete }, view: monitoring('grafana') },
    calls: { 'orders -> between': {}, 'view -> between': {} },
  })
  assert.deepEqual(
    [verdict('R21', over('broker', true)).items, fulfilled('R21', over('broker', true))],
    [['orders'], false],
  )
  assert.equal(fulfilled('R21', over('store', true)), false)
  assert.equal(fulfilled('R21', over('store')), undefined)
})

test('a call that files need not tell of is not taken for one that is not there', () => {
  const drawn = (complete?: boolean): Sketch => ({
    components: { checkout: { complete }, orders: { complete }, db: { kind: 'store' } },
    calls: { 'orders -> db': { encrypted: false } },
  })
  assert.equal(fulfilled('R14', drawn()), undefined)
  assert.equal(fulfilled('R14', drawn(true)), true)
})

test('R20, R21: monitoring of an unknown product may be a dashboard', () => {
  const drawn: Sketch = {
    components: { orders: {}, watch: { kind: 'monitoring' } },
    calls: { 'orders -> watch': {} },
  }
  assert.equal(fulfilled('R20', drawn), undefined)
  assert.equal(fulfilled('R21', drawn), undefined)
})

test('R23 to R25: each registry that is configured on its own counts, also of one product', () => {
  const consul = {
    kind: 'registry',
    technology: 'consul',
    traits: { 'validates-registration': true },
  } as const
  assert.equal(fulfilled('R23', { components: { consul } }), true)
  assert.deepEqual(verdict('R23', { components: { consul, second: consul } }).items, ['consul', 'second'])
  assert.equal(fulfilled('R24', { components: { consul } }), true)
  assert.equal(fulfilled('R24', { components: { consul: { kind: 'registry' } } }), undefined)
  assert.equal(fulfilled('R25', { components: { vault: { kind: 'secret-store' } } }), true)
})
