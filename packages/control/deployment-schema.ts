import * as z from 'zod'
import { rolloutSchema } from './canary/canary-schema.ts'

export const text = z.string().max(2_000)
/** A word of the architecture: a scope, a data class, a rule. */
export const word = z.string().max(63)
/** The name of something that runs or has files: as `checkName` has it, so that it is no path. */
export const name = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const place = z.object({
  file: text.optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  field: text.optional(),
})

/** A deployment as it travels (`Deployment` of the architecture package). */
export const deploymentSchema = z.strictObject({
  format: z.literal('plimsoll/deployment/1'),
  name,
  services: z.record(
    name,
    z.strictObject({
      release: digest,
      replicas: z.int().min(1).max(1_000),
      zone: name.optional(),
      owner: text.optional(),
      stores: z.array(name).max(100),
    }),
  ),
  stores: z.record(
    name,
    z.strictObject({ technology: text, replicas: z.int().min(1).max(1_000), zone: name.optional() }),
  ),
  consumers: z.record(
    name,
    z.strictObject({
      uses: z.array(z.string().max(130)).max(1_000),
      scopes: z.array(word).max(100),
      receives: word,
    }),
  ),
  externals: z.record(
    name,
    z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000), receives: word }),
  ),
  zones: z.record(name, z.strictObject({ clearance: word })),
  dataClasses: z.array(word).max(50),
  gateway: z.strictObject({
    port: z.int().min(0).max(65_535),
    host: z.string().max(45),
    replicas: z.int().min(1).max(1_000),
    zone: name.optional(),
  }),
  policy: z.strictObject({
    failOn: z.enum(['critical', 'high', 'medium', 'low']),
    operatorCalls: z.boolean(),
    rollout: rolloutSchema.optional(),
  }),
  waivers: z
    .array(z.strictObject({ rule: word, subject: text, owner: text, reason: text, expires: z.iso.date() }))
    .max(1_000),
  telemetry: z
    .strictObject({
      endpoint: z
        .url({ protocol: /^https?$/ })
        .max(2_000)
        .optional(),
      sampling: z.number().min(0).max(1).optional(),
    })
    .optional(),
  evidence: z.record(z.string().max(300), place),
})
