import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { digestOf } from '@plimsoll/base'
import { openBuildRecords } from './records.ts'

const release = digestOf('a release')

/** Two sources that were written an hour ago, and an empty folder for records. */
function project(test: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-records-'))
  test.after(() => rmSync(root, { recursive: true }))
  const entry = join(root, 'service.ts')
  const money = join(root, 'money.ts')
  const hourAgo = new Date(Date.now() - 3_600_000)
  for (const file of [entry, money]) {
    writeFileSync(file, `// ${file}`)
    utimesSync(file, hourAgo, hourAgo)
  }
  const folder = join(root, 'builds')
  const keep = (begunAt = Date.now()) =>
    openBuildRecords(folder).keep({ entry, inputs: [entry, money], begunAt }, release)
  return { root, entry, money, folder, keep, find: () => openBuildRecords(folder).find(entry) }
}

suite('records of builds', () => {
  test('name the release while nothing that it was built from has changed', (test) => {
    const { keep, find } = project(test)
    assert.equal(find(), undefined)
    keep()
    assert.equal(find(), release)
  })

  test('know nothing any more where a source has changed, whatever its time says', (test) => {
    const { keep, find, money } = project(test)
    keep()
    writeFileSync(money, 'export const currency = "USD"')
    const hourAgo = new Date(Date.now() - 3_600_000)
    utimesSync(money, hourAgo, hourAgo)
    assert.equal(find(), undefined)
  })

  test('know nothing any more where a source has gone, or a package.json has come', (test) => {
    const { keep, find, money, root } = project(test)
    keep()
    rmSync(money)
    assert.equal(find(), undefined)
    writeFileSync(money, `// ${money}`)
    assert.equal(find(), release)
    writeFileSync(join(root, 'package.json'), '{ "type": "commonjs" }')
    assert.equal(find(), undefined)
  })

  test('are not kept of sources that were changed while they were built', (test) => {
    const { keep, find, money } = project(test)
    writeFileSync(money, 'changed just now')
    keep(Date.now() - 1_000)
    assert.equal(find(), undefined)
  })

  test('that are damaged, altered or of another kind are none', (test) => {
    const { keep, find, folder } = project(test)
    keep()
    const [name = ''] = readdirSync(folder)
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"tool":"x"}',
      `{"inputs":{},"release":"${release}","tool":"x"}`,
    ]) {
      writeFileSync(join(folder, name), text)
      assert.equal(find(), undefined, text)
    }
  })
})
