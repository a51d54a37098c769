import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'

const text = z.string().max(2_000)
/** A word of the architecture: a scope, a data class, a rule. */
const word = z.string().max(63)
/** The name of something that runs or has files: as `checkName` has it, so that it is no path. */
const name = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const place = z.object({
  file: text.optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  field: text.optional(),
})

/** A deployment as it travels (`Deployment` of the architecture package). */
const deploymentSchema = z.strictObject({
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
  }),
  waivers: z
    .array(z.strictObject({ rule: word, subject: text, owner: text, reason: text, expires: z.iso.date() }))
    .max(1_000),
  evidence: z.record(z.string().max(300), place),
})

const refused = z.object({ code: z.string().max(60), message: text, fix: text.optional() })

const replica = z.object({
  instance: z.string().max(80),
  release: z.string().max(120).optional(),
  state: z.enum(['starting', 'ready', 'draining', 'restarting', 'crash-loop', 'stopped']),
  pid: z.int().optional(),
  address: z.string().max(60).optional(),
  startedAt: z.iso.datetime().optional(),
  restarts: z.int(),
  memoryMiB: z.int().optional(),
  lastExit: text.optional(),
})

const generation = z.object({
  number: z.int(),
  status: z.enum(['rolling', 'live', 'superseded', 'failed']),
  at: z.iso.datetime(),
  kind: z.enum(['change', 'rollback', 'resumed']),
  services: z.record(name, z.string().max(120)),
  reason: text.optional(),
})

/** What the control plane promises to operators. Only identities of kind operator are let in. */
export const controlContract = defineContract({
  name: 'control',
  version: '1.0.0',
  summary: 'Releases, watches and rolls back what runs',
  operations: {
    describe: {
      summary: 'What runs, as a deployment',
      input: z.object({}),
      output: z.object({
        generation: z.int(),
        deployment: deploymentSchema.nullable(),
        trustDomain: z.string().max(255),
        gateway: z.string().max(300).nullable(),
      }),
      access: 'services',
      deadline: '5s',
      idempotent: true,
    },
    change: {
      summary:
        'Makes a vetted deployment the one that runs; answers when it is live, or when what ran before runs on',
      input: z.object({ deployment: deploymentSchema, attestation: z.json() }),
      output: z.object({ generation: z.int(), started: z.array(name), stopped: z.array(name) }),
      errors: {
        NOT_ADMITTED: { status: 403, data: refused },
        NOT_STARTED: { status: 409, data: refused },
      },
      access: 'services',
      deadline: '2m',
    },
    rollback: {
      summary: 'Goes back to the release of a service, or to everything, that was live before',
      input: z.object({ service: name.optional() }),
      output: z.object({
        generation: z.int(),
        started: z.array(name),
        stopped: z.array(name),
        services: z.record(name, z.string().max(120)),
      }),
      errors: {
        NOTHING_BEFORE: { status: 409, data: refused },
        NEEDS_VERDICT: { status: 409, data: z.object({ deployment: deploymentSchema }) },
        NOT_ADMITTED: { status: 403, data: refused },
        NOT_STARTED: { status: 409, data: refused },
      },
      access: 'services',
      deadline: '2m',
    },
    status: {
      summary: 'Every replica, as it is now',
      input: z.object({}),
      output: z.object({
        name: name.nullable(),
        generation: z.int(),
        gateway: z.string().max(300).nullable(),
        replicas: z.array(replica).max(10_000),
      }),
      access: 'services',
      deadline: '5s',
      idempotent: true,
    },
    history: {
      summary: 'The newest generations, the newest first',
      input: z.object({ most: z.int().min(1).max(200).default(20) }),
      output: z.object({ generations: z.array(generation).max(200) }),
      access: 'services',
      deadline: '5s',
      idempotent: true,
    },
    logs: {
      summary: 'The last lines that replicas wrote',
      input: z.object({ service: name, lines: z.int().min(1).max(1_000).default(50) }),
      output: z.object({
        lines: z.array(z.object({ instance: z.string().max(80), line: z.string().max(20_000) })).max(10_000),
      }),
      errors: { UNKNOWN_SERVICE: { status: 404, data: refused } },
      access: 'services',
      deadline: '5s',
      idempotent: true,
    },
  },
})
