import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { createApiKey, createApiKeyIndex } from './api-key.ts'

const storefront = createApiKey('storefront')
const partner = createApiKey('partner')
const index = createApiKeyIndex([storefront.record, partner.record])

suite('an API key', () => {
  test('finds its consumer, and nobody else’s', () => {
    assert.equal(index.find(storefront.key), 'storefront')
    assert.equal(index.find(partner.key), 'partner')
    assert.equal(index.find(createApiKey('storefront').key), undefined)
    assert.equal(createApiKeyIndex([]).find(storefront.key), undefined)
  })

  test('is told once: what is kept opens nothing', () => {
    const kept = JSON.stringify(storefront.record)
    const [, , secret = assert.fail()] = /^(plk_[a-z2-7]{10}_)(.{43})$/.exec(storefront.key) ?? []
    assert.ok(!kept.includes(secret))
    const { id, hash } = storefront.record
    for (const tried of [
      hash,
      kept,
      `plk_${id}_${hash}`,
      `plk_${id}_${Buffer.from(hash, 'hex').toString('base64url')}`,
    ]) {
      assert.equal(index.find(tried), undefined)
    }
  })

  test('is random in every part', () => {
    const many = Array.from({ length: 500 }, () => createApiKey('storefront'))
    assert.equal(new Set(many.map(({ record }) => record.id)).size, many.length)
    assert.equal(new Set(many.map(({ record }) => record.hash)).size, many.length)
    const letters = new Set(many.flatMap(({ record }) => record.id.split('')))
    assert.equal(letters.size, 32)
  })

  test('is whole or none: nothing near to it opens anything', () => {
    const { key } = storefront
    const { id } = storefront.record
    const mixed = `plk_${id}_${partner.key.slice(-43)}`
    const near = [
      '',
      ' ',
      'plk_',
      key.slice(0, -1),
      `${key}A`,
      `${key}\n`,
      ` ${key}`,
      `${key} `,
      key.toUpperCase(),
      key.replace('plk', 'PLK'),
      `Bearer ${key}`,
      mixed,
      `plk_${id}_`,
      `plk_${id}_${'A'.repeat(43)}`,
      `${key}${'x'.repeat(1_000_000)}`,
      'plk___proto___',
      'constructor',
    ]
    for (const presented of near) assert.equal(index.find(presented), undefined, presented.slice(0, 80))
  })

  test('with any one character changed opens nothing', () => {
    const position = fc.nat({ max: storefront.key.length - 1 })
    fc.assert(
      fc.property(position, fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const changed = storefront.key.slice(0, at) + character + storefront.key.slice(at + 1)
        if (changed !== storefront.key) assert.equal(index.find(changed), undefined)
      }),
      { numRuns: 5_000 },
    )
  })

  test('is compared with as many bytes as every other, known or not', () => {
    // The comparison throws where lengths differ; a damaged record is no way in, and no error either.
    for (const hash of [
      '',
      'ab',
      'zz'.repeat(32),
      storefront.record.hash.slice(2),
      `${storefront.record.hash}00`,
    ]) {
      const damaged = createApiKeyIndex([{ ...storefront.record, hash }])
      assert.equal(damaged.find(storefront.key), undefined)
      assert.equal(damaged.find('plk_'), undefined)
    }
  })
})
