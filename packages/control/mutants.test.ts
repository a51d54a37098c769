import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { Deployment } from '@plimsoll/architecture'
import { digestOf, PlimsollError, type Digest } from '@plimsoll/base'
import {
  createSigningKey,
  signEnvelope,
  signStatement,
  verifyStatement,
  type Envelope,
  type SigningKey,
} from '@plimsoll/identity'
import { provenanceType, signRelease } from '@plimsoll/release'
import { verdictType, type Verdict } from '@plimsoll/vetting'
import { admit, type AdmissionOptions } from './admission.ts'
import { deploymentOf, openShop } from './shop.fixture.ts'

/** How many; 10,000 are run before a version is published: PLIMSOLL_MUTANTS=10000. */
const count = Number(process.env['PLIMSOLL_MUTANTS'] ?? 400)
const seed = Number(process.env['PLIMSOLL_SEED'] ?? 20_261_124)

/** Mulberry32: the same seed, the same mutants. */
function randomOf(start: number): (below: number) => number {
  let state = start >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Attempt = Partial<Pick<AdmissionOptions, 'deployment' | 'attestation' | 'running' | 'trust' | 'used'>>
/** What somebody tries; undoes what it did to the store. Nothing where this draw would be no change at all. */
type Mutation = (random: (below: number) => number) => Attempt & { undo?: () => void }

/** A shop in which pricing runs and orders is vetted to join it, with what an attacker could have gathered on the way. */
async function scene() {
  const shop = openShop()
  const [old, pricing, orders, other] = [
    await shop.release('pricing', '// 1'),
    await shop.release('pricing', '// 2'),
    await shop.release('orders', '// orders'),
    await shop.release('orders', '// other orders'),
  ]
  const running = deploymentOf({ pricing })
  const deployment = deploymentOf({ pricing, orders })
  const attestation = await shop.vetted(deployment, running)
  const collected = {
    first: await shop.vetted(running),
    ofOld: await shop.vetted(deploymentOf({ pricing: old })),
    downgrade: await shop.vetted(deploymentOf({ pricing: old, orders }), deploymentOf({ pricing: old })),
    ofOther: await shop.vetted(deploymentOf({ pricing, orders: other }), running),
    provenance: await shop.store.signatures(orders.digest).then(([envelope]) => envelope as Envelope),
  }
  return { shop, running, deployment, attestation, collected, releases: { old, pricing, orders, other } }
}
type Scene = Awaited<ReturnType<typeof scene>>

const statementType = 'application/vnd.in-toto+json'
const stranger = createSigningKey()
const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
const other = (digest: string): Digest => digestOf(`not ${digest}`)

function flipped(bytes: Uint8Array, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes)
  const at = random(copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << random(8))
  return copy
}

/** Anything but what a signature says. */
function envelopes({ attestation, collected }: Scene): Readonly<Record<string, Mutation>> {
  const text = Buffer.from(JSON.stringify(attestation))
  const parsed = (bytes: Uint8Array): unknown => {
    try {
      return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown
    } catch {
      return Buffer.from(bytes).toString('latin1')
    }
  }
  const [signature] = attestation.signatures
  const signatures = (list: readonly object[]) => ({ attestation: { ...attestation, signatures: list } })
  const own = { keyid: signature?.keyid ?? '', sig: signature?.sig ?? '' }
  const foreign = (payload = Buffer.from(attestation.payload, 'base64'), type = statementType) =>
    signEnvelope(type, payload, stranger).signatures[0]?.sig ?? ''
  return {
    'a bit of the envelope': (random) => ({ attestation: parsed(flipped(text, random)) }),
    'a bit of the payload': (random) => {
      const payload = flipped(Buffer.from(attestation.payload, 'base64'), random).toString('base64')
      return { attestation: { ...attestation, payload } }
    },
    'a bit of the signature': (random) =>
      signatures([{ ...own, sig: flipped(Buffer.from(own.sig, 'base64'), random).toString('base64') }]),
    'a truncated envelope': (random) => ({ attestation: parsed(text.subarray(0, random(text.length))) }),
    'a truncated payload': (random) => {
      const bytes = Buffer.from(attestation.payload, 'base64')
      return {
        attestation: { ...attestation, payload: bytes.subarray(0, random(bytes.length)).toString('base64') },
      }
    },
    'a truncated or longer signature': (random) => {
      const bytes = Buffer.from(own.sig, 'base64')
      const length = [random(64), 65 + random(64)][random(2)] ?? 0
      return signatures([
        { ...own, sig: Buffer.concat([bytes, bytes]).subarray(0, length).toString('base64') },
      ])
    },
    'another envelope': (random) => {
      const all = [...Object.values(collected), {}, null, [], 'x', 0]
      return { attestation: all[random(all.length)] }
    },
    'the payload of one with the signatures of another': (random) => {
      const all = Object.values(collected)
      const one = all[random(all.length)] ?? attestation
      const swapped = [
        { ...attestation, payload: one.payload },
        { ...attestation, signatures: one.signatures },
      ]
      return { attestation: swapped[random(2)] }
    },
    'no signature, or too many': (random) =>
      signatures(Array.from({ length: [0, 17 + random(50)][random(2)] ?? 0 }, () => own)),
    'the signature of a stranger under the name of the gate, often': (random) =>
      signatures(Array.from({ length: 1 + random(16) }, () => ({ keyid: own.keyid, sig: foreign() }))),
    'the signature under the name of a stranger': () => signatures([{ ...own, keyid: stranger.keyId }]),
    'another type of payload': (random) => {
      const types = [
        'application/json',
        'application/vnd.in-toto+json ',
        'text/plain',
        '',
        `${statementType};v=2`,
      ]
      return { attestation: { ...attestation, payloadType: types[random(types.length)] } }
    },
  }
}

/** What a key signs that is trusted for something else, or that was made to say something else. */
function statements({ shop, attestation }: Scene): Readonly<Record<string, Mutation>> {
  const { subjects, predicate } = verifyStatement(attestation, shop.trust.verdicts)
  const verdict = predicate as Verdict & { readonly environment: string }
  const signed = (changes: object, key: SigningKey = shop.keys.gate) => ({
    attestation: signStatement(
      { subjects, predicateType: verdictType, predicate: { ...verdict, ...changes } },
      key,
    ),
  })
  const at = (hours: number) => signed({ vettedAt: new Date(Date.now() + hours * 3_600_000).toISOString() })
  const payload = Buffer.from(attestation.payload, 'base64')
  return {
    'for another installation': (random) =>
      signed({ environment: ['shop-staging', '', null, undefined, 'shop-test ', ['shop-test']][random(6)] }),
    'by other rules': () => signed({ rules: other(verdict.rules) }),
    'under another policy': () => signed({ policy: other(verdict.policy) }),
    'about another architecture before': () =>
      signed({ architecture: { ...verdict.architecture, before: other(verdict.architecture.before) } }),
    'about another architecture after': () =>
      signed({ architecture: { ...verdict.architecture, after: other(verdict.architecture.after) } }),
    'about the architectures the wrong way round': () =>
      signed({
        architecture: {
          ...verdict.architecture,
          before: verdict.architecture.after,
          after: verdict.architecture.before,
        },
      }),
    'about other releases': (random) =>
      signed({
        candidate: [{}, { orders: other('orders') }, { ...verdict.candidate, payments: other('p') }][
          random(3)
        ],
      }),
    'too old': (random) => at(-25 - random(10_000)),
    'from the future': (random) => at(1 + random(10_000)),
    'without a time': (random) => signed({ vettedAt: ['', 'yesterday', null, 0][random(4)] }),
    'that refuses': () => signed({ admitted: false }),
    'that says admitted while a finding refuses': () => signed({ findings: [{ refuses: true }] }),
    'of another format': (random) => signed({ format: ['plimsoll/verdict/2', '', null][random(3)] }),
    'signed by a stranger': () => signed({}, stranger),
    'signed by the key of releases': () => signed({}, shop.keys.release),
    'with other subjects': (random) => {
      const [first] = subjects
      const lists = [
        [],
        [...subjects, ...subjects],
        [{ name: 'orders', sha256: '0'.repeat(64) }],
        [{ ...first, name: 'x' }],
      ]
      const list = (lists[random(lists.length)] ?? []) as typeof subjects
      return {
        attestation: signStatement(
          { subjects: list, predicateType: verdictType, predicate: verdict },
          shop.keys.gate,
        ),
      }
    },
    'as another claim': (random) => {
      const predicateType = [provenanceType, 'https://plimsoll.dev/verdict/v2', ''][random(3)] ?? ''
      return { attestation: signStatement({ subjects, predicateType, predicate: verdict }, shop.keys.gate) }
    },
    'signed as another type': (random) => {
      const type = ['application/json', 'text/plain', ''][random(3)] ?? ''
      const envelope = signEnvelope(type, payload, shop.keys.gate)
      return { attestation: [envelope, { ...envelope, payloadType: statementType }][random(2)] }
    },
  }
}

/** The attestation is true; what it is shown for is something else. */
function circumstances(scene: Scene): Readonly<Record<string, Mutation>> {
  const { shop, deployment, attestation, collected, releases } = scene
  const changed = (changes: Partial<Deployment>) => ({ deployment: { ...deployment, ...changes } })
  return {
    'a replay': () => ({ used: () => [clone(attestation)] }),
    'a replay with other signatures around it': (random) => {
      const copies = Array.from({ length: 1 + random(15) }, () => ({ keyid: stranger.keyId, sig: 'AAAA' }))
      const again = { ...attestation, signatures: [...copies, ...attestation.signatures] }
      return { attestation: again, used: () => [clone(attestation)] }
    },
    'a downgrade': (random) => {
      const down = deploymentOf({ pricing: releases.old, orders: releases.orders })
      return { deployment: down, attestation: [attestation, collected.downgrade, collected.ofOld][random(3)] }
    },
    'another release': () => ({
      deployment: deploymentOf({ pricing: releases.pricing, orders: releases.other }),
    }),
    'a release that is not there': (random) => ({
      deployment: deploymentOf({
        pricing: releases.pricing,
        orders: digestOf(`nothing ${random(1_000_000)}`),
      }),
    }),
    'releases under each other’s names': () => ({
      deployment: deploymentOf({ pricing: releases.orders, orders: releases.pricing }),
    }),
    'another architecture that runs': (random) => ({
      running: [undefined, deployment, deploymentOf({ pricing: releases.old })][random(3)],
    }),
    'other settings': (random) =>
      changed(
        [
          { name: 'shop-2' },
          { policy: { failOn: 'low' as const, operatorCalls: false } },
          { policy: { failOn: 'critical' as const, operatorCalls: true } },
          {
            waivers: [
              { rule: 'CF7', subject: 'orders', owner: 'ada', reason: 'later', expires: '2999-01-01' },
            ],
          },
          {
            services: {
              ...deployment.services,
              orders: { release: releases.orders.digest, replicas: 2 + random(90), stores: [] },
            },
          },
        ][random(5)] ?? {},
      ),
    'the keys of releases and verdicts the wrong way round': () => ({
      trust: { ...shop.trust, releases: shop.trust.verdicts, verdicts: shop.trust.releases },
    }),
    'no keys, or those of a stranger': (random) => {
      const keys = [[], [stranger.publicKey]][random(2)] ?? []
      return {
        trust:
          [
            { ...shop.trust, releases: keys },
            { ...shop.trust, verdicts: keys },
          ][random(2)] ?? shop.trust,
      }
    },
    'another installation': () => ({ trust: { ...shop.trust, environment: 'shop-production' } }),
  }
}

/** What lies in the store was changed: the release, its parts, or what is signed about it. */
function stored({ shop, releases, attestation }: Scene): Readonly<Record<string, Mutation>> {
  const folder = join(shop.folders.releases, 'blobs/sha256')
  const config = digestOf('{}').slice(7)
  const needed = neededBlobs(folder, [releases.pricing.digest, releases.orders.digest]).filter(
    (name) => name !== config,
  )
  const written = (random: (below: number) => number, change: (original: Buffer) => Uint8Array) => {
    const path = join(folder, needed[random(needed.length)] ?? '')
    const original = readFileSync(path)
    writeFileSync(path, change(original))
    return { attestation, undo: () => writeFileSync(path, original) }
  }
  return {
    'a bit of a file of a release': (random) => written(random, (bytes) => flipped(bytes, random)),
    'a truncated file of a release': (random) =>
      written(random, (bytes) => bytes.subarray(0, random(bytes.length))),
    'a longer file of a release': (random) =>
      written(random, (bytes) => Buffer.concat([bytes, Buffer.from(' ')])),
    'a file of another release': (random) => {
      const files = readdirSync(folder).filter((name) => name !== config)
      return written(random, (bytes) => {
        const one = readFileSync(join(folder, files[random(files.length)] ?? ''))
        return one.equals(bytes) ? Buffer.from('{}') : one
      })
    },
  }
}

/** Names of the blobs that the releases and the envelopes beside them are made of. */
function neededBlobs(folder: string, digests: readonly Digest[]): readonly string[] {
  const wanted = new Set<string>(digests.map((digest) => digest.slice(7)))
  const texts = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
  for (const [name, text] of texts) {
    const isReferrer = text.includes('"subject":{') && digests.some((digest) => text.includes(digest))
    if (isReferrer) wanted.add(name)
  }
  for (const [name, text] of texts) {
    const isImage = wanted.has(name) && text.includes('"schemaVersion":2')
    if (isImage) for (const [, hex = ''] of text.matchAll(/sha256:([0-9a-f]{64})/g)) wanted.add(hex)
  }
  return [...wanted]
}

suite('mutants', () => {
  test(`none of ${count} is admitted`, { timeout: 3_600_000 }, async () => {
    const set = await scene()
    await using shop = set.shop
    const truly = { deployment: set.deployment, attestation: set.attestation, running: set.running }
    const attempt = (changes: Attempt) =>
      admit({ ...truly, store: shop.store, trust: shop.trust, ...changes })
    const mutations = Object.entries({
      ...envelopes(set),
      ...statements(set),
      ...circumstances(set),
      ...stored(set),
    })
    const random = randomOf(seed)
    const codes = new Map<string, number>()
    for (let number = 0; number < count; number += 1) {
      const [title, mutation] = mutations[number % mutations.length] ?? []
      const { undo, ...changes } = mutation?.(random) ?? {}
      const outcome = await attempt(changes).catch((thrown: unknown) => thrown)
      undo?.()
      const said = `mutant ${number} of seed ${seed}: ${title}`
      assert.ok(
        outcome instanceof PlimsollError,
        `${said}: ${outcome instanceof Error ? outcome.stack : 'admitted'}`,
      )
      codes.set(outcome.code, (codes.get(outcome.code) ?? 0) + 1)
      // What was not changed is let in all the same: otherwise nothing of this would say anything.
      if (number % 100 === 0) assert.ok((await attempt({})).verdict.admitted)
    }
    assert.ok((await attempt({})).verdict.admitted)
    // Each defence has said no: none of them stands behind another that always does.
    for (const code of [
      'SIGNATURE',
      'ENVELOPE',
      'BLOB_ALTERED',
      'REPLAYED',
      'ATTESTATION_ENVIRONMENT',
      'ATTESTATION_RULES',
    ])
      assert.ok(codes.has(code), `${code} of ${[...codes.keys()].join(', ')}`)
  })

  test('a signature of a stranger beside the one of the installation neither helps nor harms', async () => {
    const set = await scene()
    await using shop = set.shop
    await signRelease(shop.store, set.releases.orders.digest, stranger)
    const { deployment, running, attestation } = set
    const twice = {
      ...attestation,
      signatures: [{ keyid: stranger.keyId, sig: 'AAAA' }, ...attestation.signatures],
    }
    const outcome = await admit({
      deployment,
      running,
      attestation: twice,
      store: shop.store,
      trust: shop.trust,
    })
    assert.ok(outcome.verdict.admitted)
  })
})
