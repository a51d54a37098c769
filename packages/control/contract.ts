import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'
import { canaryStatus, canaryStep } from './canary/canary-schema.ts'
import { deploymentSchema, digest, name, text, word } from './deployment-schema.ts'
import { replica, wall } from './replica-schema.ts'
import { repairOperations } from './repair-contract.ts'

const refused = z.object({ code: z.string().max(60), message: text, fix: text.optional() })

/** Somebody answers for a change that the gate refuses. */
const breakGlass = z.strictObject({
  person: z.string().max(100),
  reason: z.string().max(500),
  expires: z.iso.datetime(),
})

const auditEntry = z.object({
  number: z.int(),
  at: z.iso.datetime(),
  who: z.string().max(300),
  act: word,
  outcome: z.enum(['begun', 'done', 'refused', 'failed']),
  facts: z.json(),
  previous: digest,
  hash: digest,
})

/** One thing that a process did for a call. */
const span = z.object({
  service: z.string().max(80),
  instance: z.string().max(80),
  spanId: z.string().max(16),
  parentId: z.string().max(16).optional(),
  name: z.string().max(200),
  kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
  /** Milliseconds since the epoch. */
  start: z.number(),
  durationMs: z.number(),
  code: z.string().max(200),
  failed: z.boolean(),
  sampled: z.boolean(),
  attributes: z.record(z.string().max(200), z.union([z.string().max(200), z.number(), z.boolean()])),
  events: z.array(z.object({ name: z.string().max(200), at: z.number() })).max(20),
})

const generation = z.object({
  number: z.int(),
  status: z.enum(['rolling', 'live', 'superseded', 'failed']),
  at: z.iso.datetime(),
  kind: z.enum(['change', 'rollback', 'resumed']),
  services: z.record(name, z.string().max(120)),
  reason: text.optional(),
})

const authorityId = z.string().regex(/^[0-9a-f]{16}$/)
const serial = z.string().regex(/^[0-9A-Fa-f]{1,40}$/)
const spiffe = z.string().max(2_048)

const authority = z.object({
  id: authorityId,
  status: z.enum(['prepared', 'active', 'former', 'tainted']),
  since: z.iso.datetime(),
  rootEnds: z.iso.datetime(),
  issuingEnds: z.iso.datetime(),
  usedBy: z.array(z.string().max(80)).max(10_000),
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
        /** Names this installation alone: a verdict is for one. */
        environment: z.string().max(100),
        gateway: z.string().max(300).nullable(),
      }),
      access: 'services',
      deadline: '5s',
      idempotent: true,
    },
    change: {
      summary:
        'Makes a vetted deployment the one that runs; answers when it is live, or when what ran before runs on',
      input: z.object({
        deployment: deploymentSchema,
        attestation: z.json(),
        /** The generation that the change was planned for; refused where another one runs. 0: nothing ran. */
        generation: z.int().min(0).optional(),
        breakGlass: breakGlass.optional(),
        /** Steps in the place of the policy's; `none`: at once. */
        canary: z.string().max(500).optional(),
      }),
      output: z.object({
        generation: z.int(),
        started: z.array(name),
        stopped: z.array(name),
        /** Where the candidates get only a part of the calls for now. */
        canary: z.array(canaryStep).max(20).optional(),
      }),
      errors: {
        NOT_ADMITTED: { status: 403, data: refused },
        NOT_STARTED: { status: 409, data: refused },
      },
      access: 'services',
      deadline: '2m',
    },
    ...repairOperations,
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
        walls: z.array(wall).max(20),
        breakGlass: z
          .array(
            breakGlass.extend({
              operator: z.string().max(300),
              at: z.iso.datetime(),
              services: z.array(name).max(10_000),
              expired: z.boolean(),
            }),
          )
          .max(1_000),
        canary: canaryStatus.nullable(),
      }),
      access: 'services',
      deadline: '5s',
      idempotent: true,
    },
    audit: {
      summary: 'The newest privileged acts, the newest first, and the head of their chain',
      input: z.object({ most: z.int().min(1).max(1_000).default(50) }),
      output: z.object({
        entries: z.array(auditEntry).max(1_000),
        head: z.object({ number: z.int(), hash: digest }),
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
    authority: {
      summary: 'The authorities of the trust domain, who uses them, and who is revoked',
      input: z.object({}),
      output: z.object({
        epoch: z.int(),
        authorities: z.array(authority).max(100),
        revoked: z.object({
          identities: z.array(spiffe).max(10_000),
          serials: z.array(serial).max(10_000),
          apiKeys: z.array(word).max(10_000),
        }),
        waiting: z.array(z.string().max(80)).max(10_000),
      }),
      access: 'services',
      deadline: '5s',
      idempotent: true,
    },
    rotateAuthority: {
      summary: 'One step of a rotation; answers when everybody has followed it',
      input: z.object({
        step: z.enum(['prepare', 'activate', 'taint', 'revoke']),
        id: authorityId.optional(),
        force: z.boolean().default(false),
      }),
      output: z.object({ id: authorityId, waiting: z.array(z.string().max(80)).max(10_000) }),
      errors: { NOT_ROTATED: { status: 409, data: refused } },
      access: 'services',
      deadline: '1m',
    },
    revoke: {
      summary: 'Believes an identity or a certificate no more, or an identity again',
      input: z.object({
        identity: spiffe.optional(),
        serial: serial.optional(),
        restore: z.boolean().default(false),
      }),
      output: z.object({ epoch: z.int() }),
      errors: { NOT_REVOKED: { status: 409, data: refused } },
      access: 'services',
      deadline: '10s',
    },
    revokeConsumer: {
      summary: 'Makes every key of a consumer worthless and gives it a new one',
      input: z.object({ consumer: name }),
      output: z.object({ revoked: z.int() }),
      errors: { UNKNOWN_CONSUMER: { status: 404, data: refused } },
      access: 'services',
      deadline: '10s',
    },
    traces: {
      summary: 'The calls that the processes remember, each chain as one trace',
      input: z.object({
        /** The beginning of a trace id. */
        trace: z
          .string()
          .regex(/^[0-9a-f]{1,32}$/)
          .optional(),
        service: name.optional(),
        only: z.enum(['errors', 'slow']).optional(),
        most: z.int().min(1).max(200).default(20),
      }),
      output: z.object({
        traces: z.array(z.object({ traceId: z.string().max(32), spans: z.array(span).max(400) })).max(200),
      }),
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
