import type { ComponentKind } from '../model.ts'
import { genericKinds, onPorts, products, type Technology } from './technologies.ts'

export type { Technology } from './technologies.ts'

/** What is known of a component before its technology is. */
export interface TechnologyHints {
  /** Reference of an image, such as `docker.io/library/postgres:18`. */
  readonly image?: string | undefined
  readonly name?: string | undefined
  /** Ports that it listens at, inside. */
  readonly ports?: readonly string[] | undefined
}

/** Words of a container that works with a product and is not that product: `kafka-consumer`, `mongo-seed`. */
const notTheProduct = new Set(
  (
    'consumer producer worker listener subscriber publisher client init initializer setup migrate migration migrations migrator ' +
    'seed seeder backup restore job cron cli test tests ui gui admin dashboard viewer app api example sample demo topics adapter bridge ' +
    'operator plugin configurator provisioner bootstrap importer loader sync simulator'
  ).split(' '),
)
/** The same image runs these: they prepare a product and end. */
const preparing = new Set(
  'init initializer setup migrate migration migrations migrator seed seeder backup restore topics bootstrap provisioner importer'.split(
    ' ',
  ),
)
/** A last part of an image that says nothing alone: `jaegertracing/all-in-one`, `mssql/server`. */
const saysNothing = new Set(
  'server all in one standalone contrib core image main base latest agent runtime ha cluster community enterprise ce oss'.split(
    ' ',
  ),
)
const compoundEndings = /(?:db|server|cache|broker|cluster|service|node|master|slave|primary|replica)$/
const longestPhrase = 4

/**
 * What a component is, from the words of its image and name, and from its ports where these say nothing. It is a conclusion:
 * evidence that rests on it says `inferred`. Undefined where nothing is recognised.
 */
export function technologyOf({ image, name, ports = [] }: TechnologyHints): Technology | undefined {
  const nameWords = wordsOf(name ?? '')
  if (nameWords.some((word) => preparing.has(word))) return undefined
  const segments = imageSegments(image ?? '')
  const named = productOfImage(segments) ?? productIn(nameWords)
  if (named !== undefined) return named
  const onPort = productOnPort(ports)
  const generic = genericIn(nameWords) ?? genericIn(wordsOf(segments.at(-1) ?? ''))
  if (generic === undefined) return onPort
  return onPort !== undefined && alike(onPort.kind, generic.kind) ? onPort : generic
}

/** Path of an image without registry, tag and digest. */
function imageSegments(image: string): readonly string[] {
  const [path = ''] = image.split('@')
  const segments = path.split('/')
  const last = segments.pop() ?? ''
  const [first] = segments
  if (first !== undefined && /[.:]|^localhost$/.test(first)) segments.shift()
  return [...segments, last.split(':')[0] ?? ''].filter((segment) => segment !== '')
}

function productOfImage(segments: readonly string[]): Technology | undefined {
  for (const segment of segments.toReversed()) {
    const words = wordsOf(segment)
    const found = productIn(words)
    if (found !== undefined) return found
    if (!words.every((word) => saysNothing.has(word))) return undefined
  }
  return undefined
}

function wordsOf(text: string): readonly string[] {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

/** The product that the words begin or end with; the longest phrase, and of equals the last, which is the noun in English. */
function productIn(words: readonly string[]): Technology | undefined {
  for (let length = Math.min(longestPhrase, words.length); length > 0; length -= 1) {
    for (const start of new Set([words.length - length, 0])) {
      const product = productNamed(words.slice(start, start + length))
      if (product === undefined) continue
      const others = [...words.slice(0, start), ...words.slice(start + length)]
      return others.some((word) => notTheProduct.has(word)) ? undefined : product
    }
  }
  return undefined
}

function productNamed(words: readonly string[]): Technology | undefined {
  const phrase = words.join(' ').replace(/\d+$/, '')
  return (
    products.get(words.join(' ')) ?? products.get(phrase) ?? products.get(phrase.replace(compoundEndings, ''))
  )
}

function productOnPort(ports: readonly string[]): Technology | undefined {
  for (const port of ports) {
    const product = onPorts.get(port.split('/')[0] ?? '')
    if (product !== undefined) return product
  }
  return undefined
}

/** A kind that a name tells without a product: `orders-db`, `api-gateway`. */
function genericIn(words: readonly string[]): Technology | undefined {
  const whole = words.join(' ')
  for (const [kind, technology, pattern] of genericKinds) if (pattern.test(whole)) return { technology, kind }
  return undefined
}

function alike(one: ComponentKind, other: ComponentKind): boolean {
  const keepsData = (kind: ComponentKind) => kind === 'store' || kind === 'cache'
  return one === other || (keepsData(one) && keepsData(other))
}
