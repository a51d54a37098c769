import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messagesOf, read, readMutants } from '../reading.fixture.ts'
import { threagileReader } from './reader.ts'

const shop = `
threagile_version: 1.0.0
title: Shop
data_assets:
  Card: { id: card, confidentiality: strictly-confidential }
  Catalogue: { id: catalogue, confidentiality: public }
technical_assets:
  Browser:
    id: browser
    type: external-entity
    technology: browser
    used_as_client_by_human: true
    internet: true
    communication_links:
      Buy: { target: checkout, protocol: https, authentication: session-id, authorization: enduser-identity-propagation, data_assets_sent: [card] }
  Checkout:
    id: checkout
    type: process
    technology: web-service-rest
    internet: true
    owner: payments team
    redundant: true
    encryption: none
    communication_links:
      Store: { target: orders-db, protocol: sql-access-protocol, authentication: credentials, authorization: technical-user, vpn: false }
      Events: { target: queue, protocol: jms, authentication: none, authorization: none }
      Local: { target: orders-db, protocol: local-file-access }
      Tunnel: { target: queue, protocol: http, vpn: true }
      Ghost: { target: nobody, protocol: http }
  Orders:
    id: orders-db
    type: datastore
    technologies: [database]
    redundant: false
    encryption: transparent
    data_assets_stored: [card, catalogue, unheard-of]
  Queue: { id: queue, type: process, technology: message-queue }
  Bank: { id: bank, type: external-entity, technology: web-service-rest }
trust_boundaries:
  Inside: { id: inside, type: network-on-prem, technical_assets_inside: [checkout, queue], trust_boundaries_nested: [vault] }
  Vault: { id: vault, type: network-on-prem, technical_assets_inside: [orders-db] }
shared_runtimes:
  Box: { id: box, technical_assets_running: [checkout, queue] }
`

const part = read(threagileReader, shop)
const component = (id: string) => part.components.find((one) => one.id === id)
const calls = part.calls ?? []

test('assets are components, of the kind that type and technology tell', () => {
  assert.deepEqual(
    part.components.map(({ id, kind }) => [id, kind.value]),
    [
      ['browser', 'client'],
      ['checkout', 'service'],
      ['orders-db', 'store'],
      ['queue', 'broker'],
      ['bank', 'external'],
    ],
  )
  assert.equal(component('orders-db')?.technology?.value, 'database')
})

test('zones, run times, redundancy, owner, internet and encryption at rest', () => {
  assert.deepEqual(
    part.zones?.map(({ id }) => id),
    ['inside', 'vault'],
  )
  assert.equal(component('orders-db')?.zone?.value, 'vault')
  const checkout = component('checkout')
  assert.equal(checkout?.zone?.value, 'inside')
  assert.deepEqual(checkout?.hosts?.value, ['box'])
  assert.equal(checkout?.replicas?.value, 2)
  assert.equal(checkout?.owner?.value, 'payments team')
  assert.equal(checkout?.published?.value.length, 1)
  assert.equal(checkout?.traits?.['encrypted-at-rest']?.value, false)
  assert.equal(component('orders-db')?.traits?.['encrypted-at-rest']?.value, true)
})

test('confidentiality of data assets is the class of what is kept and sent', () => {
  assert.deepEqual(component('orders-db')?.holds?.value, ['secret', 'public'])
  assert.deepEqual(calls[0]?.sends?.value, ['secret'])
})

test('links tell protocol, encryption and identity', () => {
  const facts = calls.map((call) => [
    call.to,
    call.encrypted?.value,
    call.authentication?.value,
    call.authorised?.value,
    call.carries?.value,
    call.synchronous?.value,
  ])
  assert.deepEqual(facts, [
    ['checkout', true, 'session', true, 'user', undefined],
    ['orders-db', false, 'password', true, 'caller', undefined],
    ['queue', false, 'none', false, 'nobody', false],
    ['orders-db', undefined, undefined, undefined, undefined, undefined],
    ['queue', true, undefined, undefined, undefined, undefined],
  ])
})

test('links and data that lead to nothing are noted', () => {
  assert.match(messagesOf(part).join('\n'), /no data asset "unheard-of"[\s\S]*no asset "nobody"/)
})

test('included files belong to the model, each once, whatever includes what', () => {
  const whole = read(
    threagileReader,
    'includes: [data.yaml, gone.yaml]\ntechnical_assets:\n  A: {id: a, data_assets_stored: [card]}',
    {
      'data.yaml': 'includes: [data.yaml]\ndata_assets: {Card: {id: card, confidentiality: restricted}}',
    },
  )
  assert.deepEqual(whole.components[0]?.holds?.value, ['confidential'])
  assert.deepEqual(messagesOf(whole), ['this file is not there, or cannot be read'])
})

test('words of JavaScript in place of words of Threagile are unknown words', () => {
  const odd = read(
    threagileReader,
    'data_assets: {D: {id: d, confidentiality: constructor}}\ntechnical_assets:\n  A: {id: __proto__, technology: constructor, ' +
      'communication_links: {L: {target: __proto__, protocol: toString, authentication: valueOf}}}',
  )
  assert.equal(odd.components[0]?.kind.value, 'service')
  assert.equal(odd.calls?.[0]?.authentication, undefined)
  assert.match(messagesOf(odd).join(), /no such confidentiality.*no such authentication/s)
})

test('a thousand broken models do no harm', () => readMutants(threagileReader, shop))
