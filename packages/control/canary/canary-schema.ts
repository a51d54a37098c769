import * as z from 'zod'

/** `RolloutSettings` of the architecture package, as they travel. */
export const rolloutSchema = z.strictObject({
  canary: z.string().max(500).optional(),
  falseAlarm: z.number().min(1e-6).max(0.2).optional(),
  slower: z.number().min(1.1).max(100).optional(),
  withoutCalls: z.enum(['go-on', 'go-back']).optional(),
})

export const canaryStep = z.object({ share: z.number(), milliseconds: z.number() })
const count = z.object({ calls: z.int(), hits: z.int() })

/** Candidates that get a part of the calls. */
export const canaryStatus = z.object({
  generation: z.int(),
  services: z
    .array(
      z.object({ service: z.string().max(63), running: z.string().max(80), candidate: z.string().max(80) }),
    )
    .max(1_000),
  steps: z.array(canaryStep).max(20),
  /** Index of the step. */
  step: z.int(),
  since: z.iso.datetime(),
  /** What speaks against the candidates, the strongest first; `p` is corrected for everything that is asked. */
  evidence: z
    .array(
      z.object({
        service: z.string().max(63),
        party: z.string().max(200),
        question: z.enum(['failed', 'misfit', 'slower-half', 'slower-tenth']),
        candidate: count,
        running: count,
        p: z.number(),
      }),
    )
    .max(20),
})
