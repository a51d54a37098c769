// Why: a backup is worth what comes back of it: the whole installation, serving.
import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { backUp, restore, verifyAuditFile } from '@plimsoll/control/client'
import { openKillable, get } from './killable.ts'
import { smallShop } from './small-shop.ts'
import { readFileSync } from 'node:fs'

test('an installation that was lost runs again from its backup, with its data', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-backup-'))
  const shop = openKillable(smallShop())
  const visits = async () => {
    const { gateway = '' } = await shop.connection.running()
    const ca = readFileSync(join(shop.state, 'gateway/ca.pem'))
    const { body } = await get(`${gateway}/greetings/Ada`, { ca, agent: false })
    return (body as { visits: number }).visits
  }
  try {
    await shop.start()
    await shop.deploy()
    await visits()
    const before = await visits()
    const made = await backUp(await shop.project.read(), join(folder, 'backup'))
    await visits()
    await shop.stop()
    renameSync(shop.state, join(folder, 'lost'))
    restore(await shop.project.read(), join(folder, 'backup'), made.digest)
    await shop.start()
    assert.equal(await visits(), before + 1)
    assert.ok((await shop.replicas()).every(({ state }) => state === 'ready'))
    assert.deepEqual(verifyAuditFile(await shop.project.read()).problems, [])
  } finally {
    await shop.stop()
    shop.project.remove()
    rmSync(folder, { recursive: true, force: true })
  }
})
