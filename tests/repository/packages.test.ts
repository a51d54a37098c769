// Why: what others install has to be whole: exports that exist, types that resolve, nothing that only this checkout has.
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { publint } from 'publint'

const root = join(import.meta.dirname, '../..')

suite('each package can be published', () => {
  for (const manifest of globSync('{packages,apps}/*/package.json', { cwd: root })) {
    test(dirname(manifest), async () => {
      const { messages } = await publint({
        pkgDir: join(root, dirname(manifest)),
        level: 'warning',
        pack: false,
      })
      assert.deepEqual(messages, [])
    })
  }
})
