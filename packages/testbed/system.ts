import type { Json } from '@plimsoll/base'
import { startControlPlane, type ControlPlane } from '@plimsoll/control'
import {
  buildReleases,
  connect,
  outputOf,
  submit,
  vetCandidate,
  type BuildOptions,
  type Candidate,
  type Connection,
  type Outcome,
} from '@plimsoll/control/client'
import { createLogger, type CallOutcome } from '@plimsoll/service'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from './project.ts'

/** One replica as the control plane sees it. */
export interface RunningReplica {
  readonly instance: string
  readonly state: string
  readonly release?: string
  readonly pid?: number
  readonly address?: string
  readonly restarts: number
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Json
}

/** A whole installation: control plane in this process, replicas and gateway as processes of their own. */
export interface System {
  readonly project: TestProject
  readonly connection: Connection
  /** What the control plane wrote, line by line. */
  readonly log: readonly string[]
  /** Builds and vets, and goes live where that is admitted. */
  deploy(
    options?: Partial<BuildOptions> & { readonly canary?: string },
  ): Promise<{ readonly candidate: Candidate; readonly outcome?: Outcome }>
  /** Builds and vets only. */
  prepare(options?: Partial<BuildOptions>): Promise<Candidate>
  /** Calls an operation as the operator. */
  call(operation: string, input: Json): Promise<CallOutcome>
  /** Asks the gateway, with the key of a consumer where one is named. */
  ask(
    path: string,
    options?: {
      readonly consumer?: string
      readonly method?: string
      readonly body?: Json
      /** In the place of the consumer's key. */
      readonly headers?: Readonly<Record<string, string>>
    },
  ): Promise<Answer>
  replicas(): Promise<readonly RunningReplica[]>
  /** Ends the control plane with everything it runs, and starts it again on what it wrote. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Starts an installation of a project; nothing is deployed yet. */
export async function startSystem(project: TestProject): Promise<System> {
  const log: string[] = []
  let control = await startControl(project, log)
  let connection = await connect(await project.read())
  const prepare = async (options: Partial<BuildOptions> = {}) => {
    const configured = await project.read()
    const releases = await buildReleases(configured, { services: [], ...options })
    return vetCandidate(configured, releases, (await connection.running()).deployment)
  }
  const system: System = {
    project,
    get connection() {
      return connection
    },
    log,
    prepare,
    async deploy({ canary, ...options } = {}) {
      const candidate = await prepare(options)
      if (!candidate.verdict.admitted || candidate.unchanged) return { candidate }
      return { candidate, outcome: await submit(await project.read(), candidate, connection, { canary }) }
    },
    async call(operation, input) {
      const [service = '', name = ''] = operation.split('.')
      const ready = (await system.replicas()).find(
        ({ instance, state }) => instance.startsWith(`${service}/`) && state === 'ready',
      )
      return connection.service({ service, operation: name, input, address: ready?.address ?? '127.0.0.1:1' })
    },
    ask: async (path, options = {}) =>
      ask({ project, gateway: (await connection.running()).gateway ?? '', path, ...options }),
    async replicas() {
      const { replicas } = outputOf(await connection.control('status', {})) as unknown as {
        replicas: RunningReplica[]
      }
      return replicas
    },
    async restart() {
      await connection.close()
      await control.close()
      control = await startControl(project, log)
      connection = await connect(await project.read())
    },
    async close() {
      await connection.close()
      await control.close()
      project.remove()
    },
  }
  return system
}

function startControl(project: TestProject, log: string[]): Promise<ControlPlane> {
  return startControlPlane({
    state: join(project.root, '.plimsoll'),
    trustDomain: 'test.internal',
    gatewayProgram: fileURLToPath(new URL('./gateway-program.ts', import.meta.url)),
    logger: createLogger({ service: 'control', instance: 'control/0', sink: (line) => log.push(line) }),
  })
}

function ask(options: {
  readonly project: TestProject
  readonly gateway: string
  readonly path: string
  readonly consumer?: string
  readonly method?: string
  readonly body?: Json
  readonly headers?: Readonly<Record<string, string>>
}): Promise<Answer> {
  const { project, gateway, path, consumer, method = 'GET', body } = options
  const state = join(project.root, '.plimsoll')
  const key =
    consumer === undefined
      ? undefined
      : readFileSync(join(state, 'consumers', `${consumer}.key`), 'utf8').trim()
  const headers = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...options.headers,
  }
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, gateway),
      { method, headers, ca: readFileSync(join(state, 'gateway/ca.pem')), agent: false },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text === '' ? null : (JSON.parse(text) as Json),
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
