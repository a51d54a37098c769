import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  component,
  configured,
  danglingIn,
  object,
  readObjects,
  workload,
  type Anything,
} from './shop.fixture.ts'

function policy(name: string, spec: Anything, namespace?: string): Anything {
  return object('networking.k8s.io/v1', 'NetworkPolicy', name, { namespace, spec })
}

/** Of cart: whether connections to it, and from it, are limited. */
function limits(...policies: readonly Anything[]): readonly (boolean | undefined)[] {
  const part = readObjects(
    workload('cart'),
    workload('web'),
    workload('pay', { namespace: 'pay' }),
    ...policies,
  )
  const { ingressLimited, egressLimited } = component(part, 'cart')
  return [ingressLimited?.value, egressLimited?.value]
}

const cart = { matchLabels: { app: 'cart' } }
const fromWeb = { from: [{ podSelector: { matchLabels: { app: 'web' } } }] }

test('without any policy in the files it is not known what keeps connections out', () => {
  assert.deepEqual(limits(), [undefined, undefined])
})

test('a policy limits ingress of what it selects, and egress only where it says so', () => {
  assert.deepEqual(limits(policy('cart', { podSelector: cart, ingress: [fromWeb] })), [true, false])
  assert.deepEqual(limits(policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })), [
    true,
    true,
  ])
  assert.deepEqual(limits(policy('out', { podSelector: cart, policyTypes: ['Egress'], egress: [] })), [
    false,
    true,
  ])
  assert.deepEqual(limits(policy('both', { podSelector: cart, egress: [{ to: [{ podSelector: cart }] }] })), [
    true,
    true,
  ])
})

test('an empty selector means the pods of its own namespace alone', () => {
  assert.deepEqual(limits(policy('deny', { podSelector: {} }, 'pay')), [false, false])
})

test('policies add up: one that allows everything undoes another', () => {
  const closed = policy('cart', { podSelector: cart, ingress: [fromWeb] })
  assert.deepEqual(limits(closed, policy('open', { podSelector: {}, ingress: [{}] })), [false, false])
  const everyNamespace = { podSelector: cart, ingress: [{ from: [{ namespaceSelector: {} }] }] }
  assert.deepEqual(limits(closed, policy('open', everyNamespace)), [false, false])
  const everyAddress = { podSelector: cart, ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] }
  assert.deepEqual(limits(closed, policy('open', everyAddress)), [false, false])
})

test('letting in the own namespace limits where there is another, and not where there is none', () => {
  const own = policy('own', { podSelector: cart, ingress: [{ from: [{ podSelector: {} }] }] })
  assert.deepEqual(limits(own)[0], true)
  assert.equal(
    component(readObjects(workload('cart'), workload('web'), own), 'cart').ingressLimited?.value,
    false,
  )
})

test('the way to the resolver leaves egress limited; the way to any address at the port of HTTPS does not', () => {
  const dns = { ports: [{ port: 53, protocol: 'UDP' }] }
  const out = (rule: Anything) =>
    limits(policy('out', { podSelector: cart, policyTypes: ['Egress'], egress: [rule] }))[1]
  assert.equal(out(dns), true)
  assert.equal(out({ ports: [{ port: 443 }] }), false)
  assert.equal(out({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }), false)
  assert.equal(out({ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }), true)
  assert.equal(out({ to: [{ namespaceSelector: {} }] }), true)
})

test('a policy whose selector is misspelt protects nothing, and says so', () => {
  const part = readObjects(
    workload('cart'),
    policy('cart', { podSelector: { matchLabels: { app: 'carts' } }, ingress: [fromWeb] }),
    policy('deny', { podSelector: {} }, 'pay'),
  )
  assert.deepEqual(danglingIn(part), {
    'NetworkPolicy default/cart': ['peer selector app=web', 'podSelector app=carts'],
    'NetworkPolicy pay/deny': ['podSelector {} in namespace pay'],
  })
  assert.equal(component(part, 'cart').ingressLimited?.value, false)
})

test('expressions select as Kubernetes says: NotIn also where the label is absent', () => {
  const part = readObjects(
    workload('cart', { labels: { tier: 'back' } }),
    workload('web', { labels: { tier: 'front' } }),
    workload('mail'),
    policy('inner', {
      podSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] },
    }),
  )
  assert.deepEqual(configured(part, 'NetworkPolicy default/inner').targets, ['cart', 'mail'])
})
