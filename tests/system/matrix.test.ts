// Every caller at every operation, with every certificate and every token that somebody could show, through the real servers: nobody is let
// in who is not declared, and everybody who is.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { defineContract, type ContractDeclaration } from '@plimsoll/contract'
import {
  createKey,
  createSigningKey,
  openAuthority,
  parseSpiffeId,
  proveKey,
  readCredentials,
  signSubjectToken,
  spiffeId,
  type Authority,
  type Credentials,
  type SigningKey,
  type SubjectClaims,
} from '@plimsoll/identity'
import {
  CallFailure,
  createCaller,
  createLogger,
  implement,
  serve,
  type OperationCaller,
  type Server,
} from '@plimsoll/service'
import { z } from 'zod'

const domain = 'shop.test'
const minute = 60_000
const services = ['basket', 'billing', 'catalog', 'orders', 'pricing', 'returns', 'stock', 'users']
const operations = ['find', 'list', 'count', 'check', 'add', 'change', 'remove', 'purge']
const scope = 'shop:write'

const access = (operation: number) =>
  (['services', 'services', 'consumers', 'public'] as const)[operation % 4] ?? 'services'
/** Some operations ask for a scope of the consumer. */
const asksScope = (operation: number) => access(operation) === 'consumers' || operation === 4

interface Somebody {
  readonly kind: 'service' | 'gateway' | 'operator'
  readonly name: string
  readonly id: string
}

const somebody = (kind: Somebody['kind'], name: string): Somebody => ({
  kind,
  name,
  id: spiffeId(domain, kind, name),
})
const everybody = [
  ...services.map((name) => somebody('service', name)),
  somebody('gateway', 'front'),
  somebody('operator', 'ada'),
]

/** What the architecture says: about a third of all pairs. */
const declares = (caller: number, service: number, operation: number) =>
  (caller * 7 + service * 5 + operation * 3) % 8 < 3

const certificates = ['none', 'expired', 'not begun', 'foreign', 'wrong', 'revoked', 'revoked root'] as const
const tokens = [
  'none',
  'good',
  'wrong audience',
  'expired',
  'foreign key',
  'alg none',
  'altered',
  'of another gateway',
  'of a revoked key',
] as const
type TokenKind = (typeof tokens)[number]

interface Installation {
  readonly authority: Authority
  readonly foreign: Authority
  /** Certificates of everybody, of a root that was trusted when they were issued and is no more. */
  readonly former: ReadonlyMap<Somebody, Credentials>
  readonly folder: string
  readonly servers: readonly Server[]
  readonly begun: string[]
  readonly lines: Readonly<Record<string, unknown>>[]
  readonly gatewayKey: SigningKey
  readonly otherGatewayKey: SigningKey
}

let shop: Installation
before(async () => {
  shop = await openInstallation()
})
after(async () => {
  await Promise.all(shop.servers.map((server) => server.close()))
  rmSync(shop.folder, { recursive: true })
})

async function openInstallation(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-matrix-'))
  const authority = openAuthority(join(folder, 'authority'), domain)
  const foreign = openAuthority(join(folder, 'foreign'), domain)
  const former = new Map(everybody.map((who) => [who, issue(authority, who)]))
  for (const step of ['prepare', 'activate', 'taint', 'revoke'] as const) authority.rotate(step)
  const begun: string[] = []
  const lines: Record<string, unknown>[] = []
  const sink = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>)
  const [gatewayKey, otherGatewayKey] = [createSigningKey(), createSigningKey()]
  const admit = (name: string, { publicKey }: SigningKey) =>
    authority.admitSubjectKey({ publicKey, issuer: spiffeId(domain, 'gateway', name) })
  admit('front', gatewayKey)
  admit('other', otherGatewayKey)
  authority.revoke({ apiKey: 'lost' })
  const servers: Server[] = []
  for (const [at, name] of services.entries()) {
    const own = issue(authority, somebody('service', name))
    const credentials = following(own, authority)
    servers.push(
      await serve(serviceOf(name, begun), {
        credentials,
        listen: { host: '127.0.0.1', port: 0 },
        snapshot: () => ({ revision: 1, endpoints: {}, callers: callersOf(at) }),
        trust: () => authority.trust,
        dataFolder: folder,
        externals: {},
        logger: createLogger({ service: name, instance: `${name}/0`, sink }),
        drainMs: 100,
      }),
    )
  }
  return { authority, foreign, former, folder, servers, begun, lines, gatewayKey, otherGatewayKey }
}

/** The certificate with whom to believe now, as a workload has it. */
function following(own: Credentials, authority: Authority): () => Credentials {
  let made = own
  let trust: Authority['trust'] | undefined
  return () => {
    if (trust !== authority.trust) {
      trust = authority.trust
      made = { ...own, bundle: trust.bundle, revoked: trust.revoked }
    }
    return made
  }
}

function serviceOf(name: string, begun: string[]) {
  const declared = operations.map((operation, at) => [
    operation,
    {
      http: `POST /${name}/${operation}`,
      input: z.object({ what: z.string().max(200) }),
      output: z.object({ done: z.boolean() }),
      access: access(at),
      deadline: '20s',
      ...(asksScope(at) && { scopes: [scope] }),
    },
  ])
  const contract = defineContract({
    name,
    version: '1.0.0',
    operations: Object.fromEntries(declared) as ContractDeclaration['operations'],
  })
  const handler = ({ what }: { what: string }) => {
    begun.push(what)
    return { done: true }
  }
  return implement(contract, {
    operations: Object.fromEntries(operations.map((operation) => [operation, handler])) as never,
  })
}

function callersOf(service: number): Record<string, readonly string[]> {
  return Object.fromEntries(
    operations.map((operation, at) => [
      operation,
      everybody.filter((_, caller) => declares(caller, service, at)).map(({ id }) => id),
    ]),
  )
}

function issue(authority: Authority, { kind, name }: Somebody, lifetimeMs?: number): Credentials {
  const { privateKey, publicKey } = createKey()
  const proof = proveKey(privateKey, publicKey)
  const identity = spiffeId(domain, kind, name)
  const { certificateChain } = authority.issueWorkload({ publicKey, proof, identity, lifetimeMs })
  return readCredentials({ certificateChain, privateKey, bundle: authority.bundle })
}

const label = (caller: Somebody, service: string, operation: string, shown: string) =>
  `${caller.kind}/${caller.name} calls ${service}.${operation} with ${shown}`

function open(credentials: Credentials, server: Server, service: string): OperationCaller {
  return createCaller({
    credentials: () => credentials,
    trustDomain: domain,
    snapshot: () => ({
      revision: 1,
      endpoints: { [service]: [{ address: server.address, instance: `${service}/0` }] },
      callers: {},
    }),
  })
}

interface Attempt {
  readonly label: string
  readonly code: string
  readonly message: string
}

/** All operations of one service, at once, over one connection. */
async function callAll(
  caller: OperationCaller,
  options: {
    readonly who: Somebody
    readonly service: string
    readonly shown: string
    readonly subject?: string | undefined
  },
): Promise<readonly Attempt[]> {
  const { who, service, shown, subject } = options
  return Promise.all(
    operations.map(async (operation) => {
      const what = label(who, service, operation, shown)
      try {
        const outcome = await caller.call({ service, operation, input: { what }, timeoutMs: 20_000, subject })
        return { label: what, code: outcome.ok ? 'let in' : outcome.code, message: '' }
      } catch (thrown) {
        assert.ok(thrown instanceof CallFailure, String(thrown))
        return {
          label: what,
          code: thrown.code,
          message: thrown.message.replace(`${service}.${operation}`, '…'),
        }
      }
    }),
  )
}

async function eachPair(
  work: (who: Somebody, service: string, server: Server) => Promise<void>,
): Promise<void> {
  for (const who of everybody) {
    await Promise.all(services.map((service, at) => work(who, service, shop.servers[at] as Server)))
  }
}

suite('every caller × every operation × everything that could be shown', () => {
  const counted = { attempts: 0 }
  after(() => assert.ok(counted.attempts >= 10_000, `${counted.attempts} combinations`))

  for (const kind of certificates) {
    test(`certificate: ${kind}`, async (context) => {
      const before = shop.begun.length
      const attempts: Attempt[] = []
      await eachPair(async (who, service, server) => {
        // They trust the servers: what is refused is what they show.
        const caller = open({ ...shown(kind, who), bundle: shop.authority.bundle }, server, service)
        attempts.push(...(await callAll(caller, { who, service, shown: `certificate ${kind}` })))
        await caller.close()
      })
      counted.attempts += attempts.length
      context.diagnostic(`${attempts.length} calls, ${shop.begun.length - before} let in`)
      assert.deepEqual(shop.begun.slice(before), [])
      assert.ok(attempts.every(({ code }) => code === 'REFUSED' || code === 'UNAVAILABLE'))
    })
  }

  test('every connection that was refused is in the log, with what was wrong', () => {
    const refused = shop.lines.filter(({ event }) => event === 'connection-refused')
    assert.ok(refused.length >= certificates.length * everybody.length * services.length)
    assert.ok(refused.every(({ reason }) => typeof reason === 'string' && reason !== ''))
    // Where the handshake itself went through, also who it claims to be.
    assert.ok(
      refused
        .filter(({ reason }) => /revoked/.test(String(reason)))
        .every(({ claims }) => claims !== undefined),
    )
    const reasons = new Set(refused.map(({ reason }) => String(reason)))
    for (const about of [
      /clock/,
      /authority that is not trusted/,
      /revoked/,
      /no certificate/i,
      /exactly one URI|both ends/,
    ])
      assert.ok(
        [...reasons].some((reason) => about.test(reason)),
        `${String(about)}: ${[...reasons].join('; ')}`,
      )
  })

  test('certificates of the trust domain, with every kind of token', async (context) => {
    const lines = shop.lines.length
    const before = shop.begun.length
    const attempts: Attempt[] = []
    const expected: string[] = []
    await eachPair(async (who, service, server) => {
      const caller = open(issue(shop.authority, who), server, service)
      for (const kind of tokens) {
        const subject = tokenOf(kind, service)
        attempts.push(...(await callAll(caller, { who, service, shown: `token ${kind}`, subject })))
        expected.push(...letIn(who, service, kind))
      }
      await caller.close()
    })
    counted.attempts += attempts.length
    const begun = shop.begun.slice(before).toSorted()
    context.diagnostic(`${attempts.length} calls, ${begun.length} let in, ${expected.length} declared`)
    assert.deepEqual(begun, expected.toSorted())
    const inside = attempts.filter(({ code }) => code === 'let in').map(({ label }) => label)
    assert.deepEqual(inside.toSorted(), begun)
    const refusals = attempts.filter(({ code }) => code !== 'let in')
    // Who may not learns that it may not, whatever the reason was.
    assert.equal(new Set(refusals.map(({ code, message }) => `${code} ${message}`)).size, 1)
    checkLog(shop.lines.slice(lines), refusals.length)
  })
})

function checkLog(lines: readonly Readonly<Record<string, unknown>>[], refusals: number): void {
  const refused = lines.filter(({ event }) => event === 'call-refused')
  assert.equal(refused.length, refusals)
  const whole = refused.every(({ caller, operation, reason, service }) =>
    [caller, operation, reason, service].every((fact) => typeof fact === 'string' && fact !== ''),
  )
  assert.ok(whole)
  assert.ok(new Set(refused.map(({ reason }) => reason)).size > 10)
}

/** What the declarations say: an oracle beside the servers. */
function letIn(who: Somebody, service: string, token: TokenKind): readonly string[] {
  return operations
    .filter((_, at) => isLetIn(who, { service, operation: at, token }))
    .map((operation) => label(who, service, operation, `token ${token}`))
}

function isLetIn(
  who: Somebody,
  { service, operation, token }: { service: string; operation: number; token: TokenKind },
): boolean {
  if (!declares(everybody.indexOf(who), services.indexOf(service), operation)) return false
  if (who.kind === 'operator') return token === 'none'
  // A service that calls itself presents a token of another gateway where it was made for it.
  const good = token === 'good' || (token === 'of another gateway' && who.name === service)
  if (!good && token !== 'none') return false
  if (who.kind === 'gateway' && access(operation) === 'services') return false
  if (who.kind === 'gateway' && access(operation) === 'consumers' && !good) return false
  return good || !asksScope(operation)
}

function tokenOf(kind: TokenKind, service: string): string | undefined {
  const iat = Math.floor(Date.now() / 1_000)
  const claims: SubjectClaims = {
    iss: spiffeId(domain, 'gateway', 'front'),
    sub: 'storefront',
    aud: services,
    scope,
    key: 'known',
    iat,
    exp: iat + 600,
  }
  const signed = (changes: Partial<SubjectClaims> = {}, key = shop.gatewayKey) =>
    signSubjectToken({ ...claims, ...changes }, key)
  const made: Readonly<Record<TokenKind, () => string | undefined>> = {
    none: () => undefined,
    good: () => signed(),
    'wrong audience': () => signed({ aud: services.filter((name) => name !== service) }),
    expired: () => signed({ iat: iat - 600, exp: iat - 1 }),
    'foreign key': () => signed({}, createSigningKey()),
    'alg none': () => withoutSignature(signed()),
    altered: () => altered(signed()),
    'of another gateway': () =>
      signed({ iss: spiffeId(domain, 'gateway', 'other'), aud: [service] }, shop.otherGatewayKey),
    'of a revoked key': () => signed({ key: 'lost' }),
  }
  return made[kind]()
}

/** One character of the claims is another. */
function altered(token: string): string {
  const at = token.indexOf('.') + 12
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}

function withoutSignature(token: string): string {
  const [, payload = ''] = token.split('.')
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
}

/** Credentials with which somebody tries to be who it says. */
function shown(kind: (typeof certificates)[number], who: Somebody): Credentials {
  const { authority, foreign, folder, former } = shop
  const made: Readonly<Record<typeof kind, () => Credentials>> = {
    none: () => ({ ...issue(authority, who), certificateChain: nothing, privateKey: nothing }),
    expired: () => issue(authority, who, -1_000),
    'not begun': () => {
      const ahead = { now: () => Date.now() + 11 * minute }
      return issue(openAuthority(join(folder, 'authority'), domain, ahead), who)
    },
    foreign: () => issue(foreign, who),
    wrong: () => serverCertificate(who),
    revoked: () => {
      const credentials = issue(authority, who)
      authority.revoke({ serial: new X509Certificate(credentials.certificateChain).serialNumber })
      return credentials
    },
    'revoked root': () => former.get(who) ?? assert.fail(),
  }
  return made[kind]()
}

/** No certificate at all, which no workload would ever be without. */
const nothing = undefined as never

/** Of the same authority, and for the name of a host instead of a workload. */
function serverCertificate({ id, name }: Somebody): Credentials {
  const { privateKey, publicKey } = createKey()
  const proof = proveKey(privateKey, publicKey)
  const { certificateChain, notAfter } = shop.authority.issueServer({ publicKey, proof, names: [name] })
  return {
    identity: parseSpiffeId(id),
    certificateChain,
    privateKey,
    bundle: shop.authority.bundle,
    notAfter,
  }
}
