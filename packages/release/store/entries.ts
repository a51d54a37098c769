import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, type Digest } from '@plimsoll/base'
import { failed } from '../errors.ts'
import { hexOf, writeDurably } from './blobs.ts'
import { imageMediaType, type Descriptor } from './image.ts'

/**
 * Which images the store has. Each is a file of its own, `<release>.json` or `<release>.<referrer>.json`, so that
 * two processes that add something at once cannot lose each other's; `index.json` is derived from them for other tools.
 */
export interface Entries {
  releases(): Promise<Digest[]>
  referrers(release: Digest): Promise<Digest[]>
  add(descriptor: Descriptor, subject?: Digest): Promise<void>
}

const entryName = /^([0-9a-f]{64})(?:\.([0-9a-f]{64}))?\.json$/

export function openEntries(layout: string): Entries {
  const folder = join(layout, 'entries')
  const names = async (): Promise<RegExpExecArray[]> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const files = await readdir(folder)
    return files
      .toSorted()
      .map((file) => entryName.exec(file))
      .filter((match) => match !== null)
  }
  return {
    async releases() {
      const all = await names()
      return all
        .filter(([, , referrer]) => referrer === undefined)
        .map(([, hex]) => `sha256:${hex ?? ''}` as const)
    },
    async referrers(release) {
      const all = await names()
      return all.flatMap(([, hex, referrer]): Digest[] =>
        hex === hexOf(release) && referrer !== undefined ? [`sha256:${referrer}`] : [],
      )
    },
    async add(descriptor, subject) {
      const hex = hexOf(descriptor.digest)
      const name = subject === undefined ? `${hex}.json` : `${hexOf(subject)}.${hex}.json`
      await writeDurably(join(folder, name), Buffer.from(canonicalJson(descriptor)))
      await deriveIndex(layout, async () => (await names()).map(([file]) => join(folder, file)))
    },
  }
}

/**
 * Writes `index.json` until it says what the entries say. Whoever writes last has looked after its own writing, so the
 * last index is complete without a lock.
 */
async function deriveIndex(layout: string, listEntries: () => Promise<readonly string[]>): Promise<void> {
  for (let written: string | undefined, entries = await listEntries(); written !== entries.join('\n');) {
    const manifests = await Promise.all(entries.map(readEntry))
    const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }
    await writeDurably(join(layout, 'index.json'), Buffer.from(canonicalJson(index)))
    written = entries.join('\n')
    entries = await listEntries()
  }
}

async function readEntry(file: string): Promise<Descriptor> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Descriptor
  } catch (cause) {
    const fix = 'delete the file: the blobs stay, and building the service again brings the entry back'
    throw failed('STORE_READ', 'an entry of the store is damaged', { cause, place: { file }, fix })
  }
}

/** The entry of an image in `index.json`. */
export function entryOf(
  image: { readonly digest: Digest; readonly size: number },
  facts: Pick<Descriptor, 'artifactType' | 'annotations'>,
): Descriptor {
  return { mediaType: imageMediaType, digest: image.digest, size: image.size, ...facts }
}
