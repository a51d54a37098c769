import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '@plimsoll/base'
import { defineContract, describeContract, file, stream } from '@plimsoll/contract'
import {
  createApiKey,
  createKey,
  createSigningKey,
  openAuthority,
  parseSpiffeId,
  proveKey,
  spiffeId,
  type Authority,
  type Credentials,
  type ServerCertificate,
} from '@plimsoll/identity'
import {
  createCaller,
  createLogger,
  implement,
  serve,
  type CallContext,
  type Snapshot,
} from '@plimsoll/service'
import { z } from 'zod'
import type { GatewayConfiguration, GatewayConsumer } from './configuration.ts'
import type { ForwardingCaller } from './forward.ts'
import { digested, zeros } from './bytes.fixture.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { SubjectTokens } from './subject-tokens.ts'

const trustDomain = 'shop.internal'
const names = ['localhost', '127.0.0.1']

const sku = z.string().max(40)

export const pricing = defineContract({
  name: 'pricing',
  version: '1.0.0',
  operations: {
    quote: {
      http: 'GET /quotes/{sku}',
      input: z.object({ sku, quantity: z.int().min(1).max(1000) }),
      output: z.object({ sku, total: z.number() }),
      errors: { UNKNOWN_SKU: { status: 404, data: z.object({ sku }) } },
      access: 'consumers',
      scopes: ['prices:read'],
      deadline: '2s',
      idempotent: true,
    },
    discount: {
      http: 'POST /discounts',
      input: z.object({ sku, percent: z.number().min(0).max(90), note: z.unknown().optional() }),
      output: z.object({ sku, percent: z.number() }),
      access: 'consumers',
      scopes: ['prices:write'],
      deadline: '2s',
    },
    browse: {
      http: 'GET /catalogue',
      input: z.object({ page: z.int().min(1).max(99).optional() }),
      output: z.object({ skus: z.array(sku), consumer: z.string(), trace: z.string() }),
      access: 'public',
      deadline: '2s',
      idempotent: true,
    },
    search: {
      http: 'POST /searches',
      input: z.object({ words: z.string().max(2_000_000) }),
      output: z.object({ length: z.int() }),
      access: 'public',
      deadline: '2s',
    },
    ticks: {
      http: 'GET /ticks',
      input: z.object({ to: z.int(), text: z.string().max(2_000).default('') }),
      output: stream(z.object({ number: z.int(), text: z.string().max(2_000) })),
      access: 'public',
      deadline: '20s',
    },
    total: {
      http: 'POST /totals/{name}',
      input: stream(z.object({ number: z.int().min(0) }), {
        head: z.object({ name: sku }),
        maxItemBytes: 100,
      }),
      output: z.object({ name: sku, total: z.int() }),
      access: 'public',
      deadline: '20s',
    },
    upload: {
      http: 'PUT /files/{name}',
      input: file({ types: ['application/octet-stream'], maxBytes: 2 ** 31, head: z.object({ name: sku }) }),
      output: z.object({ size: z.int(), digest: z.string() }),
      access: 'public',
      deadline: '20s',
    },
    note: {
      http: 'POST /notes',
      input: file({ types: ['text/html'], maxBytes: 1_000 }),
      output: file({ types: ['text/html'], maxBytes: 1_000 }),
      access: 'public',
      deadline: '20s',
    },
    download: {
      http: 'GET /files/{name}',
      input: z.object({ name: sku, size: z.int() }),
      output: file({ types: ['application/octet-stream'], maxBytes: 2 ** 31 }),
      access: 'public',
      deadline: '20s',
    },
    slow: {
      http: 'GET /slow',
      input: z.object({}),
      output: z.object({ done: z.boolean() }),
      access: 'public',
      deadline: '150ms',
    },
    broken: {
      http: 'GET /broken',
      input: z.object({}),
      output: z.object({}),
      access: 'public',
      deadline: '2s',
    },
    cost: {
      http: 'GET /costs/{sku}',
      input: z.object({ sku }),
      output: z.object({ cost: z.number() }),
      access: 'services',
      deadline: '2s',
    },
  },
})

/** Lets a test hold the handler of `browse` and see that it was cancelled. */
interface Gate {
  wait: Promise<void> | undefined
  cancelled: number
  begun: number
  /** Items that `ticks` has made, and streams of it that have ended. */
  ticks: number
  ended: number
}

function pricingService(gate: Gate) {
  return implement(pricing, {
    operations: {
      quote: ({ sku, quantity }, context) =>
        sku === 'A1' ? { sku, total: 20 * quantity } : context.fail('UNKNOWN_SKU', { sku }),
      discount: ({ sku, percent }) => ({ sku, percent }),
      browse: async (_input, context) => {
        gate.begun += 1
        await held(gate, context)
        return { skus: ['A1'], consumer: context.subject?.consumer ?? 'nobody', trace: context.traceId }
      },
      ticks: ({ to, text }) => tick(gate, to, text),
      async total({ name, items }) {
        let total = 0
        for await (const { number } of items) total += number
        return { name, total }
      },
      upload: ({ file }) => digested(file.bytes),
      note: ({ file }) => file,
      download: ({ size }) => ({ type: 'application/octet-stream', size, bytes: zeros(size) }),
      search: ({ words }) => ({ length: words.length }),
      slow: async (_input, context) => {
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }))
        return { done: true }
      },
      broken: () => {
        throw new Error('password=hunter2 at /srv/pricing/db.ts')
      },
      cost: () => ({ cost: 7 }),
    },
  })
}

async function* tick(gate: Gate, to: number, text: string): AsyncGenerator<{ number: number; text: string }> {
  try {
    for (let number = 0; number < to; number += 1) {
      gate.ticks += 1
      yield { number, text }
      if (number === 3 && text === 'broken') throw new Error('password=hunter2')
    }
  } finally {
    gate.ended += 1
  }
}

async function held(gate: Gate, { signal }: Pick<CallContext, 'signal'>): Promise<void> {
  signal.addEventListener('abort', () => (gate.cancelled += 1), { once: true })
  await gate.wait
}

export interface Shop extends AsyncDisposable {
  readonly gateway: Gateway
  readonly authority: Authority
  readonly keys: Readonly<Record<'storefront' | 'partner', string>>
  readonly consumers: Readonly<Record<'storefront' | 'partner', GatewayConsumer>>
  readonly log: readonly string[]
  readonly gate: Gate
  /** What the gateway is told; a test may put another in its place. */
  configuration: GatewayConfiguration
  snapshot: Snapshot
}

export interface ShopOptions {
  readonly clock?: Clock
  readonly configure?: (configuration: GatewayConfiguration) => GatewayConfiguration
  /** Answers in the service's place, where a test is about what comes before it. */
  readonly answer?: ForwardingCaller['call']
}

/** A service and a gateway in front of it, with a certificate authority of their own. */
export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-gateway-'))
  const authority = openAuthority(join(folder, 'authority'), trustDomain)
  const log: string[] = []
  const gate: Gate = { wait: undefined, cancelled: 0, begun: 0, ticks: 0, ended: 0 }
  const server = await serve(pricingService(gate), {
    credentials: holding(workloadCredentials(authority, 'service', 'pricing')),
    listen: { host: '127.0.0.1', port: 0 },
    snapshot: () => serviceSnapshot,
    trust: () => authority.trust,
    dataFolder: folder,
    externals: {},
    logger: createLogger({ service: 'pricing', instance: 'pricing/0', sink: () => undefined }),
    drainMs: 100,
  })
  const { keys, consumers } = createConsumers()
  const open: GatewayConfiguration = {
    contracts: [describeContract(pricing)],
    consumers: Object.values(consumers),
    anonymous: { requestsPerSecond: 10_000, burst: 10_000 },
  }
  const state = {
    configuration: options.configure?.(open) ?? open,
    snapshot: {
      revision: 1,
      endpoints: { pricing: [{ address: server.address, instance: 'pricing/0' }] },
      callers: {},
    },
  }
  const caller = createCaller({
    credentials: holding(workloadCredentials(authority, 'gateway', 'gateway')),
    trustDomain,
    snapshot: () => state.snapshot,
  })
  const signingKey = createSigningKey()
  authority.admitSubjectKey({ publicKey: signingKey.publicKey, issuer: gatewayId })
  const gateway = await startGateway({
    subjects: new SubjectTokens({ key: signingKey, issuer: gatewayId }),
    configuration: () => state.configuration,
    caller: options.answer === undefined ? caller : { call: options.answer },
    outerTls: outerCertificate(authority),
    listen: { host: '127.0.0.1', port: 0 },
    logger: createLogger({ service: 'gateway', instance: 'gateway/0', sink: (line) => void log.push(line) }),
    clock: options.clock ?? systemClock,
  })
  return Object.assign(state, {
    gateway,
    authority,
    keys,
    consumers,
    log,
    gate,
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await caller.close()
      await server.close()
      rmSync(folder, { recursive: true })
    },
  })
}

const gatewayId = spiffeId(trustDomain, 'gateway', 'gateway')

const serviceSnapshot: Snapshot = {
  revision: 1,
  endpoints: {},
  callers: Object.fromEntries(
    Object.keys(pricing.operations)
      .filter((name) => name !== 'cost')
      .map((name) => [name, [gatewayId]]),
  ),
}

function createConsumers() {
  const storefront = createApiKey('storefront')
  const partner = createApiKey('partner')
  return {
    keys: { storefront: storefront.key, partner: partner.key },
    consumers: {
      storefront: {
        record: storefront.record,
        scopes: ['prices:read', 'prices:write'],
        uses: ['pricing.quote', 'pricing.discount'],
      },
      // Declares more than its scopes allow, and less than it could ask for.
      partner: { record: partner.record, scopes: ['prices:read'], uses: ['pricing.discount'] },
    },
  }
}

function workloadCredentials(authority: Authority, kind: 'service' | 'gateway', name: string): Credentials {
  const { privateKey, publicKey } = createKey()
  const identity = spiffeId(trustDomain, kind, name)
  const issued = authority.issueWorkload({ publicKey, proof: proveKey(privateKey, publicKey), identity })
  return { identity: parseSpiffeId(identity), privateKey, bundle: authority.bundle, ...issued }
}

export function outerCertificate(authority: Authority): ServerCertificate {
  const { privateKey, publicKey } = createKey()
  const issued = authority.issueServer({ publicKey, proof: proveKey(privateKey, publicKey), names })
  return { privateKey, certificateChain: issued.certificateChain }
}

function holding(credentials: Credentials): () => Credentials {
  return () => credentials
}
