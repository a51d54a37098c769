import assert from 'node:assert/strict'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, suite, test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { openAuthority } from '@plimsoll/identity'
import { openFolders } from '../../folders.ts'
import { takeLock } from '../../lock.ts'
import { openState } from '../../state.ts'
import { openTrust } from '../../trust.ts'
import { verifyAuditFile } from '../audit.ts'
import { openProject, type Project } from '../project.ts'
import { backUp } from './backup.ts'
import { manifestName, type BackedUpFile } from './manifest.ts'
import { restore } from './restore.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-backup-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let count = 0
const fresh = () => join(folder, String((count += 1)))

/** A project with a state: keys, an authority, a service with a database that it holds open and a file. */
function shop() {
  const project = openProject(fresh())
  const folders = openFolders(project.state)
  const state = openState(folders.state)
  openTrust(folders.keys, state)
  openAuthority(folders.authority, 'shop.internal')
  state.addConsumerKey({ id: 'k1', consumer: 'office', hash: 'h' })
  writeFileSync(join(folders.consumers, 'office.key'), 'key\n', { mode: 0o600 })
  const data = folders.data('pricing')
  const database = new DatabaseSync(join(data, 'prices.sqlite'))
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE price (sku TEXT, cents INTEGER); ')
  database.exec("INSERT INTO price VALUES ('A1', 100)")
  writeFileSync(join(data, 'notes.txt'), 'notes')
  return { project, folders, state, database, data }
}

const prices = (project: Project) => {
  const database = new DatabaseSync(join(project.state, 'data/pricing/prices.sqlite'), { readOnly: true })
  const rows = database.prepare('SELECT * FROM price').all()
  database.close()
  return rows.map((row) => ({ ...row }))
}

async function backedUp() {
  const { project, state, database } = shop()
  const target = fresh()
  const made = await backUp(project, target)
  state.close()
  database.close()
  return { project, target, made }
}

const everythingIn = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true }).map(({ parentPath, name }) =>
    join(parentPath, name),
  )

suite('a backup', () => {
  test('of what is open and being written holds what was committed, and comes back', async () => {
    const { project, state, database } = shop()
    database.exec("BEGIN; INSERT INTO price VALUES ('A2', 200)")
    const target = fresh()
    const made = await backUp(project, target)
    database.exec('COMMIT')
    state.close()
    database.close()
    assert.deepEqual(made.left, [])
    const other = openProject(fresh())
    assert.deepEqual(restore(other, target, made.digest).digest, made.digest)
    assert.deepEqual(prices(other), [{ sku: 'A1', cents: 100 }])
    const again = openState(other.state)
    assert.deepEqual(again.consumerKeys(), [{ id: 'k1', consumer: 'office', hash: 'h' }])
    openTrust(join(other.state, 'keys'), again)
    again.close()
    assert.equal(
      openAuthority(join(other.state, 'authority'), 'shop.internal').bundle,
      openAuthority(join(project.state, 'authority'), 'shop.internal').bundle,
    )
    assert.equal(readFileSync(join(other.state, 'data/pricing/notes.txt'), 'utf8'), 'notes')
  })

  test('is for its owner alone, and so is what comes of it', async () => {
    const { target } = await backedUp()
    const other = openProject(fresh())
    restore(other, target)
    for (const root of [target, other.state])
      for (const path of [root, ...everythingIn(root)]) {
        const open = statSync(path).mode & 0o077
        // A lock holds nothing, and lies in a folder that is closed.
        if (!path.endsWith('lock.sqlite')) assert.equal(open, 0, path)
      }
  })

  test('and its coming back are written down, in one chain', async () => {
    const { project, target, made } = await backedUp()
    const acts = (one: Project) => {
      const database = new DatabaseSync(join(one.state, 'control.sqlite'), { readOnly: true })
      const entries = database.prepare('SELECT entry FROM audit ORDER BY number').all()
      database.close()
      return entries.map(
        ({ entry }) => JSON.parse(String(entry)) as { act: string; outcome: string; who: string },
      )
    }
    assert.deepEqual(
      acts(project).map(({ act, outcome }) => `${act} ${outcome}`),
      ['backup begun', 'backup done'],
    )
    assert.ok(JSON.stringify(acts(project)).includes(made.digest))
    const other = openProject(fresh())
    restore(other, target)
    assert.deepEqual(
      acts(other).map(({ act, outcome }) => `${act} ${outcome}`),
      ['backup begun', 'restore done'],
    )
    assert.match(acts(other).at(-1)?.who ?? '', /^user /)
    assert.deepEqual(verifyAuditFile(other).problems, [])
  })

  test('needs a state, and an empty folder outside of it', async () => {
    await assert.rejects(backUp(openProject(fresh()), fresh()), { code: 'NOT_RUNNING' })
    const { project, target } = await backedUp()
    await assert.rejects(backUp(project, target), { code: 'EXISTS' })
    await assert.rejects(backUp(project, join(project.state, 'backup')), { code: 'EXISTS' })
  })

  test('attack: a service’s link to what it may not read is not followed', async () => {
    const { project, state, database, data } = shop()
    symlinkSync(join(project.state, 'keys'), join(data, 'keys'))
    symlinkSync('/etc/passwd', join(data, 'people.txt'))
    const target = fresh()
    const made = await backUp(project, target)
    state.close()
    database.close()
    assert.deepEqual(made.left.toSorted(), ['data/pricing/keys', 'data/pricing/people.txt'])
    assert.ok(!everythingIn(join(target, 'data')).some((path) => /people|keys/.test(path)))
  })

  test('never replaces a state, and not while a control plane has the folder', async () => {
    const { project, target } = await backedUp()
    const before = readFileSync(join(project.state, 'control.sqlite'))
    assert.throws(() => restore(project, target), { code: 'EXISTS' })
    assert.deepEqual(readFileSync(join(project.state, 'control.sqlite')), before)
    const other = openProject(fresh())
    mkdirSync(other.state, { recursive: true })
    const lock = takeLock(other.state)
    assert.throws(() => restore(other, target), { code: 'ALREADY_RUNNING' })
    lock.release()
    restore(other, target)
  })

  test('attack: whatever of it is changed, missing, added or linked, nothing is written', async () => {
    const { target } = await backedUp()
    const files = (JSON.parse(readFileSync(join(target, manifestName), 'utf8')) as { files: BackedUpFile[] })
      .files
    const edit = (copy: string, change: (manifest: { files: unknown[] }) => void) => {
      const path = join(copy, manifestName)
      const manifest = JSON.parse(readFileSync(path, 'utf8')) as { files: unknown[] }
      change(manifest)
      writeFileSync(path, JSON.stringify(manifest))
    }
    const attacks: Record<string, (copy: string) => void> = {
      ...Object.fromEntries(
        files.flatMap(({ path }) => [
          [`${path} changed`, (copy: string) => flip(join(copy, path))],
          [`${path} longer`, (copy: string) => appendFileSync(join(copy, path), 'x')],
          [`${path} missing`, (copy: string) => rmSync(join(copy, path))],
          [`${path} linked`, (copy: string) => link(join(copy, path))],
        ]),
      ),
      'a folder linked': (copy) => link(join(copy, 'keys')),
      'a file added': (copy) => writeFileSync(join(copy, 'keys/trusted.pub'), 'key'),
      'no manifest': (copy) => rmSync(join(copy, manifestName)),
      'half a manifest': (copy) =>
        writeFileSync(join(copy, manifestName), readFileSync(join(copy, manifestName)).subarray(0, 200)),
      'a path out of the state': (copy) =>
        edit(copy, ({ files: all }) => all.push({ ...files[0], path: '../evil' })),
      'a path that is none': (copy) =>
        edit(copy, ({ files: all }) => all.push({ ...files[0], path: 'keys/../../evil' })),
      'an absolute path': (copy) =>
        edit(copy, ({ files: all }) => all.push({ ...files[0], path: '/etc/evil' })),
      'a file of a run': (copy) =>
        edit(copy, ({ files: all }) => all.push({ ...files[0], path: 'control.json' })),
      'a file twice': (copy) => edit(copy, ({ files: all }) => all.push(files[0])),
      'no state': (copy) =>
        edit(copy, (manifest) => (manifest.files = files.filter(({ path }) => path !== 'control.sqlite'))),
      'a size that is none': (copy) => edit(copy, ({ files: all }) => all.push({ ...files[0], bytes: -1 })),
    }
    for (const [what, attack] of Object.entries(attacks)) {
      const copy = fresh()
      cpSync(target, copy, { recursive: true })
      attack(copy)
      const other = openProject(fresh())
      assert.throws(() => restore(other, copy), { code: 'BACKUP' }, what)
      assert.ok(!existsSync(join(other.state, 'control.sqlite')), what)
      assert.ok(!existsSync(join(dirname(other.state), 'evil')), what)
    }
    assert.throws(() => restore(openProject(fresh()), target, `sha256:${'0'.repeat(64)}`), { code: 'BACKUP' })
  })

  test('attack: a backup of a state with a changed audit log does not come back', async () => {
    const { project, state, database } = shop()
    state.audit.append({ who: 'x', act: 'change', outcome: 'done', facts: null })
    state.close()
    database.close()
    const raw = new DatabaseSync(join(project.state, 'control.sqlite'))
    raw.exec("DROP TRIGGER audit_is_not_changed; UPDATE audit SET entry = '{}'")
    raw.close()
    const target = fresh()
    await backUp(project, target)
    const other = openProject(fresh())
    assert.throws(() => restore(other, target), { code: 'BACKUP' })
    assert.deepEqual(
      readdirSync(other.state).filter((name) => !['lock.sqlite', 'releases'].includes(name)),
      [],
    )
  })

  test('is what the error of a damaged state names', () => {
    const { project, state, database } = shop()
    state.close()
    database.close()
    writeFileSync(join(project.state, 'control.sqlite'), 'x'.repeat(8_192))
    assert.throws(
      () => openState(project.state),
      (error: Error & { code: string; fix: string }) =>
        error.code === 'STATE' && /plimsoll restore/.test(error.fix),
    )
  })
})

function flip(path: string): void {
  const bytes = readFileSync(path)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

function link(path: string): void {
  renameSync(path, `${path}-away`)
  symlinkSync(`${path}-away`, path)
}
