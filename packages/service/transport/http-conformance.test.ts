import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { defineContract } from '@plimsoll/contract'
import { z } from 'zod'
import { implement } from '../implement.ts'
import { openTown } from '../testing/town.ts'
import { open, send, type RawRequest } from '../testing/wire.ts'

/** One case of the HTTP parser that Node is built on: the bytes of one or several requests, and whether they are any. */
interface RequestCase {
  readonly f: string
  readonly body: string
  readonly exp: 'ok' | 'error'
  readonly reason?: string
}

const root = resolve(import.meta.dirname, '../../..')
const corpus = resolve(root, process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus')
const file = resolve(corpus, 'llhttp/request-cases.json')
const skip = existsSync(file) ? false : `there is no ${file}`
const mostCases = 1_000

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const
/** As many addresses of a case's own as a contract may have. */
const mostAddresses = 150
const address = /^(GET|POST|PUT|DELETE|PATCH) (\/[A-Za-z0-9._~/-]*)(?:\?\S*)? HTTP\/1\.1\r?$/

/** An operation at every address that a case asks for, and in it anything goes, so that nothing but HTTP itself refuses a case. */
function welcoming(cases: readonly RequestCase[]) {
  const asked = cases.flatMap(({ body }) => body.split('\n').map((line) => address.exec(line)))
  const addresses = new Set(asked.flatMap((match) => (match === null ? [] : [`${match[1]} ${match[2]}`])))
  for (const method of methods) addresses.add(`${method} /`)
  const anything = {
    input: z.looseObject({}),
    output: z.object({}),
    access: 'public',
    deadline: '1s',
  } as const
  const operations = [...addresses]
    .filter((http) => !/\/\/|\/\.{1,2}(\/|$)|\S\/$/.test(http))
    .slice(0, mostAddresses)
    .map((http, at) => [`operation${at}`, { ...anything, http: http as `GET /${string}` }] as const)
  return defineContract({ name: 'welcoming', version: '1.0.0', operations: Object.fromEntries(operations) })
}

async function openWelcoming(test: TestContext, cases: readonly RequestCase[]) {
  const contract = welcoming(cases)
  const names = Object.keys(contract.operations)
  const served: string[] = []
  const serve = (name: string) => {
    served.push(name)
    return {}
  }
  const operations = Object.fromEntries(names.map((name) => [name, () => serve(name)]))
  const town = await openTown(test)
  const { address } = await town.serve(implement(contract, { operations }))
  for (const name of names) town.allow(`welcoming.${name}`, 'service/pricing')
  const credentials = town.credentials('service', 'pricing')
  return { target: { address, service: 'welcoming', credentials }, served }
}

test('no bytes that are no request are answered as one', { skip }, async (test) => {
  const cases = read()
  const { target, served } = await openWelcoming(test, cases)
  const refused = cases.filter(({ exp }) => exp === 'error').flatMap(variants)
  const accepted = cases.filter(({ exp }) => exp === 'ok').flatMap(variants)
  let answered = 0
  await eachOf(refused, async ({ f, body, reason }) => {
    const received = await sendRaw(target, body)
    const welcomed = statusesOf(received).filter((status) => status < 300)
    assert.deepEqual(welcomed, [], `${f}: ${reason ?? ''}\n${JSON.stringify(body)}\n${received}`)
  })
  await eachOf(accepted, async ({ body }) => {
    const received = await sendRaw(target, body)
    if (statusesOf(received).some((status) => status < 300)) answered += 1
    assert.doesNotMatch(received, /HTTP\/1\.1 500|HPE_|node:|\bat \S+ \(/)
  })
  test.diagnostic(
    `${refused.length} refused; of ${accepted.length} others ${answered} were answered with 2xx`,
  )
  assert.ok(answered > 0 && served.length > 0)
  assert.equal((await send({ ...target, path: '/', method: 'GET', body: '' })).status, 200)
})

function read(): readonly RequestCase[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as RequestCase[]).slice(0, mostCases)
}

/** The case as it is, and with what is asked of everybody here, so that it is not refused for the lack of that. */
function variants(one: RequestCase): readonly RequestCase[] {
  const [line = '', ...rest] = one.body.split('\r\n')
  const type = /content-type:/i.test(one.body) ? [] : ['Content-Type: application/json']
  const host = /\r\nhost:/i.test(one.body) ? [] : ['Host: welcoming']
  return [one, { ...one, body: [line, ...host, ...type, ...rest].join('\r\n') }]
}

/** Sends bytes as they are, and gives all that comes back until the other side closes or is silent. */
async function sendRaw(
  target: Pick<RawRequest, 'address' | 'service' | 'credentials'>,
  body: string,
): Promise<string> {
  const socket = await open(target)
  return await new Promise((resolve) => {
    let received = ''
    const timer = setTimeout(() => socket.destroy(), 300)
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      timer.refresh()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(received)
    })
    socket.write(Buffer.from(body, 'latin1'))
  })
}

function statusesOf(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
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
