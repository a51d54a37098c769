import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { connect, openProject } from '@plimsoll/control/client'
import { greetingService, smallShop } from './small-shop.ts'

interface Told {
  readonly event: 'problem' | 'findings' | 'unchanged' | 'refused' | 'live'
  readonly problems?: readonly { readonly place?: { readonly file?: string; readonly line?: number } }[]
  readonly new?: readonly { readonly rule: string; readonly fingerprint: string }[]
  readonly gone?: readonly { readonly rule: string; readonly fingerprint: string }[]
  readonly releases?: readonly string[]
}

const longestWaitMs = 60_000

suite('plimsoll dev', () => {
  const project = smallShop({ replicas: 1 })
  const told: Told[] = []
  let child: ChildProcess
  let error = ''
  before(async () => {
    child = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../apps/cli/main.ts'), 'dev', '--json', '--project', project.root],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) told.push(JSON.parse(line) as Told)
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (error += chunk))
    await next('live', 0)
  })
  after(async () => {
    if (child.exitCode === null) {
      child.kill('SIGINT')
      await once(child, 'exit')
    }
    project.remove()
  })

  /** The first event of a kind that was told after so many others. */
  async function next(event: Told['event'], from: number): Promise<Told> {
    for (const end = Date.now() + longestWaitMs; Date.now() < end;) {
      const found = told.slice(from).find((one) => one.event === event)
      if (found !== undefined) return found
      if (child.exitCode !== null) throw new Error(`dev ended: ${error}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`no ${event} was told: ${JSON.stringify(told.slice(from))} ${error}`)
  }
  async function greeted(): Promise<unknown> {
    const connection = await connect(openProject(project.root))
    try {
      const status = await connection.control('status', {})
      const { replicas } = (status.ok ? status.output : {}) as {
        replicas: { instance: string; state: string; address?: string }[]
      }
      const ready = replicas.find(({ instance, state }) => instance === 'greeting/0' && state === 'ready')
      const outcome = await connection.service({
        service: 'greeting',
        operation: 'greet',
        input: { name: 'Ada' },
        address: ready?.address ?? '',
      })
      return outcome.ok ? (outcome.output as { text: string }).text : outcome.code
    } finally {
      await connection.close()
    }
  }

  test('a changed handler goes live, alone', async () => {
    const from = told.length
    project.write('greeting/service.ts', greetingService('Hi'))
    const { releases } = await next('live', from)
    assert.equal(releases?.length, 1)
    assert.match(releases[0] ?? '', /^greeting@/)
    assert.equal(await greeted(), 'Hi, Ada')
  })

  test('a broken source is told with file and line, and what ran runs on until it is whole again', async () => {
    const from = told.length
    project.write('greeting/service.ts', `${greetingService('Hey')}\nconst a = ;\n`)
    const { problems } = await next('problem', from)
    assert.equal(problems?.[0]?.place?.file, 'greeting/service.ts')
    assert.ok((problems[0]?.place?.line ?? 0) > 10)
    assert.equal(await greeted(), 'Hi, Ada')
    // What it looks for comes to be in a file that was never read before.
    project.write(
      'greeting/service.ts',
      greetingService('Hey', "import { word } from './word.ts'; void word"),
    )
    await next('problem', from + 1)
    const healed = told.length
    project.write('greeting/word.ts', "export const word = 'Hey'")
    await next('live', healed)
    assert.equal(await greeted(), 'Hey, Ada')
  })

  test('a refused change is told with what is new, and what ran runs on; taken back, it is told as gone', async () => {
    const contract = (text: string) => `
      import { defineContract, personal } from '@plimsoll/contract'
      import * as z from 'zod'
      export const greeting = defineContract({
        name: 'greeting', version: '1.0.0',
        operations: {
          greet: { http: 'GET /greetings/{name}', input: z.object({ name: z.string().min(1).max(40) }), output: z.object({ text: ${text}, visits: z.int() }), access: 'public', deadline: '1s' },
        },
      })
      void personal`
    const from = told.length
    const settings = (zone: string) => `
      import { defineArchitecture } from '@plimsoll/architecture'
      import { counter } from './counter/contract.ts'
      export const architecture = defineArchitecture({
        name: 'small',
        services: {
          counter: { entry: 'counter/service.ts', stores: ['counter-data'] },
          greeting: { entry: 'greeting/service.ts'${zone} },
        },
        zones: { open: { clearance: 'public' } },
        stores: { 'counter-data': { technology: 'sqlite' } },
        consumers: { office: { uses: [counter.operations.reset], scopes: ['counter:write'] } },
        gateway: { port: 0 },
        policy: { failOn: 'high', operatorCalls: true },
      })`
    project.write('plimsoll.config.ts', settings(", zone: 'open'"))
    await next('live', from)
    const narrowed = told.length
    project.write('greeting/contract.ts', contract('personal(z.string())'))
    await next('refused', narrowed)
    const { new: news = [] } = await next('findings', narrowed)
    assert.ok(news.length > 0)
    assert.equal(await greeted(), 'Hey, Ada')
    const back = told.length
    project.write('greeting/contract.ts', contract('z.string()'))
    await next('unchanged', back)
    const { gone = [], new: again = [] } = await next('findings', back)
    assert.deepEqual(again, [])
    assert.deepEqual(
      gone.map(({ fingerprint }) => fingerprint).toSorted(),
      news.map(({ fingerprint }) => fingerprint).toSorted(),
    )
  })

  test('a configuration that is wrong is told with its place, and the next one is followed', async () => {
    const from = told.length
    project.write('plimsoll.config.ts', "export const architecture = { name: 'small', services: {} }")
    const { problems } = await next('problem', from)
    assert.equal(problems?.[0]?.place?.file, 'plimsoll.config.ts')
    assert.equal(await greeted(), 'Hey, Ada')
  })

  test('it ends with everything that it started', async () => {
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number | null]
    assert.deepEqual([code, error.includes('lost')], [0, false])
    await assert.rejects(connect(openProject(project.root)), /nothing runs here/)
  })
})
