import { readFileSync } from 'node:fs'
import { formatPlace, Refusal, type Place } from '@plimsoll/base'
import type { RefusalCode } from '../errors.ts'
import { findSecrets, type FoundSecret } from './secrets.ts'

/** What is about to become a release, and what it was made of. */
export interface Released {
  /** Name of a file in the release → its content. */
  readonly files: Readonly<Record<string, Uint8Array>>
  /** Absolute paths of the modules that something was taken from. */
  readonly modules: readonly string[]
  /** A path as the user knows it. */
  nameOf(path: string): string
}

const mostTold = 10
/** Says in a source that the text of this line, or of the next, is no secret. */
const notSecret = /\bplimsoll:not-secret\s+\S/

/**
 * Refuses a release that carries a secret: a release is copied, kept and shown. Every file of it is looked at. What is told is the
 * kind and the place in the source, never the value.
 * @throws {Refusal} `SECRET_IN_BUNDLE`
 */
export function checkForSecrets(released: Released): void {
  const found = Object.entries(released.files).flatMap(([file, bytes]) =>
    findSecrets(Buffer.from(bytes).toString('utf8')).map((secret) => ({ ...secret, file })),
  )
  if (found.length === 0) return
  const sources = released.modules.map((path) => ({ file: released.nameOf(path), text: textOf(path) }))
  const told = new Map<string, { readonly place: Place; readonly kind: string }>()
  for (const secret of found) {
    const places = placesOf(secret, sources)
    if (secret.guessed && places.length > 0 && places.every(({ excused }) => excused)) continue
    const known = places.filter(({ excused }) => !(secret.guessed && excused)).map(({ place }) => place)
    for (const place of known.length === 0 ? [{ file: secret.file }] : known)
      told.set(`${formatPlace(place)} ${secret.kind}`, { place, kind: secret.kind })
  }
  const [first] = told.values()
  if (first !== undefined) throw leak([...told.values()], first.place)
}

function leak(told: readonly { readonly place: Place; readonly kind: string }[], place: Place): Error {
  const lines = told.slice(0, mostTold).map(({ place: at, kind }) => `${kind} at ${formatPlace(at)}`)
  const more = told.length > mostTold ? `, and ${told.length - mostTold} more` : ''
  return new Refusal<RefusalCode>('SECRET_IN_BUNDLE', `the release would carry ${lines.join(', ')}${more}`, {
    place,
    fix: 'take it out of the source, make a new one where it is issued, and read it in `start` from the data folder; where it is surely no secret but looks like one, say so at the end of its line: // plimsoll:not-secret REASON',
  })
}

interface Source {
  readonly file: string
  readonly text: string
}

/** Where the sources have it; nothing where it was put together while bundling. */
function placesOf(
  { mark }: FoundSecret,
  sources: readonly Source[],
): readonly { readonly place: Place; readonly excused: boolean }[] {
  return sources.flatMap(({ file, text }) => {
    const index = text.indexOf(mark)
    if (index === -1) return []
    const before = text.slice(0, index).split('\n')
    const line = before.length
    const lines = text.split('\n')
    const excused = [lines[line - 1], lines[line - 2]].some((each) => notSecret.test(each ?? ''))
    return [{ place: { file, line, column: (before.at(-1)?.length ?? 0) + 1 }, excused }]
  })
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
