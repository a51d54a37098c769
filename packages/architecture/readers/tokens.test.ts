import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call, Component } from '../model.ts'
import { withTokens } from './tokens.ts'

const evidence = { file: 'compose.yaml' }
const fact = <Value>(value: Value) => ({ value, evidence })
const part = (id: string, kind: Component['kind']['value'], checks?: boolean): Component => ({
  id,
  kind: fact(kind),
  evidence,
  ...(checks === undefined ? {} : { traits: { 'checks-audience': fact(checks) } }),
})
const to = (from: string, callee: string, protocol = 'http'): Call => ({
  from,
  to: callee,
  protocol: fact(protocol),
  evidence,
})

test('a call tells what its ends do with tokens', () => {
  const parts = [
    part('edge', 'gateway'),
    part('orders', 'service', false),
    part('db', 'store'),
    part('prom', 'monitoring'),
  ]
  const calls = [to('edge', 'orders'), to('edge', 'db', 'postgresql'), to('prom', 'orders')]
  const [toOrders, toDb, scrape] = withTokens(calls, parts, new Map([['edge', fact(true)]]))
  assert.deepEqual([toOrders?.audienceChecked?.value, toOrders?.tokenPassedOn?.value], [false, true])
  assert.deepEqual([toDb?.audienceChecked, toDb?.tokenPassedOn], [undefined, undefined])
  assert.equal(scrape?.audienceChecked, undefined)
})

test('what a call says of itself stays', () => {
  const own = { ...to('edge', 'orders'), audienceChecked: fact(true) }
  const [kept] = withTokens([own], [part('orders', 'service', false)], new Map())
  assert.equal(kept?.audienceChecked?.value, true)
})
