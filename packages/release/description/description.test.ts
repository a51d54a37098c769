import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatPlace, InvalidInput } from '@plimsoll/base'
import { createProject, pricingEntry, pricingFiles, type Project } from '../fixture/project.ts'
import { describeService } from './description.ts'

async function refusalOf(project: Project, timeoutMs = 20_000): Promise<InvalidInput> {
  const description = describeService({ project: project.folder, entry: pricingEntry, timeoutMs })
  const thrown: unknown = await description.then(
    () => assert.fail('it was described'),
    (error: unknown) => error,
  )
  assert.ok(thrown instanceof InvalidInput, String(thrown))
  for (const { message, fix } of thrown.problems) {
    assert.ok(fix, `no way out told: ${message}`)
    assert.ok(!message.includes(project.folder), `an absolute path is told: ${message}`)
  }
  return thrown
}

/** The entry's source with the line of one text replaced. */
function edited(file: string, from: string, to: string): Record<string, string> {
  const text = pricingFiles[file] ?? ''
  assert.ok(text.includes(from), from)
  return { ...pricingFiles, [file]: text.replace(from, to) }
}

test('a service is described with its contract, its uses, its calls and where all of it stands', async () => {
  using project = createProject(pricingFiles)
  const manifest = await describeService({ project: project.folder, entry: pricingEntry })
  assert.equal(manifest.name, 'pricing')
  assert.equal(manifest.contract.operations['quote']?.deadlineMs, 250)
  assert.deepEqual(
    manifest.uses.map((use) => [use.alias, use.kind, use.attempts, use.timeoutMs]),
    [
      ['catalog', 'operation', 2, 40],
      ['catalog', 'operation', 1, 200],
      ['exchange', 'external', 1, 80],
    ],
  )
  assert.deepEqual(manifest.calls, { quote: ['catalog.lookup'], about: [] })
  const places = Object.fromEntries(
    Object.entries(manifest.evidence).map(([key, place]) => [key, formatPlace(place)]),
  )
  assert.deepEqual(places, {
    service: 'services/pricing/service.ts:9:24',
    contract: 'services/pricing/contract.ts:4:24',
    'operations.quote': 'services/pricing/contract.ts:8:5',
    'operations.quote.http': 'services/pricing/contract.ts:9:7',
    'operations.quote.input': 'services/pricing/contract.ts:10:7',
    'operations.quote.output': 'services/pricing/contract.ts:11:7',
    'operations.quote.access': 'services/pricing/contract.ts:12:7',
    'operations.quote.deadline': 'services/pricing/contract.ts:13:7',
    'operations.quote.idempotent': 'services/pricing/contract.ts:14:7',
    'operations.about': 'services/pricing/contract.ts:16:5',
    'operations.about.input': 'services/pricing/contract.ts:17:7',
    'operations.about.output': 'services/pricing/contract.ts:18:7',
    'operations.about.access': 'services/pricing/contract.ts:19:7',
    'operations.about.deadline': 'services/pricing/contract.ts:20:7',
    'uses.catalog': 'services/pricing/service.ts:11:5',
    'uses.catalog.lookup': 'services/pricing/service.ts:11:15',
    'uses.catalog.search': 'services/pricing/service.ts:11:81',
    'uses.exchange': 'services/pricing/service.ts:12:5',
    'uses.exchange-rates': 'services/pricing/service.ts:12:5',
    'calls.quote.catalog.lookup': 'services/pricing/service.ts:16:31',
  })
})

test('a source that is not in plain shape is described with coarser places and every call', async () => {
  using project = createProject({
    ...pricingFiles,
    [pricingEntry]: `import * as plimsoll from '@plimsoll/service'
import { catalog } from '../catalog/contract.ts'
import { pricing } from './contract.ts'
const build = () => plimsoll.implement(pricing, {
  uses: { catalog: [catalog.operations.lookup] },
  operations: { quote: async ({ sku }) => ({ sku, cents: 1 }), about: () => ({ text: '' }) },
})
export let service = build()
`,
  })
  const manifest = await describeService({ project: project.folder, entry: pricingEntry })
  assert.deepEqual(manifest.calls, {})
  assert.deepEqual(manifest.evidence['contract'], { file: pricingEntry })
  assert.deepEqual(manifest.evidence['operations.quote'], { file: pricingEntry })
  assert.deepEqual(manifest.evidence['uses.catalog.lookup'], { file: pricingEntry })
})

test('imports, re-exports, renames and casts are followed to the contract', async () => {
  using project = createProject({
    ...pricingFiles,
    'services/pricing/index.ts':
      "export * from './contract.ts'\nexport { pricing as promise } from './contract.ts'\n",
    [pricingEntry]: `import { implement as keep } from '@plimsoll/service'
import { promise } from './index.ts'
const kept = keep(promise, { operations: { quote: (({ sku }) => ({ sku, cents: 1 })), about } } as const)
function about() { return { text: '' } }
export { kept as service }
`,
  })
  const manifest = await describeService({ project: project.folder, entry: pricingEntry })
  assert.deepEqual(manifest.calls, { quote: [] })
  assert.equal(formatPlace(manifest.evidence['operations.quote']), 'services/pricing/contract.ts:8:5')
})

test('what the module prints does not disturb the description', async () => {
  const noise = "console.log('{}'); process.stdout.write('x'.repeat(300_000)); setInterval(() => {}, 1_000)\n"
  using project = createProject(edited(pricingEntry, 'const exchange', `${noise}const exchange`))
  const manifest = await describeService({ project: project.folder, entry: pricingEntry })
  assert.equal(manifest.name, 'pricing')
})

test('the builder’s environment is not seen by the module', async () => {
  process.env['PLIMSOLL_TEST_SECRET'] = 'hunter2'
  const look =
    "if (Object.keys(process.env).some((name) => name !== 'NODE_COMPILE_CACHE')) throw new Error('seen')\n"
  using project = createProject(edited(pricingEntry, 'const exchange', `${look}const exchange`))
  try {
    assert.equal((await describeService({ project: project.folder, entry: pricingEntry })).name, 'pricing')
  } finally {
    delete process.env['PLIMSOLL_TEST_SECRET']
  }
})

const mistakes: readonly {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  readonly code: string
  readonly place: string
  readonly message: RegExp
  readonly fix?: RegExp
}[] = [
  {
    title: 'an entry that is not there',
    files: { 'services/pricing/other.ts': '' },
    code: 'ENTRY_MISSING',
    place: pricingEntry,
    message: /no such file/,
  },
  {
    title: 'an entry that is a folder',
    files: { [`${pricingEntry}/index.ts`]: '' },
    code: 'ENTRY_MISSING',
    place: pricingEntry,
    message: /it is no file/,
  },
  {
    title: 'a syntax error in the entry',
    files: edited(pricingEntry, 'const exchange =', 'const exchange = ='),
    code: 'SYNTAX',
    place: `${pricingEntry}:7:18`,
    message: /Unexpected token/,
  },
  {
    title: 'a syntax error in an imported module',
    files: edited('services/pricing/tax.ts', 'export const', 'export const const'),
    code: 'SYNTAX',
    place: 'services/pricing/tax.ts:1:14',
    message: /./,
  },
  {
    title: 'TypeScript that cannot be erased',
    files: edited('services/pricing/tax.ts', 'export', '\nenum Tax { Low, High }\nexport'),
    code: 'SYNTAX',
    place: 'services/pricing/tax.ts:2',
    message: /enum is not supported/,
  },
  {
    title: 'an import without its extension',
    files: edited(pricingEntry, './tax.ts', './tax'),
    code: 'IMPORT_NOT_FOUND',
    place: `${pricingEntry}:5:25`,
    message: /cannot find `\.\/tax`/,
    fix: /`\.\/tax\.ts`/,
  },
  {
    title: 'an import with the extension of a build',
    files: edited(pricingEntry, './tax.ts', './tax.js'),
    code: 'IMPORT_NOT_FOUND',
    place: `${pricingEntry}:5:25`,
    message: /cannot find `\.\/tax\.js`/,
    fix: /`\.\/tax\.ts`/,
  },
  {
    title: 'a package that is not installed',
    files: edited('services/pricing/tax.ts', 'export', "import '@shop/taxes/rates'\nexport"),
    code: 'IMPORT_NOT_FOUND',
    place: 'services/pricing/tax.ts:1:8',
    message: /cannot find `@shop\/taxes\/rates`/,
    fix: /npm install @shop\/taxes$/,
  },
  {
    title: 'a name that the imported module does not export',
    files: edited('services/pricing/tax.ts', 'withTax', 'withTaxes'),
    code: 'IMPORT_NOT_FOUND',
    place: `${pricingEntry}:5:10`,
    message: /`\.\/tax\.ts` exports no `withTax`/,
  },
  {
    title: 'no export `service`',
    files: edited(pricingEntry, 'export const service', 'export const server'),
    code: 'NO_SERVICE',
    place: pricingEntry,
    message: /it exports `server`/,
  },
  {
    title: 'an export of another kind',
    files: edited(pricingEntry, 'export const service =', 'export const service = pricing\nconst _ ='),
    code: 'WRONG_KIND',
    place: `${pricingEntry}:9:1`,
    message: /no service but a contract/,
  },
  {
    title: 'a module that throws while it loads',
    files: edited('services/pricing/tax.ts', 'export', "\n  throw new Error('no rates for 2031')\nexport"),
    code: 'LOAD_THREW',
    place: 'services/pricing/tax.ts:2:9',
    message: /no rates for 2031/,
  },
  {
    title: 'a module that throws no error',
    files: edited('services/pricing/tax.ts', 'export', 'throw 42\nexport'),
    code: 'LOAD_THREW',
    place: pricingEntry,
    message: /42/,
  },
  {
    title: 'a rejection that nobody handles',
    files: edited(
      pricingEntry,
      'const exchange',
      "Promise.reject(new Error('rates are down'))\nawait new Promise(() => {})\nconst exchange",
    ),
    code: 'LOAD_THREW',
    place: `${pricingEntry}:7:16`,
    message: /rates are down/,
  },
  {
    title: 'a module that ends the process',
    files: edited(pricingEntry, 'const exchange', 'process.exit(0)\nconst exchange'),
    code: 'LOAD_ENDS',
    place: pricingEntry,
    message: /exit code 0/,
  },
  {
    title: 'an await that is never settled',
    files: edited(pricingEntry, 'const exchange', 'await new Promise(() => {})\nconst exchange'),
    code: 'LOAD_ENDS',
    place: pricingEntry,
    message: /never settled/,
  },
  {
    title: 'a module that writes while it loads',
    files: edited(
      pricingEntry,
      'const exchange',
      "import { writeFileSync } from 'node:fs'\nwriteFileSync('prices.txt', '')\nconst exchange",
    ),
    code: 'LOAD_HAS_EFFECTS',
    place: `${pricingEntry}:8:1`,
    message: /FileSystemWrite/,
    fix: /start/,
  },
  {
    title: 'a module that calls out while it loads',
    files: edited(
      pricingEntry,
      'const exchange',
      "await fetch('http://127.0.0.1:8080/rates')\nconst exchange",
    ),
    code: 'LOAD_HAS_EFFECTS',
    place: pricingEntry,
    message: /has effects/,
  },
  {
    title: 'a module that starts a program while it loads',
    files: edited(
      pricingEntry,
      'const exchange',
      "import { execSync } from 'node:child_process'\nexecSync('true')\nconst exchange",
    ),
    code: 'LOAD_HAS_EFFECTS',
    place: `${pricingEntry}:8:1`,
    message: /ChildProcess/,
  },
]

for (const { title, files, code, place, message, fix } of mistakes) {
  test(`${title} is told with its place and the way out`, async () => {
    using project = createProject(files)
    const told = await refusalOf(project)
    assert.deepEqual([told.code, formatPlace(told.place)], [code, place])
    assert.match(told.message, message)
    if (fix !== undefined) assert.match(told.fix ?? '', fix)
  })
}

for (const [title, loop] of [
  ['an endless loop', 'while (true) {}'],
  ['a wait without end', 'setInterval(() => {}, 1_000); await new Promise(() => {})'],
] as const) {
  test(`${title} at the top level is ended`, async () => {
    using project = createProject(edited(pricingEntry, 'const exchange', `${loop}\nconst exchange`))
    const told = await refusalOf(project, 1_500)
    assert.equal(told.code, 'LOAD_HANGS')
  })
}

test('every problem of a contract is told with the line of its field', async () => {
  const file = 'services/pricing/contract.ts'
  const broken = (pricingFiles[file] ?? '').replace("'250ms'", "'soon'").replace("'50ms'", "'-1s'")
  using project = createProject({ ...pricingFiles, [file]: broken })
  const told = await refusalOf(project)
  assert.equal(told.code, 'DECLARATION')
  assert.deepEqual(
    told.problems.map(({ place }) => formatPlace(place)),
    [`${file}:13:7 operations.quote.deadline`, `${file}:20:7 operations.about.deadline`],
  )
})
