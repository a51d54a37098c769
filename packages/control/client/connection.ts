import type { Deployment } from '@plimsoll/architecture'
import { messageOf, type Json } from '@plimsoll/base'
import { readCredentials, spiffeId, type Credentials } from '@plimsoll/identity'
import type { CallOutcome, createCaller, OperationCaller } from '@plimsoll/service'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { controlContract } from '../contract.ts'
import { ClientFailure } from './errors.ts'
import type { Project } from './project.ts'

type ControlOperation = keyof typeof controlContract.operations

/** An open way to the control plane, as the operator of this installation. */
export interface Connection {
  /** Calls an operation of the control plane. */
  control(operation: ControlOperation, input: Json): Promise<CallOutcome>
  /** What runs; undefined where nothing does. */
  running(): Promise<Running>
  /** Calls an operation of a running service directly, with the operator's identity. */
  service(call: DirectCall): Promise<CallOutcome>
  close(): Promise<void>
}

export interface Running {
  /** Number of the live generation; 0 where nothing runs. */
  readonly generation: number
  readonly deployment: Deployment | undefined
  readonly gateway: string | undefined
}

export interface DirectCall {
  readonly service: string
  readonly operation: string
  readonly input: Json
  readonly address: string
}

interface Announcement {
  readonly address: string
  readonly trustDomain: string
}

const timeoutMs = 120_000

/**
 * Connects to the control plane of a project.
 * @throws {ClientFailure} `NOT_RUNNING`
 */
export async function connect(project: Project): Promise<Connection> {
  const connection = await connectIfRunning(project)
  if (connection !== undefined) return connection
  throw new ClientFailure('NOT_RUNNING', 'nothing runs here', {
    place: { file: project.root },
    fix: 'start it: plimsoll up',
  })
}

/** As `connect`; undefined where no control plane answers. */
export async function connectIfRunning(project: Project): Promise<Connection | undefined> {
  const announced = readAnnouncement(project)
  if (announced === undefined) return undefined
  // Whoever asks where nothing runs does not wait for what carries calls.
  const service = await import('@plimsoll/service')
  const connection = open(project, announced, service)
  try {
    await connection.running()
    return connection
  } catch (thrown) {
    await connection.close()
    // What is left of a control plane that was killed.
    if (thrown instanceof service.CallFailure && thrown.code === 'UNAVAILABLE') return undefined
    throw thrown
  }
}

function readAnnouncement({ state }: Project): Announcement | undefined {
  const path = join(state, 'control.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Announcement) : undefined
}

function open(
  project: Project,
  { address, trustDomain }: Announcement,
  { createCaller: create }: { readonly createCaller: typeof createCaller },
): Connection {
  const credentials = followOperator(project)
  const caller = (target: string, kind: 'control' | 'service', name: string) =>
    create({
      credentials,
      trustDomain,
      snapshot: () => ({
        revision: 1,
        endpoints: { [name]: [{ address: target, instance: name }] },
        callers: {},
      }),
      expected: () => spiffeId(trustDomain, kind, kind === 'control' ? 'main' : name),
    })
  const control = caller(address, 'control', 'control')
  const direct: OperationCaller[] = []
  return {
    control: (operation, input) => control.call({ service: 'control', operation, input, timeoutMs }),
    async running() {
      const outcome = await control.call({
        service: 'control',
        operation: 'describe',
        input: {},
        timeoutMs: 5_000,
      })
      const { generation, deployment, gateway } = outputOf(outcome) as {
        generation: number
        deployment: Deployment | null
        gateway: string | null
      }
      return { generation, deployment: deployment ?? undefined, gateway: gateway ?? undefined }
    },
    service({ service, operation, input, address: target }) {
      const one = caller(target, 'service', service)
      direct.push(one)
      return one.call({ service, operation, input, timeoutMs })
    },
    async close() {
      await Promise.all([control, ...direct].map((one) => one.close()))
    },
  }
}

/** The output of a call that declares no error that could come here. */
export function outputOf(outcome: CallOutcome): Json {
  if (outcome.ok) return outcome.output
  throw new ClientFailure('CALL_FAILED', `the control plane answered ${outcome.code}`)
}

/** The operator's credentials as they lie there now: the control plane renews them, and changes whom to trust. */
function followOperator(project: Project): () => Credentials {
  const folder = join(project.state, 'operator')
  const written = () =>
    ['certificate.pem', 'bundle.pem'].map(
      (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    )
  let at = written()
  let credentials = operatorCredentials(project)
  return () => {
    const now = written()
    if (now.every((time, index) => time === at[index])) return credentials
    try {
      credentials = operatorCredentials(project)
      at = now
    } catch {
      // In the middle of being written: the former ones hold until the next call.
    }
    return credentials
  }
}

function operatorCredentials({ state }: Project): Credentials {
  const read = (name: string) => readFileSync(join(state, 'operator', name), 'utf8')
  try {
    return readCredentials({
      certificateChain: read('certificate.pem'),
      privateKey: read('key.pem'),
      bundle: read('bundle.pem'),
    })
  } catch (cause) {
    throw new ClientFailure('NO_KEY', `the operator’s certificate cannot be read: ${messageOf(cause)}`, {
      place: { file: join(state, 'operator') },
      fix: 'use the account that started plimsoll up; a new start makes a new certificate',
      cause,
    })
  }
}
