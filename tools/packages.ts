// Why: some tests meet the real thing (a sandbox), which Debian has as a package; a fresh machine does not have it installed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Program that has to be there → the package that brings it. */
const wanted = { '/usr/bin/bwrap': 'bubblewrap' }

/** Installs what is missing, as root on a machine with apt; elsewhere says which tests will be skipped. */
export function installPackages(): void {
  const missing = Object.entries(wanted).flatMap(([program, name]) => (existsSync(program) ? [] : [name]))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log(`not installed, so that their tests are skipped: ${missing.join(', ')}`)
    return
  }
  console.log(`installing ${missing.join(', ')} (apt-get; once) ...`)
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...missing], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  if (install()) return
  spawnSync('apt-get', ['update'])
  if (!install()) console.log('that failed: their tests are skipped')
}
