import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeContract } from '@plimsoll/contract'
import { createApiKey } from '@plimsoll/identity'
import { parseGatewayConfiguration } from './configuration.ts'
import { pricing } from './shop.fixture.ts'

const record = createApiKey('storefront').record
const storefront = { record, scopes: ['prices:read'], uses: ['pricing.quote'] }
const good = { contracts: [describeContract(pricing)], consumers: [storefront] }

test('what a control plane sends is taken, also after it went through JSON', () => {
  const sent: unknown = JSON.parse(JSON.stringify(good))
  assert.deepEqual(parseGatewayConfiguration(sent), sent)
})

for (const [what, value, field] of [
  ['nothing', undefined, ''],
  ['a list', [], ''],
  ['no consumers', { contracts: [] }, 'consumers'],
  ['a member that nobody knows', { ...good, open: true }, 'open'],
  [
    'a contract of another format',
    { ...good, contracts: [{ ...good.contracts[0], format: 'x' }] },
    'contracts.0.format',
  ],
  ['a consumer without scopes', { ...good, consumers: [{ record, uses: [] }] }, 'consumers.0.scopes'],
  [
    'a scope that breaks out of a header',
    { ...good, consumers: [{ ...storefront, scopes: ['a"\r\nset-cookie: x'] }] },
    'consumers.0.scopes.0',
  ],
  [
    'a key record without its hash',
    { ...good, consumers: [{ ...storefront, record: { id: record.id, consumer: 'storefront' } }] },
    'consumers.0.record.hash',
  ],
  [
    'a rate of nothing',
    { ...good, anonymous: { requestsPerSecond: 0, burst: 1 } },
    'anonymous.requestsPerSecond',
  ],
  ['no place at all', { ...good, concurrency: 0 }, 'concurrency'],
  [
    'two keys of one consumer with different permissions',
    {
      ...good,
      consumers: [storefront, { ...storefront, record: createApiKey('storefront').record, scopes: [] }],
    },
    'consumers.1',
  ],
] as const) {
  test(`a configuration with ${what} is refused`, () => {
    assert.throws(
      () => parseGatewayConfiguration(value),
      (thrown: { code?: string; place?: { field?: string } }) =>
        thrown.code === 'GATEWAY_CONFIGURATION' && thrown.place?.field === field,
    )
  })
}

test('two keys of one consumer with the same permissions are taken, as when it changes its key', () => {
  const second = { ...storefront, record: createApiKey('storefront').record }
  assert.equal(parseGatewayConfiguration({ ...good, consumers: [storefront, second] }).consumers.length, 2)
})
