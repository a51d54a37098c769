import * as z from 'zod'

const name = z.string().max(63)
const text = z.string().max(2_000)

const drift = z.object({
  kind: z.enum(['not-running', 'replica', 'replicas', 'process', 'copy', 'release']),
  /** An instance, a service, or the id of a process. */
  subject: z.string().max(80),
  service: name.optional(),
  message: text,
  release: z.string().max(80).optional(),
})

/** The part of the control plane's contract that finds and repairs what is not as it was admitted. */
export const repairOperations = {
  drift: {
    summary: 'What is not as it was admitted: replicas, processes, stored releases',
    input: z.object({}),
    output: z.object({ drift: z.array(drift).max(10_000) }),
    access: 'services',
    deadline: '30s',
    idempotent: true,
  },
  repair: {
    summary: 'Makes what drifted as it was admitted: of what is named, and what is still so',
    input: z.object({ drift: z.array(drift.pick({ kind: true, subject: true })).max(10_000) }),
    output: z.object({ started: z.array(name), ended: z.array(z.int()).max(10_000) }),
    errors: {
      NOT_STARTED: {
        status: 409,
        data: z.object({ code: z.string().max(60), message: text, fix: text.optional() }),
      },
    },
    access: 'services',
    deadline: '2m',
  },
} as const
