import * as z from 'zod'

const text = z.string().max(2_000)

/** One process of a workload, as it is now. */
export const replica = z.object({
  instance: z.string().max(80),
  release: z.string().max(120).optional(),
  state: z.enum(['starting', 'ready', 'draining', 'restarting', 'crash-loop', 'stopped']),
  pid: z.int().optional(),
  address: z.string().max(120).optional(),
  startedAt: z.iso.datetime().optional(),
  restarts: z.int(),
  memoryMiB: z.int().optional(),
  lastExit: text.optional(),
})

/** What keeps services from harming each other, and whether it stands. */
export const wall = z.object({
  name: z.string().max(60),
  stands: z.boolean(),
  about: text,
  fix: text.optional(),
})
