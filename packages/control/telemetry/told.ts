import type { Read } from '@plimsoll/service'
import * as z from 'zod'

const text = z.string().max(8_192)
const traceId = z.string().regex(/^[0-9a-f]{32}$/)
const spanId = z.string().regex(/^[0-9a-f]{16}$/)
const number = z.number()
const value = z.union([text, number, z.boolean(), z.array(z.union([text, number, z.boolean()])).max(200)])
const attributes = z.record(z.string().max(8_192), value)

const span = z.object({
  traceId,
  spanId,
  parentId: spanId.optional(),
  name: text,
  kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
  start: number,
  durationMs: number.min(0),
  code: z.string().max(200),
  failed: z.boolean(),
  sampled: z.boolean(),
  status: z.int().optional(),
  peer: z.string().max(2_048).optional(),
  attempts: z.int().optional(),
  leftMs: number.optional(),
  detail: z
    .object({
      attributes: attributes.optional(),
      events: z
        .array(z.object({ name: text, at: number, attributes }))
        .max(200)
        .optional(),
      links: z.array(z.object({ traceId, spanId, attributes })).max(200).optional(),
      dropped: z.int().optional(),
      scope: z.object({ name: text, version: text.optional() }).optional(),
    })
    .optional(),
})

const distribution = z.object({ counts: z.array(number).max(100), count: number, sum: number })
const metric = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_.]{0,120}$/),
  description: z.string().max(500),
  unit: z.string().max(30),
  type: z.enum(['histogram', 'counter', 'updowncounter', 'gauge']),
  points: z.array(z.object({ attributes, value: z.union([number, distribution]) })).max(10_000),
})

const read = z.object({
  spans: z.array(span).max(10_000),
  metrics: z.array(metric).max(200),
  since: number,
  next: z.int(),
  lost: z.int(),
})

/** What a workload told, where it has the right shape; undefined otherwise. Who told it, the engine knows better. */
export function parseTold(told: unknown): Omit<Read, 'resource'> | undefined {
  const parsed = read.safeParse(told)
  return parsed.success ? (parsed.data as Omit<Read, 'resource'>) : undefined
}
