import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import type { ExternalUse } from '@plimsoll/contract'
import * as fc from 'fast-check'
import { Deadline } from './deadline.ts'
import { CallFailure, CallRefusal, WorkloadFailure, type CallFailureCode } from './errors.ts'
import { createExternalFetch, resolveBelow } from './external.ts'

const use: ExternalUse = {
  kind: 'external',
  alias: 'provider',
  external: 'payment-provider',
  attempts: 3,
  timeoutMs: 500,
  optional: false,
  sends: [],
}
const failure = (code: CallFailureCode) => (thrown: unknown) =>
  thrown instanceof CallFailure && thrown.code === code

async function openProvider(
  test: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a path is asked below the address of the architecture, without any header of Plimsoll', async (test) => {
  const seen: { url: string | undefined; headers: IncomingMessage['headers'] }[] = []
  const url = await openProvider(test, ({ url, headers }, response) => {
    seen.push({ url, headers })
    response.end('{"paid":true}')
  })
  const fetch = createExternalFetch({ use, url: `${url}/v1` })
  const headers = { 'plimsoll-subject': 'c3RvcmVmcm9udA', 'Plimsoll-Deadline': '5', 'idempotency-key': '7' }
  const response = await fetch(
    '/charges?currency=EUR',
    { method: 'POST', headers, body: '{}' },
    new Deadline(1_000),
  )
  assert.deepEqual(await response.json(), { paid: true })
  assert.equal(seen[0]?.url, '/v1/charges?currency=EUR')
  assert.equal(seen[0].headers['idempotency-key'], '7')
  assert.deepEqual(
    Object.keys(seen[0].headers).filter((name) => name.startsWith('plimsoll')),
    [],
  )
})

const escapes = [
  '//evil.example/',
  '/\\evil.example',
  'https://evil.example/',
  '@evil.example/',
  '',
  'charges',
  '/../admin',
  '/charges/../../admin',
  '/charges/..',
  '/%2e%2e/admin',
  '/.%2E/admin',
  '/%252e%252e/admin',
  '/charges/..%2fadmin',
  '/charges/..%5cadmin',
  '/\t/evil.example',
  '/\n/evil.example',
  '/charges#fragment',
  '/charges x',
]
for (const path of escapes)
  test(`the path ${JSON.stringify(path)} is refused before anything is sent`, () => {
    const resolve = () => resolveBelow(new URL('https://pay.example/v1'), path, 'payment-provider')
    assert.throws(resolve, (thrown) => thrown instanceof CallRefusal && thrown.code === 'EXTERNAL_PATH')
  })

test('whatever the path, what is asked lies below the address', () => {
  const base = new URL('https://pay.example/v1/')
  const piece = fc.constantFrom(
    '/',
    '.',
    '..',
    '%2e',
    '%2f',
    '%5c',
    '\\',
    '@',
    ':',
    '?',
    '#',
    'a',
    'evil.example',
    '\t',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        const url = resolveBelow(base, `/${pieces.join('')}`, 'payment-provider')
        assert.equal(url.origin, base.origin)
        assert.ok(url.pathname.startsWith('/v1/'))
        assert.doesNotMatch(decodeURIComponent(url.pathname), /(^|[/\\])\.\.?([/\\]|$)/)
      } catch (thrown) {
        assert.ok(thrown instanceof CallRefusal)
      }
    }),
    { numRuns: 2_000 },
  )
})

for (const url of [
  undefined,
  'pay.example',
  'file:///etc',
  'https://user:pass@pay.example',
  'https://pay.example?x=1',
])
  test(`${url ?? 'no address'} is no address of an external`, () => {
    assert.throws(
      () => createExternalFetch({ use, url }),
      (thrown) => {
        assert.ok(thrown instanceof WorkloadFailure)
        assert.equal(thrown.code, 'EXTERNAL_ADDRESS')
        assert.equal(thrown.place?.field, 'externals.payment-provider.url')
        return true
      },
    )
  })

test('a redirect is not followed, even if the caller asks for it', async (test) => {
  let visited = false
  const elsewhere = await openProvider(test, (_request, response) => {
    visited = true
    response.end()
  })
  const url = await openProvider(test, (_request, response) => {
    response.writeHead(302, { location: elsewhere }).end()
  })
  const fetch = createExternalFetch({ use: { ...use, attempts: 1 }, url })
  await assert.rejects(fetch('/', { redirect: 'follow' }, new Deadline(1_000)), failure('UNAVAILABLE'))
  assert.equal(visited, false)
})

test('a body that is too large fails while it is read', async (test) => {
  const url = await openProvider(test, (_request, response) => {
    response.write('x'.repeat(600))
    response.end('x'.repeat(600))
  })
  const response = await createExternalFetch({ use, url, maxBytes: 1_000 })(
    '/',
    undefined,
    new Deadline(1_000),
  )
  await assert.rejects(response.text(), failure('INVALID_OUTPUT'))
})

test('an answer without a body passes', async (test) => {
  const url = await openProvider(test, (_request, response) => void response.writeHead(204).end())
  const response = await createExternalFetch({ use, url })('/', { method: 'DELETE' }, new Deadline(1_000))
  assert.equal(response.status, 204)
})

for (const [method, attempts] of [
  ['GET', 3],
  ['PUT', 3],
  ['POST', 1],
] as const)
  test(`${method} is tried ${attempts} times where the connection breaks`, async (test) => {
    let calls = 0
    const url = await openProvider(test, (request) => {
      calls += 1
      request.socket.destroy()
    })
    const body = method === 'GET' ? {} : { body: '{}' }
    const call = createExternalFetch({ use, url })('/', { method, ...body }, new Deadline(2_000))
    await assert.rejects(call, failure('UNAVAILABLE'))
    assert.equal(calls, attempts)
  })

test('a POST with an idempotency key is tried again, with the same key; an empty key is none', async (test) => {
  const keys: unknown[] = []
  const url = await openProvider(test, (request) => {
    keys.push(request.headers['idempotency-key'])
    request.socket.destroy()
  })
  const fetch = createExternalFetch({ use, url })
  const post = (key: string) =>
    fetch('/', { method: 'POST', headers: { 'idempotency-key': key }, body: '{}' }, new Deadline(2_000))
  await assert.rejects(post('order-42'), failure('UNAVAILABLE'))
  assert.deepEqual(keys, ['order-42', 'order-42', 'order-42'])
  await assert.rejects(post(''), failure('UNAVAILABLE'))
  assert.equal(keys.length, 4)
})

test('an external that is down is asked at most a tenth more often than there are calls', async (test) => {
  let asked = 0
  const url = await openProvider(test, (request) => {
    asked += 1
    request.socket.destroy()
  })
  const fetch = createExternalFetch({ use, url })
  for (let call = 0; call < 50; call += 1)
    await assert.rejects(fetch('/', undefined, new Deadline(10_000)), failure('UNAVAILABLE'))
  assert.ok(asked >= 60 && asked <= 65, String(asked))
})

test('a call ends at its timeout, at the deadline of the operation, and when it is cancelled', async (test) => {
  const url = await openProvider(test, () => undefined)
  const begun = performance.now()
  const fetch = createExternalFetch({ use: { ...use, timeoutMs: 50 }, url })
  await assert.rejects(fetch('/', undefined, new Deadline(5_000)), failure('DEADLINE_EXCEEDED'))
  const patient = createExternalFetch({ use: { ...use, timeoutMs: 5_000 }, url })
  const deadline = new Deadline(5_000)
  const ending = patient('/', undefined, deadline)
  deadline.end(new CallFailure('DEADLINE_EXCEEDED', 'the deadline has passed', { target: 'payments.charge' }))
  await assert.rejects(ending, failure('DEADLINE_EXCEEDED'))
  const cancelled = patient('/', { signal: AbortSignal.abort() }, new Deadline(5_000))
  await assert.rejects(cancelled, failure('CANCELLED'))
  assert.ok(performance.now() - begun < 4_000)
})
