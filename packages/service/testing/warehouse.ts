import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineContract, file, stream } from '@plimsoll/contract'
import { z } from 'zod'
import { implement } from '../implement.ts'

const count = z.object({ number: z.int().min(0) })
const name = z.string().max(40)
const type = 'application/octet-stream'
const common = { access: 'public', deadline: '20s' } as const

const instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
const binary = z.codec(z.base64().max(1_000), z.instanceof(Uint8Array), {
  decode: (text) => Uint8Array.fromBase64(text),
  encode: (bytes) => bytes.toBase64(),
})
const integer = z.codec(
  z
    .string()
    .max(1_000)
    .regex(/^-?(?:0|[1-9]\d*)$/),
  z.bigint(),
  { decode: BigInt, encode: String },
)
/** Values that JSON has not. */
const values = z.object({ at: instant, bytes: binary, cents: integer })

/** Every way in which an operation can take and give more than comes at once, for the tests of this package. */
export const warehouse = defineContract({
  name: 'warehouse',
  version: '1.0.0',
  operations: {
    find: {
      http: 'GET /stock/{sku}',
      input: z.object({ sku: name, shelf: z.int().optional(), tags: z.array(name).max(5).optional() }),
      output: z.object({ sku: name, shelf: z.int(), tags: z.array(name) }),
      errors: { UNKNOWN_SKU: { status: 404, data: z.object({ sku: name }) } },
      ...common,
    },
    mirror: { http: 'POST /values', input: values, output: values, ...common },
    counts: {
      http: 'GET /counts',
      input: z.object({ to: z.int().min(0) }),
      output: stream(count, { idle: '20s', longest: '1m' }),
      errors: { TOO_MANY: { status: 422, data: z.object({ most: z.int() }) } },
      ...common,
    },
    endless: {
      http: 'GET /endless',
      input: z.object({}),
      output: stream(z.object({ number: z.int(), text: z.string().max(2_000) }), { idle: '30s' }),
      ...common,
    },
    stuck: { http: 'GET /stuck', input: z.object({}), output: stream(count, { idle: '100ms' }), ...common },
    brief: {
      http: 'GET /brief',
      input: z.object({}),
      output: stream(count, { idle: '300ms', longest: '300ms' }),
      ...common,
    },
    broken: { http: 'GET /broken', input: z.object({}), output: stream(count), ...common },
    misfit: { http: 'GET /misfit', input: z.object({}), output: stream(count), ...common },
    total: {
      http: 'POST /totals',
      input: stream(count, { idle: '20s', longest: '1m', maxItemBytes: 200 }),
      output: z.object({ total: z.int() }),
      ...common,
    },
    doubles: {
      http: 'POST /doubles/{factor}',
      input: stream(count, { head: z.object({ factor: z.int() }) }),
      output: stream(count),
      ...common,
    },
    upload: {
      http: 'PUT /files/{name}',
      input: file({ types: [type, 'image/png'], maxBytes: 2 ** 31, head: z.object({ name }) }),
      output: z.object({ name, type: z.string(), size: z.int(), digest: z.string() }),
      ...common,
    },
    small: {
      http: 'POST /small',
      input: file({ types: [type], maxBytes: 1_000 }),
      output: z.object({ size: z.int() }),
      ...common,
    },
    download: {
      http: 'GET /files/{name}',
      input: z.object({ name, size: z.int().min(0), said: z.boolean().default(true) }),
      output: file({ types: [type], maxBytes: 2 ** 31 }),
      ...common,
    },
  },
})

/** What a test sees of the handlers. */
export interface Gauge {
  /** Items that `endless` has made. */
  made: number
  /** Handlers of `endless` that were told to stop. */
  stopped: number
}

export function warehouseService(gauge: Gauge = { made: 0, stopped: 0 }) {
  return implement(warehouse, {
    operations: {
      find: ({ sku, shelf = 1, tags = [] }, { fail }) =>
        sku === 'Z9' ? fail('UNKNOWN_SKU', { sku }) : { sku, shelf, tags },
      mirror({ at, bytes, cents }) {
        if (!(at instanceof Date) || !(bytes instanceof Uint8Array) || typeof cents !== 'bigint')
          throw new TypeError('the input is not what the contract says')
        return { at, bytes, cents }
      },
      counts: ({ to }, { fail }) => (to > 1_000_000 ? fail('TOO_MANY', { most: 1_000_000 }) : countTo(to)),
      async *endless() {
        const text = 'x'.repeat(1_000)
        try {
          for (let number = 0; ; number += 1) {
            gauge.made += 1
            yield { number, text }
          }
        } finally {
          gauge.stopped += 1
        }
      },
      async *stuck(_input, { signal }) {
        yield { number: 0 }
        await sleep(60_000, undefined, { signal, ref: false })
      },
      async *brief(_input, { signal }) {
        for (let number = 0; ; number += 1) {
          yield { number }
          await sleep(20, undefined, { signal })
        }
      },
      async *broken() {
        yield { number: 0 }
        yield { number: 1 }
        throw new Error('password=hunter2')
      },
      async *misfit() {
        yield { number: 0 }
        yield { number: -1 }
      },
      async total({ items }) {
        let total = 0
        for await (const { number } of items) total += number
        return { total }
      },
      doubles: ({ factor, items }) => multiply(items, factor),
      upload: async ({ name, file: { type, bytes } }) => ({ name, type, ...(await digested(bytes)) }),
      async small({ file: { bytes } }) {
        let size = 0
        for await (const piece of bytes) size += piece.length
        return { size }
      },
      download: ({ size, said }) => ({ type, ...(said ? { size } : {}), bytes: zeros(size) }),
    },
  })
}

async function digested(bytes: AsyncIterable<Uint8Array>): Promise<{ size: number; digest: string }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    hash.update(piece)
  }
  return { size, digest: hash.digest('hex') }
}

async function* countTo(to: number): AsyncGenerator<{ number: number }> {
  for (let number = 0; number < to; number += 1) yield { number }
}

async function* multiply(items: AsyncIterable<{ number: number }>, factor: number) {
  for await (const { number } of items) yield { number: number * factor }
}

/** So many bytes, made while they are taken. */
export async function* zeros(size: number): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(262_144)
  for (let left = size; left > 0; left -= piece.length)
    yield left < piece.length ? piece.subarray(0, left) : piece
}
