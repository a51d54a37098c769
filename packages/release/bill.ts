import { readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { ServiceManifest } from '@plimsoll/contract'
import type { BundledModule } from './bundle.ts'

/** A software bill of materials: CycloneDX 1.6, the parts that are known without guessing. */
export interface Bill {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly version: 1
  readonly metadata: { readonly component: BillComponent }
  readonly components: readonly BillComponent[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

interface BillComponent {
  readonly type: 'application' | 'library'
  readonly 'bom-ref': string
  readonly name: string
  readonly group?: string
  readonly version?: string
  /** Package URL (purl specification, type npm). */
  readonly purl?: string
  readonly licenses?: readonly ({ expression: string } | { license: { name: string } })[]
  /** Of the package as the registry served it, where the lockfile says it. */
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
}

/**
 * The packages of which something is in the bundle, and which needs which. Without time and serial number, so that
 * the same sources give the same bytes.
 */
export function billOf(manifest: ServiceManifest, modules: readonly BundledModule[]): Bill {
  const packages = openPackages()
  const service: BillComponent = {
    type: 'application',
    'bom-ref': `service:${manifest.name}`,
    name: manifest.name,
    version: manifest.contract.version,
  }
  const components = new Map<string, BillComponent>()
  const needs = new Map<string, Set<string>>([[service['bom-ref'], new Set()]])
  const sizes = new Map<string, number>()
  for (const { path, imports, size } of modules) {
    const component = packages.ofModule(path)
    if (component === undefined) continue
    const ref = component['bom-ref']
    components.set(ref, component)
    sizes.set(ref, (sizes.get(ref) ?? 0) + size)
    needs.get(service['bom-ref'])?.add(ref)
    const others = needs.get(ref) ?? new Set<string>()
    needs.set(ref, others)
    for (const target of imports) {
      const other = packages.ofModule(target)?.['bom-ref']
      if (other !== undefined && other !== ref) others.add(other)
    }
  }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: service },
    components: [...components.values()]
      .map((component) => sized(component, sizes.get(component['bom-ref']) ?? 0))
      .toSorted(byReference),
    dependencies: [...needs]
      .map(([ref, others]) => ({
        ref,
        dependsOn: [...others].filter((other) => components.has(other)).toSorted(),
      }))
      .toSorted((one, other) => compare(one.ref, other.ref)),
  }
}

/** Name of the property that says how many characters of a package are in the bundle. */
const sizeProperty = 'plimsoll:bundle:size'
/** Names a script that npm would run at installation. None of them is part of a release, and none is run by a build. */
const scriptProperty = 'plimsoll:install:script'

function sized(component: BillComponent, size: number): BillComponent {
  const properties = [{ name: sizeProperty, value: String(size) }, ...(component.properties ?? [])]
  return { ...component, properties }
}

function byReference(one: BillComponent, other: BillComponent): number {
  return compare(one['bom-ref'], other['bom-ref'])
}

/** By code units: the same order on every machine, whatever its language. */
function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

interface Packages {
  /** The package that a module belongs to; nothing for a virtual module or where no package.json names one. */
  ofModule(path: string): BillComponent | undefined
}

function openPackages(): Packages {
  const byFolder = new Map<string, BillComponent | undefined>()
  const lockfiles = new Map<string, LockedPackages>()
  const ofFolder = (folder: string): BillComponent | undefined => {
    if (byFolder.has(folder)) return byFolder.get(folder)
    const parent = dirname(folder)
    const found = componentOf(folder, lockfiles) ?? (parent === folder ? undefined : ofFolder(parent))
    byFolder.set(folder, found)
    return found
  }
  return { ofModule: (path) => (path.startsWith('\0') ? undefined : ofFolder(dirname(path))) }
}

function componentOf(folder: string, lockfiles: Map<string, LockedPackages>): BillComponent | undefined {
  const description = readJson(join(folder, 'package.json'))
  const fullName = textOf(description?.['name'])
  if (fullName === undefined) return undefined
  const version = textOf(description?.['version'])
  const [group, name] = fullName.startsWith('@') ? fullName.split('/', 2) : [undefined, fullName]
  const purl = purlOf(fullName, version)
  const licenses = licensesOf(textOf(description?.['license']))
  const integrity = integrityOf(folder, lockfiles)
  return {
    type: 'library',
    'bom-ref': purl,
    name: name ?? fullName,
    ...(group !== undefined && { group }),
    ...(version !== undefined && { version }),
    purl,
    ...(licenses !== undefined && { licenses }),
    ...(integrity !== undefined && { hashes: [integrity] }),
    properties: installScripts(description) ?? [],
  }
}

/** As npm knows them (npm docs, scripts: life cycle of `npm install`), in its order. */
function installScripts(
  description: Readonly<Record<string, unknown>> | undefined,
): BillComponent['properties'] {
  const scripts = (description?.['scripts'] ?? {}) as Readonly<Record<string, unknown>>
  return ['preinstall', 'install', 'postinstall']
    .filter((name) => typeof scripts[name] === 'string')
    .map((name) => ({ name: scriptProperty, value: name }))
}

function purlOf(name: string, version: string | undefined): string {
  const path = name.split('/').map(encodeURIComponent).join('/')
  return `pkg:npm/${path}${version === undefined ? '' : `@${encodeURIComponent(version)}`}`
}

function licensesOf(license: string | undefined): BillComponent['licenses'] {
  if (license === undefined) return undefined
  const isExpression = /^[A-Za-z0-9.+() -]+$/.test(license) && !/^(?:SEE LICENSE|UNLICENSED)/.test(license)
  return [isExpression ? { expression: license } : { license: { name: license } }]
}

type LockedPackages = Readonly<Record<string, { readonly integrity?: unknown } | undefined>>

/** From the lockfile that npm keeps inside of node_modules; a package of the project's own has none. */
function integrityOf(
  folder: string,
  lockfiles: Map<string, LockedPackages>,
): { alg: string; content: string } | undefined {
  const first = folder.indexOf(`${sep}node_modules${sep}`)
  if (first === -1) return undefined
  const file = join(folder.slice(0, first), 'node_modules', '.package-lock.json')
  const packages = lockfiles.get(file) ?? ((readJson(file)?.['packages'] ?? {}) as LockedPackages)
  lockfiles.set(file, packages)
  const integrity = textOf(
    packages[
      folder
        .slice(first + 1)
        .split(sep)
        .join('/')
    ]?.integrity,
  )
  const [, digest] = /^sha512-([A-Za-z0-9+/]+={0,2})$/.exec(integrity ?? '') ?? []
  return digest === undefined
    ? undefined
    : { alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
