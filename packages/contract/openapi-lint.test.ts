import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import * as z from 'zod'
import { file, stream } from './body.ts'
import { personal } from './classification.ts'
import { defineContract } from './define.ts'
import { describeContract } from './describe.ts'
import { openApi } from './openapi.ts'

const linter = resolve(import.meta.dirname, '../../benchmarks/peers/node_modules/@redocly/cli/bin/cli.js')
const skip = existsSync(linter) ? false : 'the linter is installed with the peers: npm run bench -- calls'

const text = z.string().max(40)
const tree = z.object({
  name: text,
  get children() {
    return z.array(tree).max(10)
  },
})
const common = { access: 'consumers', scopes: ['stock'], deadline: '1s' } as const

/** Everything that a contract can have. */
const stock = defineContract({
  name: 'stock',
  version: '1.0.0',
  operations: {
    find: {
      http: 'GET /stock/{sku}',
      summary: 'What is there of one article',
      input: z.object({ sku: text, shelf: z.int().optional(), tags: z.array(text).optional() }),
      output: z.object({ sku: text, by: personal(z.string()), at: z.iso.datetime(), tree }),
      errors: { UNKNOWN_SKU: { status: 404, data: z.object({ sku: text }) }, GONE: { status: 404 } },
      ...common,
    },
    order: {
      input: z.object({
        kind: z.discriminatedUnion('is', [
          z.object({ is: z.literal('a') }),
          z.object({ is: z.literal('b'), n: z.int() }),
        ]),
      }),
      output: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
      errors: { OUT_OF_STOCK: { status: 409 } },
      ...common,
    },
    watch: {
      http: 'GET /watch',
      input: z.object({}),
      output: stream(z.object({ sku: text })),
      access: 'public',
      deadline: '1s',
    },
    count: {
      http: 'POST /counts/{room}',
      input: stream(z.object({ sku: text }), { head: z.object({ room: text }) }),
      output: z.object({ total: z.int() }),
      ...common,
    },
    picture: {
      http: 'PUT /pictures/{sku}',
      input: file({ types: ['image/png', 'image/jpeg'], maxBytes: 1_000_000, head: z.object({ sku: text }) }),
      output: file({ types: ['image/png'], maxBytes: 1_000_000 }),
      ...common,
    },
    move: { input: z.object({}), output: z.object({}), access: 'services', deadline: '1s' },
  },
})

test('a strict linter finds nothing in an OpenAPI document', { skip }, async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-lint-'))
  test.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'openapi.json')
  const document = openApi(describeContract(stock), { serverUrl: 'https://api.example', internal: true })
  await writeFile(path, JSON.stringify(document))
  assert.deepEqual(await findings(path), [])
  // And it does find something where there is something.
  const paths = { '/stock/{sku}': { get: { responses: {} } } }
  await writeFile(path, JSON.stringify({ ...document, paths }))
  assert.ok((await findings(path)).includes('path-parameters-defined'))
})

/** Ids of the rules that a document breaks. */
async function findings(path: string): Promise<readonly string[]> {
  const options = ['lint', path, '--extends=recommended-strict', '--format=json']
  const environment = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const run = promisify(execFile)(process.execPath, [linter, ...options], {
    env: environment,
    maxBuffer: 2 ** 24,
  })
  // It ends with 1 where it has found something.
  const { stdout } = await run.catch((thrown: { readonly stdout: string }) => thrown)
  const { problems } = JSON.parse(stdout) as { readonly problems: readonly { readonly ruleId: string }[] }
  return problems.map(({ ruleId }) => ruleId)
}
