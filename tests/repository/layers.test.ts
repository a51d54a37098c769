// Why: TypeScript does not keep packages in their order; this does, over what each package declares and what each file imports.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'

const root = join(import.meta.dirname, '../..')

/** A package may import only packages of a lower number. */
const layers: Readonly<Record<string, number>> = {
  base: 0,
  contract: 1,
  identity: 1,
  architecture: 2,
  service: 2,
  release: 2,
  vetting: 3,
  gateway: 3,
  control: 4,
  testbed: 5,
}

interface Package {
  readonly name: string
  readonly folder: string
  readonly dependencies: readonly string[]
}

function read(pattern: string): Package[] {
  return globSync(pattern, { cwd: root }).map((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
      name: string
      dependencies?: Record<string, string>
    }
    return {
      name: manifest.name,
      folder: path.slice(0, -'/package.json'.length),
      dependencies: Object.keys(manifest.dependencies ?? {}),
    }
  })
}

const libraries = read('packages/*/package.json')
const programs = read('apps/*/package.json')

/** Package names that a package's own files import, tests left out. */
function importsOf({ folder }: Package): Map<string, string> {
  const found = new Map<string, string>()
  for (const file of globSync(`${folder}/**/*.ts`, { cwd: root, exclude: ['**/node_modules/**'] })) {
    if (/\.(?:test|types|fixture)\.ts$|\/(?:fixture|testing|templates)\/|\/rules\/example\.ts$/.test(file))
      continue
    const text = readFileSync(join(root, file), 'utf8')
    // Statements at the beginning of a line: what a text quotes is no import.
    for (const match of text.matchAll(/^(?:\}|import|export)[^'\n]*(?:\bfrom|import) '([^'.][^']*)'/gm)) {
      const specifier = match[1] ?? ''
      if (specifier.startsWith('node:') || specifier.includes('${')) continue
      const parts = specifier.split('/')
      found.set(specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? ''), file)
    }
  }
  return found
}

suite('the order of the packages', () => {
  for (const library of libraries) {
    const own = layers[library.name.slice('@plimsoll/'.length)]
    test(`${library.name} depends only on lower packages`, () => {
      assert.notEqual(own, undefined, `${library.name} has no place in the order`)
      for (const dependency of library.dependencies.filter((name) => name.startsWith('@plimsoll/'))) {
        const level = layers[dependency.slice('@plimsoll/'.length)]
        assert.ok(
          level !== undefined && level < (own ?? 0),
          `${library.name} may not depend on ${dependency}`,
        )
      }
    })
  }

  for (const part of [...libraries, ...programs]) {
    test(`${part.name} imports only what it declares`, () => {
      for (const [name, file] of importsOf(part)) {
        assert.ok(
          part.dependencies.includes(name),
          `${file} imports ${name}, which ${part.folder}/package.json does not list`,
        )
      }
    })
  }

  test('no file reaches into another package past its exports', () => {
    for (const file of globSync('{packages,apps}/**/*.ts', { cwd: root, exclude: ['**/node_modules/**'] })) {
      const own = file.split('/').slice(0, 2).join('/')
      const text = readFileSync(join(root, file), 'utf8')
      for (const match of text.matchAll(/from '(\.[^']*)'/g)) {
        const target = join(file, '..', match[1] ?? '')
        assert.ok(target.startsWith(`${own}/`), `${file} imports ${match[1]} of another package`)
      }
    }
  })
})
