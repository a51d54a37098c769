// Why: a document that nobody runs is wrong after a month. Every command and every file of the documents is run here, in order, as a reader
// would, and what is printed is what is shown.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { spawnSync } from 'node:child_process'
import { startShop, type RunningShop } from '../shop/copy.ts'
import { blocksOf, matches, stepsOf, withoutFigures, type Block } from './blocks.ts'
import { openWorkspace, workspaceIn, type Workspace } from './workspace.ts'

const root = join(import.meta.dirname, '../..')
const documents = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })].toSorted()
/** Commands that are this repository's own; the shop's test and this very run show that they work. */
const own = /^(?:git clone|npm (?:start|test|run)|cd |npx plimsoll (?:vet|rules) )/
/** Blocks that show something and are no input: pictures in text, JSON of an answer. */
const shownOnly = new Set(['text', 'json', ''])

async function follow(block: Block, workspace: Workspace, document: string): Promise<void> {
  if (block.file !== undefined) return workspace.write(block.file, block.text)
  for (const { command, output } of stepsOf(block)) {
    const printed = withoutFigures(await workspace.run(command))
      .split('\n')
      .map((line) => line.trim())
    if (output.length === 0) continue
    const shown = output.map((line) => withoutFigures(line))
    assert.ok(
      matches(shown, printed),
      `${document}:${block.line}: \`${command}\` printed\n${printed.join('\n')}\n\nbut the document shows\n${shown.join('\n')}`,
    )
  }
}

function typeErrors(folder: string): string {
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'esnext',
    '--allowImportingTsExtensions',
  ]
  const files = globSync('**/*.ts', {
    cwd: folder,
    exclude: ['node_modules/**', '.plimsoll/**', '**/node_modules/**'],
  })
  if (files.length === 0) return ''
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/tsc'),
    [
      ...options,
      '--erasableSyntaxOnly',
      '--verbatimModuleSyntax',
      '--skipLibCheck',
      '--types',
      'node',
      ...files,
    ],
    { cwd: folder, encoding: 'utf8' },
  )
  return stdout
}

suite('README.md', () => {
  let shop: RunningShop
  let workspace: Workspace
  before(async () => {
    shop = await startShop()
    workspace = workspaceIn(shop.folder, shop.environment)
  })
  after(() => shop.remove())

  for (const block of blocksOf(readFileSync(join(root, 'README.md'), 'utf8'))) {
    if (block.language === 'sh') {
      test(`line ${block.line}: the commands are this repository's own`, () => {
        for (const line of block.text.trim().split('\n')) assert.match(line.replace(/\s+#.*$/, ''), own)
      })
    } else if (block.language === 'console') {
      test(`line ${block.line}: ${stepsOf(block)[0]?.command ?? ''}`, () =>
        follow(block, workspace, 'README.md'))
    } else if (block.language === 'ts') {
      test(`line ${block.line}: the code is the shop's own`, () => {
        assert.ok(block.file !== undefined, 'name the file in the first line')
        const file = readFileSync(join(shop.folder, block.file), 'utf8')
        const [, ...lines] = block.text.trimEnd().split('\n')
        const code = lines.join('\n').trim()
        for (const part of code.split('\n  …\n'))
          assert.ok(file.includes(part.trim()), `${block.file} does not hold\n${part}`)
      })
    }
  }
})

for (const document of documents.filter((path) => path !== 'README.md')) {
  const blocks = blocksOf(readFileSync(join(root, document), 'utf8')).filter(
    ({ language }) => !shownOnly.has(language),
  )
  const runnable = blocks.filter(
    ({ language, file }) => language !== 'sh' && (language === 'console' || file !== undefined),
  )
  suite(document, () => {
    let workspace: Workspace
    before(() => {
      workspace = openWorkspace()
    })
    after(() => workspace.remove())
    test('each block says what it is', () => {
      for (const { language, file, line, text } of blocks) {
        if (language === 'sh')
          for (const command of text.trim().split('\n')) assert.match(command, own, `${document}:${line}`)
        else
          assert.ok(
            language === 'console' || file !== undefined,
            `${document}:${line}: name the file in the first line`,
          )
      }
    })
    for (const block of runnable) {
      test(`line ${block.line}: ${block.file ?? stepsOf(block)[0]?.command ?? ''}`, () =>
        follow(block, workspace, document))
    }
    test('what the files say together has the types that it promises', () =>
      assert.equal(typeErrors(workspace.folder), ''))
  })
}

suite('links', () => {
  for (const document of documents) {
    test(`${document} points at what is there`, () => {
      const text = readFileSync(join(root, document), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '')
      for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(root, dirname(document), target)), `${document}: ${target}`)
      }
    })
  }
})
