import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { buildReleases, outputOf, pull, push, submit, verifyAuditFile } from '@plimsoll/control/client'
import { startSystem, type System } from '@plimsoll/testbed'
import { missingRegistry, startRegistry } from '../../packages/release/fixture/debian-registry.ts'
import { greetingService, smallShop } from './small-shop.ts'

/** A system that ends with the block. */
async function started(): Promise<{ readonly system: System } & AsyncDisposable> {
  const system = await startSystem(smallShop())
  return { system, [Symbol.asyncDispose]: () => system.close() }
}

const greeted = async (system: System) =>
  ((await system.ask('/greetings/Ada')).body as { readonly text: string }).text

suite('two installations', { skip: missingRegistry() }, () => {
  test('share a release by a registry: it goes live where its key is trusted, after a verdict of that place', async () => {
    await using registry = await startRegistry()
    await using first = await started()
    await using second = await started()
    const [here, there] = [first.system, second.system]
    await Promise.all([here.deploy(), there.deploy()])
    here.project.write('greeting/service.ts', greetingService('Ahoy'))
    const project = await here.project.read()
    const built = (await buildReleases(project, { services: ['greeting'] }))['greeting']
    assert.ok(built)
    const { digest, tag } = await push(project, built.digest, `${registry.host}/small/greeting`)
    assert.equal(digest, built.digest)

    const other = await there.project.read()
    await assert.rejects(pull(other, `${registry.host}/small/greeting:${tag}`), { code: 'RELEASE_UNSIGNED' })
    const trusted = join(other.state, 'keys/trusted')
    mkdirSync(trusted, { recursive: true })
    copyFileSync(join(project.state, 'keys/release.pub'), join(trusted, 'first.pub'))
    assert.equal((await pull(other, `${registry.host}/small/greeting:${tag}`)).digest, digest)
    await assert.rejects(there.prepare({ services: ['counter'], release: digest }), /is one of greeting/)
    const { outcome } = await there.deploy({ services: ['greeting'], release: digest })
    assert.deepEqual(outcome?.started, ['greeting'])
    assert.equal(await greeted(there), 'Ahoy, Ada')
  })
})

test('what the gate refuses goes live where somebody answers for it, is told loudly, and is in the audit log', async () => {
  await using begun = await started()
  const { system } = begun
  await system.deploy()
  const configuration = readFileSync(join(system.project.root, 'plimsoll.config.ts'), 'utf8')
  system.project.write('plimsoll.config.ts', configuration.replace("failOn: 'critical'", "failOn: 'low'"))
  await system.deploy()
  system.project.write(
    'greeting/contract.ts',
    readFileSync(join(system.project.root, 'greeting/contract.ts'), 'utf8').replace(
      "deadline: '1s'",
      "deadline: '10ms'",
    ),
  )
  const candidate = await system.prepare()
  assert.equal(candidate.verdict.admitted, false)
  const project = await system.project.read()
  await assert.rejects(submit(project, candidate, system.connection), { code: 'REFUSED' })
  const breakGlass = {
    person: 'Ada Lovelace',
    reason: 'the counter is slow and the fair begins',
    expires: new Date(Date.now() + 3_600_000).toISOString(),
  }
  await submit(project, candidate, system.connection, { breakGlass })
  const { breakGlass: standing } = outputOf(await system.connection.control('status', {})) as {
    breakGlass: { person: string; services: string[]; expired: boolean }[]
  }
  assert.deepEqual(
    standing.map(({ person, services, expired }) => [person, services, expired]),
    [['Ada Lovelace', ['greeting'], false]],
  )
  const { entries } = outputOf(await system.connection.control('audit', { most: 3 })) as {
    entries: { act: string; outcome: string; facts: { person?: string } }[]
  }
  assert.deepEqual(
    entries.slice(0, 2).map(({ act, outcome }) => [act, outcome]),
    [
      ['break-glass', 'done'],
      ['break-glass', 'begun'],
    ],
  )
  assert.equal(entries[1]?.facts.person, 'Ada Lovelace')
  // As long as it holds, a control plane that starts again goes on with it.
  await system.restart()
  assert.ok((await system.replicas()).some(({ instance }) => instance.startsWith('greeting/')))
  assert.deepEqual(verifyAuditFile(project).problems, [])
})
