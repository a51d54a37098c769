import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { canonicalJson, formatPlace, InvalidInput, Refusal } from '@plimsoll/base'
import type { Bill } from './bill.ts'
import { buildRelease } from './build.ts'
import { createProject, pricingEntry, pricingFiles, type Project } from './fixture/project.ts'
import { createStore } from './fixture/release.ts'
import type { Release } from './store/store.ts'

async function withRelease(
  project: Project,
  look: (
    release: Release,
    file: (name: 'bundle' | 'contract' | 'openapi' | 'sbom') => Promise<string>,
  ) => unknown,
): Promise<void> {
  using kept = createStore()
  const release = await buildRelease({ project: project.folder, entry: pricingEntry, store: kept.store })
  await look(release, async (name) =>
    Buffer.from(await kept.store.file(release.digest, name)).toString('utf8'),
  )
}

async function errorOf(project: Project, expect?: string): Promise<InvalidInput | Refusal> {
  using kept = createStore()
  const building = buildRelease({ project: project.folder, entry: pricingEntry, store: kept.store, expect })
  const thrown: unknown = await building.then(
    () => assert.fail('it was built'),
    (error: unknown) => error,
  )
  assert.ok(thrown instanceof InvalidInput || thrown instanceof Refusal, String(thrown))
  assert.deepEqual(await kept.store.list(), [])
  return thrown
}

test('a release has one bundle, the contract, OpenAPI and the bill of materials', async () => {
  using project = createProject(pricingFiles)
  await withRelease(project, async (release, file) => {
    assert.equal(release.name, 'pricing')
    assert.match(release.version, /^1\.0\.0\+[0-9a-f]{12}$/)
    assert.equal(await file('contract'), canonicalJson(release.manifest.contract))
    assert.match(await file('openapi'), /"openapi":"3\.1/)
    assert.match(await file('openapi'), /\/pricing\/about/)
    assert.match(await file('bundle'), /1\.19/)
    assert.doesNotMatch(await file('bundle'), /from "(?!node:)/)
  })
})

test('the same sources give the same bytes in every folder and on every build', async () => {
  const digests = new Set<string>()
  for (const nested of [0, 0, 4]) {
    using project = createProject(pricingFiles, nested)
    // What lies above the project must not matter.
    writeFileSync(join(project.folder, '..', 'tsconfig.json'), '{ "compilerOptions": { "target": "es5" } }')
    await withRelease(project, async (release, file) => {
      const again = createStore()
      using kept = again
      const second = await buildRelease({ project: project.folder, entry: pricingEntry, store: kept.store })
      digests.add(release.digest).add(second.digest)
      for (const name of ['bundle', 'sbom', 'contract', 'openapi'] as const) {
        assert.ok(!(await file(name)).includes(project.folder), `${name} has a path of this machine`)
      }
      assert.ok(!JSON.stringify(release.manifest).includes(project.folder))
    })
  }
  assert.equal(digests.size, 1)
})

test('a changed handler is another release with the same contract', async () => {
  using project = createProject(pricingFiles)
  await withRelease(project, async (before) => {
    project.write('services/pricing/tax.ts', 'export const withTax = (cents: number): number => cents * 2\n')
    await withRelease(project, (after) => {
      assert.notEqual(after.digest, before.digest)
      assert.deepEqual(after.manifest, before.manifest)
    })
  })
})

test('the bundle runs under Node with nothing else beside it', async () => {
  using project = createProject(pricingFiles)
  using kept = createStore()
  const { digest } = await buildRelease({ project: project.folder, entry: pricingEntry, store: kept.store })
  const path = await kept.store.bundlePath(digest)
  const { status, stderr, stdout } = spawnSync(process.execPath, [path], {
    env: {},
    encoding: 'utf8',
    timeout: 20_000,
  })
  // Without an engine at the other end of a channel it loads everything, says so, and ends.
  assert.notEqual(status, null)
  assert.doesNotMatch(stderr + stdout, /ERR_MODULE_NOT_FOUND|SyntaxError|ReferenceError/)
  assert.match(stderr + stdout, /engine|channel/i)
})

test('dynamic imports and CommonJS packages become part of the bundle', async () => {
  using project = createProject({
    ...pricingFiles,
    'services/pricing/tax.ts': `import { rate } from 'vat'
export const withTax = (cents: number): number => cents * rate
export const later = async () => (await import('./later.ts')).later
globalThis.setTimeout(later, 0).unref()
`,
    'services/pricing/later.ts': "export const later = 'told later'\n",
    'node_modules/vat/package.json':
      '{ "name": "vat", "version": "0.2.0", "license": "SEE LICENSE IN COPYING" }',
    'node_modules/vat/index.js':
      "try { require('vat-native') } catch {}\nexports.rate = Number('1.19 by the book'.slice(0, 4))\n",
  })
  await withRelease(project, async (_release, file) => {
    const bundle = await file('bundle')
    assert.match(bundle, /told later/)
    assert.match(bundle, /by the book/)
    assert.match(await file('sbom'), /pkg:npm\/vat@0\.2\.0/)
  })
})

test('the bill of materials is valid CycloneDX 1.6 and names what is in the bundle', async () => {
  using project = createProject({
    ...pricingFiles,
    'services/pricing/tax.ts':
      "import { rate } from 'vat'\nexport const withTax = (cents: number): number => cents * rate\n",
    'node_modules/vat/package.json':
      '{ "name": "vat", "version": "0.2.0", "license": "(MIT OR CC0-1.0)", "scripts": { "test": "x", "postinstall": "curl" } }',
    'node_modules/vat/index.js': 'exports.rate = 1.19\n',
    'node_modules/.package-lock.json': JSON.stringify({
      packages: { 'node_modules/vat': { integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}` } },
    }),
  })
  await withRelease(project, async (release, file) => {
    const text = await file('sbom')
    assert.equal(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text), null)
    const bill = JSON.parse(text) as Bill
    assert.equal(bill.metadata.component.name, release.name)
    const names = bill.components.map(({ purl }) => purl)
    for (const name of ['pkg:npm/shop@3.1.4', 'pkg:npm/vat@0.2.0', 'pkg:npm/%40plimsoll/service@0.1.0']) {
      assert.ok(names.includes(name), name)
    }
    assert.ok(names.some((purl) => purl?.startsWith('pkg:npm/zod@')))
    const vat = bill.components.find(({ name }) => name === 'vat')
    assert.deepEqual(vat?.licenses, [{ expression: '(MIT OR CC0-1.0)' }])
    const [size, ...scripts] = vat.properties ?? []
    assert.equal(size?.name, 'plimsoll:bundle:size')
    assert.ok(Number(size.value) > 10 && Number(size.value) < 1_000, size.value)
    assert.deepEqual(scripts, [{ name: 'plimsoll:install:script', value: 'postinstall' }])
    assert.deepEqual(vat.hashes, [{ alg: 'SHA-512', content: '07'.repeat(64) }])
    const shop = bill.dependencies.find(({ ref }) => ref === 'pkg:npm/shop@3.1.4')
    assert.ok(shop?.dependsOn.includes('pkg:npm/vat@0.2.0'))
  })
})

test('a package of which nothing is left in the bundle is not in the bill', async () => {
  using project = createProject({
    ...pricingFiles,
    'services/pricing/tax.ts':
      "import { unused } from 'vat'\nexport const withTax = (cents: number): number => cents * 2\nexport { unused }\n",
    'node_modules/vat/package.json':
      '{ "name": "vat", "version": "0.2.0", "type": "module", "sideEffects": false, "exports": "./index.js" }',
    'node_modules/vat/index.js': 'export const unused = () => 1\n',
  })
  await withRelease(project, async (_release, file) => assert.doesNotMatch(await file('sbom'), /vat/))
})

const refusals: readonly [string, Record<string, string>, string, string, RegExp][] = [
  [
    'a module that is missing only behind a dynamic import',
    {
      'services/pricing/tax.ts':
        "export const withTax = (c: number) => c\nexport const later = () => import('./nothing.ts')\n",
      'services/pricing/later.ts': '',
    },
    'IMPORT_NOT_FOUND',
    'services/pricing/tax.ts:2:35',
    /cannot find `\.\/nothing\.ts`/,
  ],
  [
    'a package that is missing only behind a dynamic import',
    {
      'services/pricing/tax.ts':
        "export const withTax = (c: number) => c\nexport const later = () => import('vat')\n",
    },
    'IMPORT_NOT_FOUND',
    'services/pricing/tax.ts:2:35',
    /cannot find `vat`/,
  ],
  [
    'a native addon',
    {
      'services/pricing/tax.ts':
        "export const withTax = (c: number) => c\nexport const later = () => import('vat')\n",
      'node_modules/vat/package.json': '{ "name": "vat", "version": "0.2.0" }',
      'node_modules/vat/index.js': "module.exports = require('./build/vat.node')\n",
      'node_modules/vat/build/vat.node': '\u{7f}ELF',
    },
    'NATIVE_ADDON',
    'node_modules/vat/build/vat.node',
    /native addon/,
  ],
  [
    'a syntax error behind a dynamic import',
    {
      'services/pricing/tax.ts':
        "export const withTax = (c: number) => c\nexport const later = () => import('./later.ts')\n",
      'services/pricing/later.ts': 'export const later = = 1\n',
    },
    'SYNTAX',
    'services/pricing/later.ts:1:22',
    /Unexpected token/,
  ],
]

for (const [title, files, code, place, message] of refusals) {
  test(`${title} is told with its place and the way out`, async () => {
    using project = createProject({ ...pricingFiles, ...files })
    const told = await errorOf(project)
    assert.deepEqual([told.code, formatPlace(told.place)], [code, place])
    assert.match(told.message, message)
    assert.ok(told.fix)
  })
}

test('what the description says of a broken service goes before what the bundler says', async () => {
  using project = createProject({
    ...pricingFiles,
    [pricingEntry]: "import './nothing.ts'\nexport const service = 1\n",
  })
  const told = await errorOf(project)
  assert.deepEqual([told.code, formatPlace(told.place)], ['IMPORT_NOT_FOUND', `${pricingEntry}:1:8`])
})

test('a service under another name than the architecture gives it is told', async () => {
  using project = createProject(pricingFiles)
  const told = await errorOf(project, 'prices')
  assert.deepEqual([told.code, formatPlace(told.place)], ['OTHER_NAME', 'services/pricing/contract.ts:4:24'])
})

test('a secret in the source refuses the release and is not repeated', async () => {
  const key = `AKIA${'Q'.repeat(16)}`
  using project = createProject({
    ...pricingFiles,
    'services/pricing/tax.ts': `export const withTax = (cents: number): number => (globalThis.name === '${key}' ? 0 : cents)\n`,
  })
  const told = await errorOf(project)
  assert.deepEqual([told.code, formatPlace(told.place)], ['SECRET_IN_BUNDLE', 'services/pricing/tax.ts:1:73'])
  assert.match(told.message, /an AWS access key at services\/pricing\/tax\.ts:1:73/)
  assert.ok(!told.message.includes(key))
})

test('tsconfig.json, which Node does not know, changes nothing', async () => {
  using plain = createProject(pricingFiles)
  using configured = createProject({
    ...pricingFiles,
    'tsconfig.json': '{ "compilerOptions": { "paths": { "./tax.ts": ["./other.ts"] }, "target": "es2015" } }',
  })
  await withRelease(
    plain,
    async (one) => await withRelease(configured, (other) => assert.equal(one.digest, other.digest)),
  )
})

test('a service outside of the project folder, as in a workspace, is built too', async () => {
  using project = createProject(pricingFiles)
  mkdirSync(join(project.folder, 'deployment'))
  using kept = createStore()
  const { manifest } = await buildRelease({
    project: join(project.folder, 'deployment'),
    entry: `../${pricingEntry}`,
    store: kept.store,
  })
  assert.equal(formatPlace(manifest.evidence['operations.quote']), '../services/pricing/contract.ts:8:5')
  assert.ok(readFileSync(join(kept.folder, 'index.json'), 'utf8').includes('pricing'))
})
