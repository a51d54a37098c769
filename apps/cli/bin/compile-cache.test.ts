import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { privateCache } from './compile-cache.mjs'

const root = mkdtempSync(join(tmpdir(), 'plimsoll-cache-'))
after(() => rmSync(root, { recursive: true, force: true }))
const fresh = () => mkdtempSync(join(root, 'home-'))

suite('the folder of compiled code', () => {
  test('is made for this user alone', () => {
    const home = fresh()
    const folder = privateCache({ XDG_CACHE_HOME: home })
    assert.equal(folder, join(home, 'plimsoll/compiled'))
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.equal(privateCache({ XDG_CACHE_HOME: home }), folder)
  })

  for (const name of ['plimsoll', 'plimsoll/compiled']) {
    test(`attack: nothing is run from ${name} where others may write to it`, () => {
      const home = fresh()
      mkdirSync(join(home, 'plimsoll/compiled'), { recursive: true })
      chmodSync(join(home, name), 0o777)
      assert.equal(privateCache({ XDG_CACHE_HOME: home }), undefined)
    })

    test(`attack: nothing is run from ${name} where it is a link to somewhere else`, () => {
      const [home, other] = [fresh(), fresh()]
      mkdirSync(join(other, 'compiled'))
      mkdirSync(join(home, name, '..'), { recursive: true })
      symlinkSync(other, join(home, name))
      assert.equal(privateCache({ XDG_CACHE_HOME: home }), undefined)
    })
  }

  test('where none can be made there is none', () => {
    const home = fresh()
    writeFileSync(join(home, 'plimsoll'), '')
    assert.equal(privateCache({ XDG_CACHE_HOME: home }), undefined)
  })
})
