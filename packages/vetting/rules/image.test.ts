import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { isMoving, parseImage } from './image.ts'

const digest = 'sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1'

suite('the reference of an image', () => {
  test('is latest where neither tag nor digest is written', () => {
    assert.deepEqual(parseImage('mongo'), { repository: 'mongo', tag: 'latest' })
    assert.deepEqual(parseImage(`mongo@${digest}`), { repository: 'mongo', digest })
  })

  test('has a registry only where its first part is a host, and a port is no tag', () => {
    assert.deepEqual(parseImage('registry.example:5000/shop/cart'), {
      registry: 'registry.example:5000',
      repository: 'shop/cart',
      tag: 'latest',
    })
    assert.deepEqual(parseImage('shop/cart:1.4'), { repository: 'shop/cart', tag: '1.4' })
    assert.equal(parseImage('localhost/cart:1.4').registry, 'localhost')
  })

  test('keeps tag and digest apart', () => {
    assert.deepEqual(parseImage(`shop/cart:1.4@${digest}`), { repository: 'shop/cart', tag: '1.4', digest })
  })

  test('has no tag that is known where a variable decides', () => {
    assert.equal(parseImage('shop/cart:${VERSION}').tag, undefined)
  })

  test('moves under latest and its like, with or without a variant', () => {
    assert.equal(isMoving('latest'), true)
    assert.equal(isMoving('latest-alpine'), true)
    assert.equal(isMoving('1.4-alpine'), false)
  })
})
