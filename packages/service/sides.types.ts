// What must not compile. The compiler fails where an expectation here is not met; nothing of this file runs.
import { defineContract, file, stream } from '@plimsoll/contract'
import * as z from 'zod'
import { implement } from './implement.ts'

const item = z.object({ sku: z.string() })
const common = { access: 'services', deadline: '1s' } as const
const instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})

const stock = defineContract({
  name: 'stock',
  version: '1.0.0',
  operations: {
    watch: { input: z.object({}), output: stream(item), ...common },
    count: {
      input: stream(item, { head: z.object({ room: z.string() }) }),
      output: z.object({ total: z.int() }),
      ...common,
    },
    picture: {
      input: file({ types: ['image/png'], maxBytes: 1 }),
      output: file({ types: ['image/png'], maxBytes: 1 }),
      ...common,
    },
    age: { input: z.object({ at: instant }), output: z.object({ at: instant }), ...common },
  },
})

defineContract({
  name: 'stock',
  version: '1.0.0',
  // @ts-expect-error: a file has a largest size
  operations: { picture: { input: file({ types: ['image/png'] }), output: item, ...common } },
})

// @ts-expect-error: `words` is no bound
defineContract({ name: 'stock', version: '1.0.0', bounds: { words: 1 }, operations: {} })

const handlers = {
  count: () => ({ total: 0 }),
  picture: () => ({ type: 'image/png', bytes: new Uint8Array() }),
  age: () => ({ at: new Date() }),
} as const

implement(stock, {
  operations: {
    ...handlers,
    // @ts-expect-error: a stream is no list
    watch: () => [{ sku: 'A1' }],
  },
})

implement(stock, {
  operations: {
    ...handlers,
    // @ts-expect-error: a sku is a text
    async *watch() {
      yield { sku: 1 }
    },
  },
})

implement(stock, {
  uses: {
    stock: Object.values(stock.operations) as [
      typeof stock.operations.watch,
      typeof stock.operations.count,
      typeof stock.operations.age,
    ],
  },
  operations: {
    ...handlers,
    async *watch(_input, { stock }) {
      // @ts-expect-error: the items of the input are missing
      await stock.count({ room: 'a' })
      // @ts-expect-error: the head of the input is missing
      await stock.count({ items: [{ sku: 'A1' }] })
      // @ts-expect-error: an item lacks its sku
      await stock.count({ room: 'a', items: [{}] })
      await stock.count({ room: 'a', items: [{ sku: 'A1' }] })
      // @ts-expect-error: a number is no instant
      await stock.age({ at: 5 })
      const { at } = await stock.age({ at: '2026-11-24T12:00:00Z' })
      at.getTime()
      for await (const { sku } of await stock.watch({})) yield { sku: sku.toUpperCase() }
    },
    async count({ items, room }) {
      // @ts-expect-error: items come one after the other, and not by their number
      void items[0]
      let total = room.length
      for await (const { sku } of items) total += sku.length
      return { total }
    },
    async picture({ file: { bytes, type } }) {
      // @ts-expect-error: the bytes are not there at once
      void bytes.length
      return { type, bytes }
    },
  },
})
