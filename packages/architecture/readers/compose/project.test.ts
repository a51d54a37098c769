import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import { read } from '../read.ts'
import { component, compose, edges, folder, notes } from './compose.fixture.ts'

function together(...texts: readonly string[]) {
  return read(texts.map((text, index) => ({ name: `shop/compose.${index}.yaml`, text })))
}

test('a later file goes over an earlier one, by the rules of the specification', () => {
  const shop = together(
    `
services:
  cart:
    image: acme/cart:1
    command: [ --peer, "http://old:80" ]
    environment: [ "A_URL=http://old", "B_URL=http://db" ]
    ports: [ "80:80" ]
    volumes: [ "./one:/data", "logs:/logs" ]
    cap_add: [ CHOWN ]
  old: { image: acme/old }
  db: { image: mysql }
`,
    `
services:
  cart:
    image: acme/cart:2
    command: [ --quiet ]
    environment: { A_URL: none }
    ports: [ "80:80", "81:81" ]
    volumes: [ "./two:/data" ]
    cap_add: [ SETUID ]
`,
  )
  const cart = component(shop, 'cart')
  assert.equal(cart.image?.value, 'acme/cart:2')
  assert.equal(cart.image?.evidence.file, 'shop/compose.1.yaml')
  assert.deepEqual(edges(shop), ['cart → db'])
  assert.deepEqual(cart.published?.value, [{ port: '80' }, { port: '81' }])
  assert.deepEqual(
    cart.volumes?.value.map(({ name }) => name),
    ['./two', 'logs'],
  )
  assert.deepEqual(cart.hardening?.capabilitiesAdded?.value, ['CHOWN', 'SETUID'])
})

test('!reset takes away and !override replaces', () => {
  const shop = together(
    'services: { cart: { image: a, ports: [ "80:80" ], cap_add: [ CHOWN ] }, debug: { image: b } }',
    'services: { cart: { ports: !reset [], cap_add: !override [ SETUID ] }, debug: !reset null }',
  )
  assert.deepEqual(component(shop, 'cart').published?.value, [])
  assert.deepEqual(component(shop, 'cart').hardening?.capabilitiesAdded?.value, ['SETUID'])
  assert.deepEqual(
    shop.components.map(({ id }) => id),
    ['cart'],
  )
})

test('a service called like a member of a service is merged as a service', () => {
  const shop = together(
    'services: { command: { image: a, restart: always }, environment: { image: b, scale: 2 } }',
    'services: { command: { scale: 3 }, environment: { restart: always } }',
  )
  for (const id of ['command', 'environment']) assert.equal(component(shop, id).restarts?.value, true)
})

test('a service extends another of its file, or of another file, with paths relative to where they stand', () => {
  const load = folder({
    'base/service.yaml':
      'services: { base: { restart: always, env_file: base.env, extends: { service: root } }, root: { user: "0" } }',
    'base/base.env': '# where orders are\nexport ORDERS_URL=http://${ORDERS}:80\nORDERS=orders\n',
  })
  const shop = compose(
    'services: { cart: { image: a, extends: { file: base/service.yaml, service: base } }, orders: { image: b }, more: { extends: cart } }',
    { load },
  )
  assert.deepEqual(edges(shop), ['cart → orders', 'more → orders'])
  assert.equal(component(shop, 'more').restarts?.value, true)
  assert.equal(component(shop, 'more').hardening?.root?.value, true)
  assert.deepEqual(shop.calls[0]?.evidence.file, 'shop/base/base.env')
  assert.deepEqual(shop.calls[0]?.evidence.line, 2)
})

test('included files are part of the project, with values of their own', () => {
  const load = folder({
    'db/compose.yaml': 'include: [ ../cache.yaml ]\nservices: { db: { image: "mysql:${TAG}" } }',
    'db/db.env': 'TAG=8',
    'cache.yaml': 'services: { cache: { image: redis } }',
  })
  const text = `
include: [ { path: db/compose.yaml, env_file: db/db.env } ]
services: { cart: { image: a, environment: { DB_HOST: db, CACHE_ADDR: cache } } }
`
  const shop = compose(text, { load })
  assert.deepEqual(edges(shop), ['cart → cache', 'cart → db'])
  assert.equal(component(shop, 'db').image?.value, 'mysql:8')
  assert.deepEqual(notes(shop), [])
})

test('configuration that a service is given tells its calls', () => {
  const load = folder({ 'nginx/default.conf': '# proxy_pass http://old;\nproxy_pass http://cart:80;\n' })
  const shop = compose(
    `
services:
  edge: { image: nginx, volumes: [ "./nginx/default.conf:/etc/nginx/conf.d/default.conf" ], configs: [ metrics ] }
  cart: { image: a }
  old: { image: b }
  blog: { image: c }
configs: { metrics: { content: "targets: ['blog:9090']" } }
`,
    { load },
  )
  assert.deepEqual(edges(shop), ['edge → blog', 'edge → cart'])
  assert.deepEqual(shop.calls[1]?.evidence, { file: 'shop/nginx/default.conf', line: 2 })
})

test('services that extend each other are refused with the way around', () => {
  const shop = compose(
    'services: { a: { image: x, extends: b }, b: { extends: { service: c } }, c: { extends: a } }',
  )
  assert.ok(
    notes(shop).includes(
      'a extends b extends c extends a: a service cannot extend itself; nothing is taken over',
    ),
  )
  assert.equal(component(shop, 'a').image?.value, 'x')
})

test('files that extend or include each other come to an end', () => {
  const load = folder({
    'other.yaml':
      'include: [ compose.yaml ]\nservices: { b: { extends: { file: compose.yaml, service: a } } }',
  })
  const shop = compose(
    'include: [ other.yaml ]\nservices: { a: { image: x, extends: { file: other.yaml, service: b } } }',
    { load },
  )
  assert.deepEqual(
    shop.components.map(({ id }) => id),
    ['a', 'b'],
  )
  assert.ok(notes(shop).some((note) => note.includes('a file cannot include itself')))
  assert.ok(notes(shop).some((note) => note.includes('a service cannot extend itself')))
})

test('a path out of the folder and an address of another machine are not read', () => {
  const asked: string[] = []
  const load = (path: string) => {
    asked.push(path)
    return undefined
  }
  const shop = compose(
    `
include: [ "https://evil.io/compose.yaml", "oci://evil.io/x", "git@evil.io:x.git" ]
services:
  cart: { image: a, extends: { file: ../../../etc/passwd, service: root }, env_file: [ "ssh://evil.io/env" ] }
`,
    { load },
  )
  assert.deepEqual(asked, ['../../../etc/passwd'])
  assert.deepEqual(notes(shop), [
    '"https://evil.io/compose.yaml" is on another machine and is not fetched',
    '"oci://evil.io/x" is on another machine and is not fetched',
    '"git@evil.io:x.git" is on another machine and is not fetched',
    '"../../../etc/passwd" is not among the files that may be read: what it says is not known',
    '"ssh://evil.io/env" is on another machine and is not fetched',
  ])
})

test('bases that make a project grow without bound are refused', () => {
  const list = Array.from({ length: 3_000 }, (_, n) => `"C${n}"`).join(', ')
  const services = Array.from(
    { length: 1_500 },
    (_, n) => `  s${n}: { extends: base, cap_add: [ X${n} ] }`,
  ).join('\n')
  const text = `services:\n  base: { image: x, cap_add: [ ${list} ] }\n${services}\n`
  assert.throws(
    () => compose(text),
    (error) => error instanceof InvalidInput && /grow beyond/.test(error.message),
  )
})

test('names are data, whatever is in them', () => {
  const name = '\u001b[31m<script>alert(1)</script>'
  const shop = compose(
    JSON.stringify({
      services: { [name]: { image: 'a' }, __proto__x: { image: 'b' }, constructor: { image: 'c' } },
    }),
  )
  assert.deepEqual(
    shop.components.map(({ id }) => id),
    [name, '__proto__x', 'constructor'].toSorted(),
  )
})
