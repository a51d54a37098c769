import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { formatAddress, longestSocketPath, parseAddress } from './address.ts'

suite('an address', () => {
  test('is a host with a port, or a Unix socket, and comes back as it was', () => {
    for (const text of ['127.0.0.1:4000', '[::1]:65535', 'unix:/run/plimsoll/1f/catalog/0.sock']) {
      const place = parseAddress(text)
      assert.ok(place !== undefined)
      assert.equal(formatAddress(place), text)
    }
  })

  test('is none where it leaves its folder, is relative, or is too long for a socket', () => {
    const none = [
      '',
      'unix:',
      'unix:catalog.sock',
      'unix:/run/../etc/passwd',
      'unix:/run/./x',
      'unix:/run//x',
      'unix:/run/x/',
      'unix:/run/x\0y',
      'unix:/run/a b',
      `unix:/${'x'.repeat(longestSocketPath)}`,
      '127.0.0.1:0',
      '127.0.0.1:65536',
      'evil example:1',
    ]
    for (const text of none) assert.equal(parseAddress(text), undefined, text)
  })
})
