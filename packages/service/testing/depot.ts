import { defineContract, stream } from '@plimsoll/contract'
import { z } from 'zod'
import { CallFailure } from '../errors.ts'
import { implement } from '../implement.ts'
import { warehouse, zeros } from './warehouse.ts'

const common = { access: 'services', deadline: '20s' } as const
const answer = z.object({ text: z.string().max(2_000) })
const { operations } = warehouse

/** A service that uses every kind of stream of another one, for the tests of this package. */
export const depot = defineContract({
  name: 'depot',
  version: '1.0.0',
  operations: {
    sum: { input: z.object({ to: z.int(), wrong: z.boolean().default(false) }), output: answer, ...common },
    collect: { input: z.object({ to: z.int() }), output: answer, ...common },
    double: { input: z.object({ to: z.int(), factor: z.int() }), output: answer, ...common },
    peek: { input: z.object({ count: z.int() }), output: answer, ...common },
    listen: {
      input: z.object({ to: z.enum(['broken', 'misfit', 'stuck', 'brief']) }),
      output: answer,
      ...common,
    },
    copy: { input: z.object({ size: z.int() }), output: answer, ...common },
    oversize: { input: z.object({ size: z.int() }), output: answer, ...common },
    mirror: {
      input: z.object({ at: z.int(), bytes: z.string().max(1_000), cents: z.string().max(1_000) }),
      output: answer,
      ...common,
    },
    relay: {
      input: z.object({}),
      output: stream(z.object({ number: z.int(), text: z.string().max(2_000) })),
      ...common,
    },
  },
})

export const depotService = implement(depot, {
  uses: {
    warehouse: [
      operations.total,
      operations.counts,
      operations.doubles,
      operations.endless,
      operations.broken,
      operations.misfit,
      operations.stuck,
      operations.brief,
      operations.download,
      operations.upload,
      operations.small,
      operations.mirror,
    ],
  },
  operations: {
    async sum({ to, wrong }, { warehouse }) {
      const { total } = await warehouse.total({ items: numbers(to, wrong) })
      return { text: String(total) }
    },
    async collect({ to }, { warehouse }) {
      const counts = await warehouse.counts({ to })
      if (!counts.ok) return { text: `${counts.code} ${counts.data.most}` }
      let last = 0
      for await (const { number } of counts.value) last += number
      return { text: String(last) }
    },
    async double({ to, factor }, { warehouse }) {
      const doubled: number[] = []
      for await (const { number } of await warehouse.doubles({ factor, items: numbers(to) }))
        doubled.push(number)
      return { text: doubled.join(' ') }
    },
    async peek({ count }, { warehouse }) {
      const seen: number[] = []
      for await (const { number } of await warehouse.endless({})) {
        seen.push(number)
        if (seen.length === count) break
      }
      return { text: seen.join(' ') }
    },
    async listen({ to }, { warehouse }) {
      const seen: number[] = []
      try {
        for await (const { number } of await warehouse[to]({})) seen.push(number)
      } catch (thrown) {
        if (!(thrown instanceof CallFailure)) throw thrown
        return { text: `${thrown.code} after ${to === 'brief' ? 'some' : seen.length}` }
      }
      return { text: 'complete' }
    },
    async copy({ size }, { warehouse }) {
      const downloaded = await warehouse.download({ name: 'a', size })
      const uploaded = await warehouse.upload({ name: 'b', file: downloaded })
      return { text: `${uploaded.size} ${uploaded.digest}` }
    },
    async oversize({ size }, { warehouse }) {
      try {
        await warehouse.small({ file: { type: 'application/octet-stream', bytes: zeros(size) } })
        return { text: 'accepted' }
      } catch (thrown) {
        return { text: thrown instanceof CallFailure ? thrown.code : 'another error' }
      }
    },
    async mirror(input, { warehouse }) {
      const { at, bytes, cents } = await warehouse.mirror({
        at: new Date(input.at),
        bytes: Uint8Array.fromBase64(input.bytes),
        cents: BigInt(input.cents),
      })
      return { text: `${at.getTime()} ${bytes.toBase64()} ${cents}` }
    },
    relay: (_input, { warehouse }) => warehouse.endless({}),
  },
})

async function* numbers(to: number, wrong = false): AsyncGenerator<{ number: number }> {
  for (let number = 0; number < to; number += 1) yield { number }
  if (wrong) yield { number: -1 }
}
