import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openAuthority, spiffeId } from '@plimsoll/identity'
import type { WorkloadSet } from '../../engine.ts'
import { createLocalEngine } from '../engine.ts'
import { systemCallFilter } from './system-call-filter.ts'
import { openSocketFolders } from './socket-folders.ts'
import { surveyIsolation } from './survey.ts'
import { ServiceUsers } from './users.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-walls-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const sockets = openSocketFolders(folder)
after(() => sockets.remove())
const survey = (without: { readonly withoutPermissions?: boolean; readonly withoutSandbox?: boolean } = {}) =>
  surveyIsolation({ folder, groups: `plimsoll-test-${process.pid}`, ...without })
const isolation = await survey()
const stands = (name: string) => isolation.walls.some((wall) => wall.name === name && wall.stands)
const skip = isolation.sandboxed
  ? false
  : `no sandbox here: ${isolation.walls.find(({ name }) => name === 'files')?.about ?? ''}`

const key = join(folder, 'authority-key.pem')
writeFileSync(key, 'the key of everything', { mode: 0o644 })
const neighbour = join(folder, 'data', 'card-vault')
mkdirSync(neighbour, { recursive: true })
writeFileSync(join(neighbour, 'cards.json'), 'card 4000-0566', { mode: 0o644 })

const authority = openAuthority(join(folder, 'authority'), 'shop.internal')
const quick = { startMs: 20_000, drainMs: 500, pingMs: 100, firstPauseMs: 20, longestPauseMs: 50 }

/** Runs a service with this code behind the walls, and gives what it wrote as its last line of JSON. */
async function attack(options: {
  readonly name: string
  readonly code: string
  readonly callees?: readonly string[]
  readonly withoutPermissions?: boolean
  readonly memoryMiB?: number
}): Promise<{ said: () => string; set: WorkloadSet; result: () => Record<string, unknown> }> {
  const { name, code, callees = [], withoutPermissions = true, memoryMiB = 256 } = options
  const engine = createLocalEngine({
    authority,
    isolation: await survey({ withoutPermissions }),
    sockets,
    users: new ServiceUsers(folder),
    logFolder: folder,
    logger: { write: () => undefined },
    onEndpoints: () => undefined,
    bounds: { ...quick, limits: { memoryMiB, processes: 64, storageMiB: 64 } },
  })
  const program = join(folder, `${name}.mjs`)
  writeFileSync(program, `${prelude}\n${code}`)
  const dataFolder = join(folder, 'data', name)
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const set = await engine.start(
    {
      service: name,
      identity: spiffeId('shop.internal', 'service', name),
      program,
      replicas: 1,
      externals: {},
      callees,
      network: 'none',
      dataFolder,
      serverNames: [],
    },
    {
      snapshotFor: () => ({ revision: 1, endpoints: {}, callers: {} }),
      configurationFor: () => undefined,
    },
  )
  const said = () => readFileSync(join(folder, `${name}-0.log`), 'utf8')
  const result = () => JSON.parse(said().trim().split('\n').at(-1) ?? '') as Record<string, unknown>
  return { said, set, result }
}

/** Tries one thing after the other; each is `denied` with its reason, or what it gave. */
const prelude = `
import fs from 'node:fs'
import net from 'node:net'
import child from 'node:child_process'
process.on('message', ({ type }) => { if (type === 'ping') process.send({ type: 'pong' }); if (type === 'drain') process.exit(0) })
const bootstrap = await new Promise((resolve) => process.on('message', (m) => m.type === 'bootstrap' && resolve(m)))
const ready = () => process.send({ type: 'ready', address: 'path' in bootstrap.listen ? 'unix:' + bootstrap.listen.path : '127.0.0.1:1' })
const tries = {}
async function attempt(name, act) {
  try { tries[name] = { gave: String(await act()).slice(0, 200) } } catch (error) { tries[name] = { denied: error.code ?? error.message } }
}
const reach = (place) => new Promise((resolve, reject) => {
  const socket = net.connect(place, () => { socket.destroy(); resolve('connected') })
  socket.on('error', reject)
})
const tell = () => { console.log(JSON.stringify(tries)); ready() }`

suite('the walls around a service', { skip }, () => {
  test('it sees its own data and nothing of another, nor of the machine', async () => {
    const { result, set } = await attack({
      name: 'spy',
      code: `
        await attempt('own data', () => { fs.writeFileSync(bootstrap.dataFolder + '/note', 'mine'); return fs.readFileSync(bootstrap.dataFolder + '/note') })
        await attempt('key', () => fs.readFileSync(${JSON.stringify(key)}))
        await attempt('neighbour', () => fs.readFileSync(${JSON.stringify(join(neighbour, 'cards.json'))}))
        await attempt('accounts', () => fs.readFileSync('/etc/passwd'))
        await attempt('home', () => fs.readdirSync('/root'))
        await attempt('root', () => fs.readdirSync('/').sort())
        await attempt('others', () => fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((pid) => fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8').split('\\0')[0]))
        await attempt('environment', () => JSON.stringify(Object.keys(process.env)))
        await attempt('write program', () => fs.appendFileSync(process.argv[1], 'evil'))
        await attempt('write root', () => fs.writeFileSync('/x', ''))
        await attempt('through a link', () => { fs.symlinkSync('/etc/shadow', bootstrap.dataFolder + '/link'); return fs.readFileSync(bootstrap.dataFolder + '/link') })
        await attempt('user', () => process.getuid())
        tell()`,
    })
    await set.drain()
    const said = result() as Record<string, { gave?: string; denied?: string }>
    assert.deepEqual(said['own data'], { gave: 'mine' })
    const denied = ['key', 'neighbour', 'accounts', 'home', 'write program', 'write root', 'through a link']
    for (const name of denied) assert.ok(said[name]?.denied, `${name}: ${JSON.stringify(said[name])}`)
    assert.ok(!JSON.stringify(said).includes('4000-0566') && !JSON.stringify(said).includes('the key'))
    assert.doesNotMatch(said['others']?.gave ?? '', /npm|--test/)
    assert.deepEqual(JSON.parse(said['environment']?.gave ?? '[]'), ['PWD'])
    if (stands('user')) assert.match(said['user']?.gave ?? '', /^59\d\d\d$/)
  })

  test('it reaches the services that it declares, and no other place', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { readonly port: number }
    const listening = ['catalog', 'card-vault'].map((name) => {
      const path = join(sockets.of(name), '0.sock')
      return createServer((socket) => socket.end()).listen({ path, readableAll: true, writableAll: true })
    })
    const { result, set } = await attack({
      name: 'caller',
      callees: ['catalog'],
      code: `
        await attempt('declared', () => reach({ path: ${JSON.stringify(join(sockets.of('catalog'), '0.sock'))} }))
        await attempt('undeclared', () => reach({ path: ${JSON.stringify(join(sockets.of('card-vault'), '0.sock'))} }))
        await attempt('replace', () => fs.unlinkSync(${JSON.stringify(join(sockets.of('catalog'), '0.sock'))}))
        await attempt('machine', () => reach({ host: '127.0.0.1', port: ${port} }))
        await attempt('internet', () => reach({ host: '192.0.2.1', port: 443 }))
        const door = net.createServer((socket) => socket.end('open')).listen(0, '0.0.0.0')
        await new Promise((resolve) => door.on('listening', resolve))
        await attempt('door', () => door.address().port)
        tell()`,
    })
    try {
      const said = result() as Record<string, { gave?: string; denied?: string }>
      assert.deepEqual(said['declared'], { gave: 'connected' })
      for (const name of ['undeclared', 'replace', 'machine', 'internet'])
        assert.ok(said[name]?.denied, `${name}: ${JSON.stringify(said[name])}`)
      const door = createServer()
      // Its port is a port of its own namespace: here it is free.
      await new Promise<void>((resolve, reject) => {
        door.once('error', reject).listen(Number(said['door']?.gave), '127.0.0.1', resolve)
      })
      door.close()
    } finally {
      await set.drain()
      for (const listener of [server, ...listening]) listener.close()
    }
  })

  test('it starts no process, neither by Node nor by the kernel', async () => {
    for (const withoutPermissions of [true, false]) {
      const { result, set } = await attack({
        name: `starter-${String(withoutPermissions)}`,
        withoutPermissions,
        code: `
          const outcome = ({ error, status }) => { if (error) throw error; return status }
          await attempt('shell', () => outcome(child.spawnSync('/bin/sh', ['-c', 'id'])))
          await attempt('itself', () => outcome(child.spawnSync(process.execPath, ['--version'])))
          tell()`,
      })
      await set.drain()
      const said = result() as Record<string, { denied?: string }>
      assert.ok(said['shell']?.denied && said['itself']?.denied, JSON.stringify(said))
    }
  })

  test('it fills neither the disk nor the memory of others', async () => {
    const full = await attack({
      name: 'hoarder',
      code: `
        const block = Buffer.alloc(8 * 1024 * 1024, 1)
        await attempt('temporary', () => { for (let i = 0; i < 20; i++) fs.appendFileSync('/tmp/big', block) })
        tell()`,
    })
    await full.set.drain()
    assert.match((full.result()['temporary'] as { denied?: string }).denied ?? '', /ENOSPC|EFBIG/)
    const storing = await attack({
      name: 'keeper',
      code: `tell(); const block = Buffer.alloc(1024 * 1024, 1); let at = 0
        setInterval(() => { fs.writeFileSync(bootstrap.dataFolder + '/' + at++, block) }, 2)`,
    })
    await until(() => /holds more than/.test(storing.set.replicas()[0]?.lastExit ?? ''))
    await storing.set.drain()
  })

  test(
    'it is ended when it takes more memory than its share',
    { skip: !stands('memory and processes') },
    async () => {
      const neighbourly = await attack({ name: 'modest', code: 'tell()' })
      const { set } = await attack({
        name: 'glutton',
        memoryMiB: 96,
        code: `tell(); const held = []; setInterval(() => held.push(Buffer.alloc(8 * 1024 * 1024, 1)), 5)`,
      })
      await until(() => set.replicas()[0]?.lastExit !== undefined)
      assert.equal(neighbourly.set.replicas()[0]?.state, 'ready')
      await Promise.all([set.drain(), neighbourly.set.drain()])
    },
  )
})

test('the filter denies new processes and namespaces, and lets a program run', { skip }, () => {
  const filter = systemCallFilter(process.arch)
  assert.ok(filter !== undefined)
  const run = (...command: readonly string[]) =>
    spawnSync('bwrap', ['--dev-bind', '/', '/', '--seccomp', '4', '--', ...command], {
      stdio: ['ignore', 'pipe', 'pipe', 'ignore', openFilter(filter)],
      encoding: 'utf8',
    })
  assert.equal(run('/bin/echo', 'here').stdout, 'here\n')
  assert.notEqual(run('/bin/sh', '-c', 'ls / | wc -l').status, 0)
  assert.match(run('/usr/bin/unshare', '--user', '/bin/true').stderr, /not permitted/)
})

function openFilter(filter: Buffer): number {
  const file = join(folder, 'filter.bpf')
  writeFileSync(file, filter)
  return openSync(file, 'r')
}

test('without a sandbox it says which walls are missing, and why', async () => {
  const bare = await survey({ withoutSandbox: true })
  assert.equal(bare.sandboxed, false)
  const missing = new Set<string>(bare.walls.filter((wall) => !wall.stands).map(({ name }) => name))
  assert.ok(['files', 'network', 'system calls', 'user'].every((name) => missing.has(name)))
  assert.ok(bare.walls.every(({ about }) => about.length > 0))
})

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !holds(); tries += 1) await pause(20)
  assert.ok(holds(), String(holds))
}
