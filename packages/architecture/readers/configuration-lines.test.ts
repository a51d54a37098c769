import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configurationLines, mayCallOutside } from './configuration-lines.ts'

test('keys are told from values, with the line; comments say nothing', () => {
  const lines = configurationLines(
    '# db: x\nurl: "http://cart"  # old\n\n- name = cart\n// x\nproxy_pass http://cart;\n',
  )
  assert.deepEqual(lines, [
    { name: 'url', text: 'http://cart', line: 2 },
    { name: 'name', text: 'cart', line: 4 },
    { text: 'proxy_pass http://cart;', line: 6 },
  ])
})

test('a variable of nginx stands for what it was set to', () => {
  const [, line] = configurationLines('set $up cart;\nproxy_pass http://$up:8080;\n')
  assert.equal(line?.text, 'proxy_pass http://cart:8080;')
  const [inOneLine] = configurationLines('location / { set $up cart; proxy_pass http://${up}; }')
  assert.match(inOneLine?.text ?? '', /http:\/\/cart;/)
})

test('an address outside is called at a key and by a proxy, and not in a sentence', () => {
  const called = ['url: https://pay.shop.io', 'proxy_pass https://pay.shop.io;', 'server pay.shop.io:443;']
  for (const text of called) assert.ok(configurationLines(text).every(mayCallOutside), text)
  assert.ok(!configurationLines('read https://pay.shop.io first').some(mayCallOutside))
})

test('a file of hostile length is read in bounded time', () => {
  for (const piece of ['a: b\n', 'set $a b;', '{', '$a', ' #'])
    assert.ok(configurationLines(`set $a b;\n${piece.repeat(300_000)}`).length <= 10_000)
})
