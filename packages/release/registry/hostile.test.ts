import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { inspect } from 'node:util'
import { digestOf, type Digest } from '@plimsoll/base'
import { createSigningKey } from '@plimsoll/identity'
import { contentFor, createStore, emptyManifest } from '../fixture/release.ts'
import { signRelease } from '../provenance.ts'
import { envelopeType, imageMediaType } from '../store/image.ts'
import type { StoredImage } from '../store/store.ts'
import { parseChallenge } from './challenge.ts'
import { readCredentials } from './credentials.ts'
import { indexType } from './image-index.ts'
import { pullRelease } from './pull.ts'
import { parseReference } from './reference.ts'
import { openRepository } from './repository.ts'
import { openTransport } from './transport.ts'

type Answers = (request: IncomingMessage, response: ServerResponse) => boolean

const key = createSigningKey()
const pricing = emptyManifest('pricing')
const credentials = { user: 'ada', password: 's3cret-of-ada' }

/** A registry with the referrers API that answers truly, where `lies` does not answer before. */
async function serve(images: readonly StoredImage[], lies: Answers = () => false) {
  const [release, ...referrers] = images
  const seen: { path: string; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    seen.push({ path, authorization: request.headers.authorization })
    if (lies(request, response)) return
    const digest = /(sha256:[0-9a-f]{64})/.exec(path)?.[1] as Digest | undefined
    if (path.includes('/referrers/')) {
      const manifests = referrers.map(({ digest: referrer, bytes }) => ({
        mediaType: imageMediaType,
        artifactType: envelopeType,
        digest: referrer,
        size: bytes.length,
      }))
      response.setHeader('content-type', indexType)
      response.end(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }))
      return
    }
    const image = images.find((one) => one.digest === digest)
    const bytes = path.includes('/manifests/')
      ? (image ?? (digest === undefined ? release : undefined))?.bytes
      : images.map(({ blobs }) => digest && blobs.get(digest)).find((blob) => blob !== undefined)
    response.statusCode = bytes === undefined ? 404 : 200
    response.end(bytes)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return {
    host,
    seen,
    repository: (shown?: typeof credentials) =>
      openRepository(openTransport({ registry: host, credentials: shown, timeoutMs: 10_000 }), {
        registry: host,
        repository: 'shop/pricing',
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function images(code = 'export {}') {
  using kept = createStore()
  const { digest } = await kept.store.add(pricing, contentFor(pricing, code))
  await signRelease(kept.store, digest, key)
  return await kept.store.images(digest)
}

/** Pulls from a registry that lies; nothing may have come into the store. */
async function pulled(
  lies: Answers | undefined,
  { reference, shown }: { reference?: string; shown?: typeof credentials } = {},
) {
  const all = await images()
  await using registry = await serve(all, lies)
  using there = createStore()
  const outcome = await pullRelease(there.store, {
    repository: registry.repository(shown),
    reference: reference ?? all[0].digest,
    trusted: [key.publicKey],
  }).catch((thrown: unknown) => thrown as Error & { code: string })
  const kept = await there.store.list()
  assert.equal(kept.length, outcome instanceof Error ? 0 : 1)
  return { outcome, registry, digest: all[0].digest }
}

const to =
  (location: string): Answers =>
  (request, response) => {
    if (!request.url?.includes('/blobs/')) return false
    response.writeHead(307, { location }).end()
    return true
  }

suite('a pull', () => {
  test('uses the referrers API where the registry has it', async () => {
    const { outcome, digest, registry } = await pulled(undefined)
    assert.ok(!(outcome instanceof Error), inspect(outcome))
    assert.equal(outcome.digest, digest)
    assert.ok(registry.seen.some(({ path }) => path.includes('/referrers/sha256:')))
    assert.ok(!registry.seen.some(({ path }) => path.includes('/manifests/sha256-')))
  })

  test('follows the pages of a list, not without end', async () => {
    let pages = 0
    const { outcome } = await pulled((request, response) => {
      if (!request.url?.includes('/referrers/')) return false
      pages += 1
      response.setHeader('link', `<${request.url}>; rel="next"`)
      response.end(JSON.stringify({ manifests: [] }))
      return true
    })
    assert.deepEqual([(outcome as { code?: string }).code, pages], ['REGISTRY_TOO_LARGE', 10])
  })

  test('refuses another release under a digest, an endless answer, and one without end of redirects', async () => {
    const other = await images('export const other = true')
    const lies: readonly (readonly [string, Answers])[] = [
      [
        'REGISTRY_ALTERED',
        ({ url }, response) => url?.includes('/manifests/') === true && Boolean(response.end(other[0].bytes)),
      ],
      [
        'REGISTRY_TOO_LARGE',
        ({ url }, response) => {
          if (!url?.includes('/blobs/')) return false
          response.end(Buffer.alloc(9 * 1024 * 1024, 'x'))
          return true
        },
      ],
      [
        'REGISTRY_TOO_LARGE',
        ({ url }, response) => {
          if (!url?.includes('/manifests/')) return false
          const more = () => {
            while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
          }
          response.on('drain', more)
          more()
          return true
        },
      ],
      [
        'REGISTRY_DENIED',
        ({ url }, response) => {
          if (!url?.includes('/blobs/')) return false
          response.writeHead(307, { location: url }).end()
          return true
        },
      ],
      [
        'REGISTRY_ANSWER',
        (_request, response) => Boolean(response.writeHead(500).end('<html>secret</html>')),
      ],
    ]
    for (const [code, lie] of lies) {
      const { outcome } = await pulled(lie)
      assert.equal((outcome as { code?: string }).code, code, inspect(outcome))
      assert.ok(!inspect(outcome).includes('secret'))
    }
  })

  test('shows credentials to the registry that asks for them, never to where it redirects', async () => {
    const elsewhere: (string | undefined)[] = []
    const other = createServer((request, response) => {
      elsewhere.push(request.headers.authorization)
      response.end('{}')
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const target = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/stolen`
    const { registry } = await pulled(
      (request, response) => {
        if (request.headers.authorization === undefined) {
          response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
          return true
        }
        return to(target)(request, response)
      },
      { shown: credentials },
    )
    other.close()
    assert.equal(registry.seen[0]?.authorization, undefined)
    assert.match(registry.seen[1]?.authorization ?? '', /^Basic /)
    assert.ok(elsewhere.length > 0)
    assert.ok(elsewhere.every((authorization) => authorization === undefined))
  })

  test('exchanges credentials for a token where the registry says so', async () => {
    let host = ''
    const { outcome, registry } = await pulled(
      (request, response) => {
        host = request.headers.host ?? ''
        if (request.url?.startsWith('/token')) {
          assert.match(request.url, /service=reg.*scope=repository/)
          assert.match(request.headers.authorization ?? '', /^Basic /)
          response.end('{"token":"t0ken"}')
          return true
        }
        if (request.headers.authorization === 'Bearer t0ken') return false
        const challenge = `Bearer realm="http://${host}/token",service="reg",scope="repository:shop/pricing:pull"`
        response.writeHead(401, { 'www-authenticate': challenge }).end()
        return true
      },
      { shown: credentials },
    )
    assert.ok(!(outcome instanceof Error), inspect(outcome))
    assert.equal(registry.seen.filter(({ path }) => path.startsWith('/token')).length, 1)
  })

  test('does not wait for ever for a registry that says nothing', async () => {
    const all = await images()
    await using registry = await serve(all, () => true)
    const repository = openRepository(openTransport({ registry: registry.host, timeoutMs: 200 }), {
      registry: registry.host,
      repository: 'pricing',
    })
    await assert.rejects(repository.manifest('latest'), { code: 'REGISTRY_UNREACHABLE', retryable: true })
  })
})

suite('a transport', () => {
  test('speaks https with everybody but this machine itself', async () => {
    const used: string[] = []
    const fetched = globalThis.fetch
    globalThis.fetch = async (url) => {
      used.push(url instanceof URL ? url.href : '')
      return await Promise.resolve(
        new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/internal' } }),
      )
    }
    try {
      for (const registry of ['registry.shop.io', 'registry.shop.io:5000', '10.0.0.7:5000', 'docker.io'])
        await assert.rejects(
          openTransport({ registry }).request({ method: 'GET', url: '/v2/', mostBytes: 1 }),
          { code: 'REGISTRY_INSECURE' },
        )
    } finally {
      globalThis.fetch = fetched
    }
    assert.deepEqual(used, [
      'https://registry.shop.io/v2/',
      'https://registry.shop.io:5000/v2/',
      'https://10.0.0.7:5000/v2/',
      'https://registry-1.docker.io/v2/',
    ])
  })

  test('reads challenges as registries write them', () => {
    assert.deepEqual(parseChallenge('Basic realm="x"'), { scheme: 'basic' })
    assert.deepEqual(
      parseChallenge('Bearer realm="https://a.io/t",service="a.io",scope="repository:b:pull"'),
      {
        scheme: 'bearer',
        realm: 'https://a.io/t',
        service: 'a.io',
        scope: 'repository:b:pull',
      },
    )
    for (const none of [
      null,
      '',
      'Negotiate',
      'Bearer',
      'Bearer scope="x"',
      `Bearer realm="${'x'.repeat(5_000)}"`,
    ])
      assert.equal(parseChallenge(none), undefined)
  })
})

test('credentials are found under each name that docker writes, and a damaged file repeats nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-docker-'))
  const file = join(folder, 'config.json')
  const auth = Buffer.from('ada:s3cret:of:ada').toString('base64')
  try {
    assert.equal(readCredentials(file, 'registry.shop.io'), undefined)
    for (const name of ['registry.shop.io', 'https://registry.shop.io', 'https://registry.shop.io/v1/']) {
      writeFileSync(file, JSON.stringify({ auths: { [name]: { auth } } }))
      assert.deepEqual(readCredentials(file, 'registry.shop.io'), { user: 'ada', password: 's3cret:of:ada' })
      for (const other of ['registry.shop.io:5000', 'shop.io', 'evil-registry.shop.io'])
        assert.equal(readCredentials(file, other), undefined)
    }
    writeFileSync(file, JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth } } }))
    assert.equal(readCredentials(file, 'docker.io')?.user, 'ada')
    writeFileSync(file, JSON.stringify({ credHelpers: { 'registry.shop.io': 'pass' } }))
    assert.throws(() => readCredentials(file, 'registry.shop.io'), /helper/)
    for (const damage of [`{"auths": s3cret`, JSON.stringify({ auths: { 'a.io': { auth: 's3cret' } } })]) {
      writeFileSync(file, damage)
      assert.throws(
        () => readCredentials(file, 'a.io'),
        (thrown: Error) => !`${thrown.message}${String(thrown.cause)}`.includes('s3cret'),
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a reference names its registry, and nothing else becomes part of an address', () => {
  const digest = digestOf('release')
  assert.deepEqual(parseReference('registry.shop.io:5000/shop/pricing:1.0.0_ab'), {
    registry: 'registry.shop.io:5000',
    repository: 'shop/pricing',
    tag: '1.0.0_ab',
  })
  assert.deepEqual(parseReference(`[::1]:5000/pricing@${digest}`), {
    registry: '[::1]:5000',
    repository: 'pricing',
    digest,
  })
  const wrong = [
    'pricing',
    'shop/pricing',
    '/pricing',
    'a.io/',
    'a.io/Pricing',
    'a.io/../x',
    'a.io/x/../y',
    'a.io/x?y',
  ]
  const more = [
    'ada:pw@a.io/x',
    'a.io@b.io/x',
    'a.io:99999/x',
    'a.io/x:',
    'a.io/x:a/b',
    'a.io/x@sha256:ab',
    'a.io/x#y',
  ]
  for (const text of [...wrong, ...more, 'https://a.io/x', 'a.io/x y', `a.io/${'x'.repeat(600)}`, 'a_b.io/x'])
    assert.throws(() => parseReference(text), { code: 'REGISTRY_REFERENCE' }, text)
})
