#!/usr/bin/env node
// Plain JavaScript, so that a Node too old for TypeScript still gets as far as handing over to the pinned one.
import { spawnSync } from 'node:child_process'
import module, { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { privateCache } from './compile-cache.mjs'

if (Number(process.versions.node.split('.')[0]) >= 26) {
  // Compiled code and stripped types are kept between runs, so that a command begins at once.
  const cache = process.env.NODE_COMPILE_CACHE === undefined ? privateCache() : undefined
  if (cache !== undefined) module.enableCompileCache?.(cache)
  // A short program lives in its young generation: let it grow at once, instead of being collected a dozen times.
  setFlagsFromString('--semi-space-growth-factor=8')
  await import('../main.ts')
} else {
  const node = pinnedNode()
  if (node === undefined) {
    console.error(
      `plimsoll needs Node 26 or later; this is ${process.version}. Install Node 26 and try again.`,
    )
    process.exit(2)
  }
  process.on('SIGINT', () => {})
  const { status } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

function pinnedNode() {
  const require = createRequire(import.meta.url)
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  for (const name of [`node-${platform}`, `node-bin-${platform}`]) {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`))
      const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
      if (existsSync(path)) return path
    } catch {
      // Not installed for this platform under that name: the next one may be.
    }
  }
  return undefined
}
