// Why: npm leaves an optional package for another platform out of the lockfile when the registry at hand does not serve it, and `npm ci` then
// refuses the lockfile. This adds what is missing, with the platform that the package's name states and without a digest.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Entry {
  version?: string
  dev?: boolean
  optional?: boolean
  optionalDependencies?: Record<string, string>
  [field: string]: unknown
}

const file = join(import.meta.dirname, '..', 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> }
const systems = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
])
const processors = new Set([
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
])
const added: string[] = []

for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (`node_modules/${name}` in lock.packages || `${place}/node_modules/${name}` in lock.packages) continue
    const words = name.split(/[/-]/)
    const os = words.filter((word) => systems.has(word))
    const cpu = words.filter((word) => processors.has(word))
    if (cpu.length !== 1)
      throw new Error(`package-lock.json: the name ${name} does not state its platform; add it by hand`)
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu,
      ...(entry.dev === true && { dev: true }),
      optional: true,
      ...(os.length > 0 && { os }),
    }
    added.push(`${name}@${version}`)
  }
}

if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`)
}
console.log(
  added.length === 0
    ? 'package-lock.json is complete'
    : `added to package-lock.json:\n  ${added.join('\n  ')}`,
)
