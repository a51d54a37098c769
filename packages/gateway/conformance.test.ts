import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { defineContract, describeContract } from '@plimsoll/contract'
import { z } from 'zod'
import { ask, sendRaw, statusesOf } from './consumer.fixture.ts'
import { openShop, type Shop } from './shop.fixture.ts'

/** One case of the HTTP parser that Node is built on: the bytes of one or several requests, and whether they are any. */
interface RequestCase {
  readonly f: string
  readonly body: string
  readonly exp: 'ok' | 'error'
  readonly reason?: string
}

const root = resolve(import.meta.dirname, '../..')
const corpus = resolve(root, process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus')
const file = resolve(corpus, 'llhttp/request-cases.json')
const skip = existsSync(file) ? false : `there is no ${file}`

/** Anybody may send nearly anything to these addresses, so that nothing but HTTP itself refuses a case. */
const open = { input: z.looseObject({}), output: z.object({}), access: 'public', deadline: '1s' } as const
const welcoming = defineContract({
  name: 'pricing',
  version: '1.0.0',
  operations: Object.fromEntries(
    [
      'GET /',
      'POST /',
      'GET /url',
      'PUT /url',
      'POST /url',
      'GET /demo',
      'POST /demo',
      'POST /hello',
      'GET /bye',
    ]
      .concat([
        'POST /chunked_w_unicorns_after_length',
        'POST /post_identity_body_world',
        'GET /music/sweet/music',
      ])
      .map((http, at) => [`operation${at}`, { ...open, http: http as `GET /${string}` }]),
  ),
})

let shop: Shop

before(async () => {
  shop = await openShop({
    configure: (configuration) => ({ ...configuration, contracts: [describeContract(welcoming)] }),
    answer: async () => ({ ok: true, output: {} }),
  })
})
after(() => shop[Symbol.asyncDispose]())

test('no bytes that are no request are answered as one', { skip }, async () => {
  const cases = (JSON.parse(readFileSync(file, 'utf8')) as RequestCase[]).slice(0, 1_000)
  const refused = cases.filter(({ exp }) => exp === 'error').flatMap(variants)
  assert.ok(refused.length > 60)
  await eachOf(refused, async ({ f, body, reason }) => {
    const received = await sendRaw(shop, body)
    const welcomed = statusesOf(received).filter((status) => status >= 200 && status < 300)
    assert.deepEqual(welcomed, [], `${f}: ${reason ?? ''}\n${JSON.stringify(body)}\n${received}`)
  })
  assert.equal((await ask(shop, 'GET /healthz')).status, 200)
})

test('whatever is sent, the gateway goes on and tells nothing of its inside', { skip }, async () => {
  const cases = (JSON.parse(readFileSync(file, 'utf8')) as RequestCase[]).slice(0, 1_000)
  await eachOf(cases.flatMap(variants), async ({ body }) => {
    assert.doesNotMatch(await sendRaw(shop, body), /HTTP\/1\.1 500|HPE_|node:|\bat \S+ \(/)
  })
  assert.equal((await ask(shop, 'GET /healthz')).status, 200)
})

/** The case as it is, and with what this gateway asks of everybody, so that it is not refused for the lack of that. */
function variants(one: RequestCase): readonly RequestCase[] {
  const [line = '', ...rest] = one.body.split('\r\n')
  const type = /content-type:/i.test(one.body) ? [] : ['Content-Type: application/json']
  const host = /\r\nhost:/i.test(one.body) ? [] : ['Host: localhost']
  return [one, { ...one, body: [line, ...host, ...type, ...rest].join('\r\n') }]
}

/** Several at a time, because most of a case is waiting for nothing more to come. */
async function eachOf(
  cases: readonly RequestCase[],
  check: (one: RequestCase) => Promise<void>,
): Promise<void> {
  const queue = [...cases]
  const worker = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await check(one)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}
