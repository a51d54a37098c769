import { emptyArchitecture } from '@plimsoll/architecture'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { vet } from './gate.ts'
import { sketch } from './rules/example.ts'

const secretsOf = (...names: readonly string[]) =>
  sketch({
    name: 'shop',
    components: Object.fromEntries(names.map((name) => [name, { plainSecrets: ['DB_PASSWORD'] }])),
  })

const originsOf = (before: readonly string[], after: readonly string[], alone: readonly string[]) =>
  vet({
    before: before.length === 0 ? emptyArchitecture('shop') : secretsOf(...before),
    after: secretsOf(...after),
    alone: secretsOf(...alone),
    candidate: {},
    policy: { failOn: 'high', operatorCalls: false },
    waivers: [],
  })
    .findings.filter(({ rule }) => rule === 'IF17')
    .map(({ origin, refuses }) => ({ origin, refuses }))

suite('a finding with several places, at the gate', () => {
  test('refuses a candidate that adds a place', () => {
    assert.deepEqual(originsOf(['cart'], ['cart', 'orders'], ['orders']), [
      { origin: 'candidate', refuses: true },
    ])
    assert.deepEqual(originsOf(['cart', 'orders'], ['cart', 'orders', 'users'], ['users']), [
      { origin: 'candidate', refuses: true },
    ])
  })

  test('does not refuse one that takes a place away', () => {
    const existing = [{ origin: 'existing', refuses: false }]
    assert.deepEqual(originsOf(['cart', 'orders', 'users'], ['cart', 'users'], ['orders']), existing)
    assert.deepEqual(originsOf(['cart', 'orders'], ['orders'], ['orders']), existing)
  })

  test('refuses one that takes one place away and adds another', () => {
    assert.deepEqual(originsOf(['cart', 'orders'], ['cart', 'users'], ['users']), [
      { origin: 'candidate', refuses: true },
    ])
  })
})
