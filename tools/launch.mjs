// Why: `npm start`, `npm test` and `npm run bench` work right after a clone, whatever Node the machine has: this file is plain
// JavaScript for Node 20 and later, installs what is missing, and hands over to the Node that the lockfile pins.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.installed-lockfile')
const programs = {
  start: 'examples/shop/start.ts',
  test: 'tools/test.ts',
  check: 'tools/check.ts',
  bench: 'benchmarks/run.ts',
}

const [task, ...rest] = process.argv.slice(2)
const program = programs[task]
if (program === undefined) {
  console.error(`usage: node tools/launch.mjs ${Object.keys(programs).join('|')}`)
  process.exit(2)
}
installWhatIsMissing()
await handOver(pinnedNode())

function installWhatIsMissing() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error('Installing what is missing (npm ci; once, some 20 seconds) ...')
  const npm = process.env.npm_execpath
  const [command, ...prefix] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  const arguments_ = [...prefix, 'ci', '--loglevel=error', '--no-audit', '--no-fund']
  const { status, error } = spawnSync(command, arguments_, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (error !== undefined || status !== 0) {
    console.error(
      `npm ci failed${error === undefined ? '' : `: ${error.message}`}. Is the package registry reachable? Then try again.`,
    )
    process.exit(1)
  }
  writeFileSync(stamp, lock)
}

function pinnedNode() {
  for (const name of ['node', 'node.exe']) {
    const candidate = join(modules, '.bin', name)
    if (existsSync(candidate)) return candidate
  }
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath
  console.error(
    `No Node 26 for ${process.platform}-${process.arch} among the dependencies: install Node 26 or later and try again.`,
  )
  return process.exit(1)
}

/** Ctrl-C reaches the whole process group: the program ends itself, and this waits for it. */
function handOver(node) {
  const path = `${join(modules, '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`
  const child = spawn(node, [join(root, program), ...rest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
      resolve()
    })
  })
}
