import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { canonicalJson, systemClock } from '@plimsoll/base'
import { openApi, type ServiceManifest } from '@plimsoll/contract'
import { billOf } from './bill.ts'
import { bundle, type Bundle } from './bundle.ts'
import { describeService, findEntry } from './description/description.ts'
import type { ModuleLoader } from './description/warm.ts'
import { invalidAt } from './errors.ts'
import { checkForSecrets } from './leak/leak.ts'
import type { BuildRecords } from './records.ts'
import { openSources } from './source/sources.ts'
import type { Release, ReleaseContent, ReleaseStore } from './store/store.ts'

export interface BuildOptions {
  /** The folder of the configuration; places are told relative to it. */
  readonly project: string
  /** The service's entry module, relative to the project. */
  readonly entry: string
  readonly store: ReleaseStore
  /** The name that the service must have, where the architecture already gives it one. */
  readonly expect?: string | undefined
  /** What was built before; nothing is built again that is there already. */
  readonly records?: BuildRecords | undefined
  /** Loads the entry module to describe it; a process that is started for it where absent. */
  readonly loader?: ModuleLoader | undefined
}

/**
 * Builds a service: the same sources give the same release, byte for byte, in every folder and on every build.
 * @throws {InvalidInput} what `describeService` throws, `OTHER_NAME`, and what cannot be bundled into one file.
 * @throws {Refusal} `SECRET_IN_BUNDLE`
 */
export async function buildRelease(options: BuildOptions): Promise<Release> {
  const { project, entry, store, expect, records } = options
  const path = findEntry(realpathSync(resolve(project)), entry)
  const before = await built(path, options)
  if (before !== undefined) {
    checkName(before.manifest, expect)
    return before
  }
  const begunAt = systemClock.now()
  const [manifest, bundled] = await describeAndBundle(options)
  checkName(manifest, expect)
  const content = contentOf(manifest, bundled)
  const sources = openSources(realpathSync(resolve(project)))
  checkForSecrets({
    files: {
      'service.mjs': content.bundle,
      'contract.json': content.contract,
      'openapi.json': content.openapi,
      'manifest.json': jsonBytes(manifest),
    },
    modules: bundled.modules.map((module) => module.path),
    nameOf: (module) => sources.file(module),
  })
  const release = await store.add(manifest, content)
  records?.keep({ entry: path, inputs: bundled.inputs, begunAt }, release.digest)
  return release
}

/** The release of the same sources, where it is still in the store, whole. */
async function built(path: string, { records, store }: BuildOptions): Promise<Release | undefined> {
  const digest = records?.find(path)
  return digest === undefined ? undefined : await store.get(digest).catch(() => undefined)
}

function checkName({ name, evidence }: ServiceManifest, expected: string | undefined): void {
  if (expected === undefined || expected === name) return
  throw invalidAt('OTHER_NAME', evidence['contract'] ?? {}, {
    message: `the architecture calls this service \`${expected}\`, its contract \`${name}\``,
    fix: 'give both the same name',
  })
}

/** Both at once. What the description says of a broken module is clearer than what the bundler says, so it goes first. */
async function describeAndBundle(options: BuildOptions): Promise<[ServiceManifest, Bundle]> {
  const { project, entry, loader } = options
  const root = realpathSync(resolve(project))
  const path = findEntry(root, entry)
  const [description, bundled] = await Promise.allSettled([
    describeService({ project: root, entry, loader }),
    bundle({ sources: openSources(root), entry: path }),
  ])
  if (description.status === 'rejected') throw description.reason
  if (bundled.status === 'rejected') throw bundled.reason
  return [description.value, bundled.value]
}

function contentOf(manifest: ServiceManifest, { code, modules }: Bundle): ReleaseContent {
  return {
    bundle: code,
    contract: jsonBytes(manifest.contract),
    // Where it is served is the architecture's matter: the address is relative to the document's own.
    openapi: jsonBytes(openApi(manifest.contract, { serverUrl: '/' })),
    sbom: jsonBytes(billOf(manifest, modules)),
  }
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(canonicalJson(value))
}
