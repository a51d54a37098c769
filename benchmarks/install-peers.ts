import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'peers')

/** Installs what the benchmarks compare with, once; Plimsoll itself needs none of it. */
export function installPeers(): void {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  const stamp = join(folder, 'node_modules/.installed-lockfile')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.log(
    'Installing the peers that are compared with (npm ci in benchmarks/peers; once, some 20 seconds) ...',
  )
  const { status } = spawnSync(
    'npm',
    ['ci', '--workspaces=false', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: folder,
      stdio: 'inherit',
    },
  )
  if (status !== 0) throw new Error('npm ci in benchmarks/peers failed')
  writeFileSync(stamp, lock)
}
