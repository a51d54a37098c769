import { connect, type Connection, outputOf, type Project } from '@plimsoll/control/client'
import { messageOf, parseJson, PlimsollError, type Json } from '@plimsoll/base'
import type { JsonSchema, OperationDocument } from '@plimsoll/contract'
import type { CallOutcome } from '@plimsoll/service'
import { textOption, type Command, type ExitCode, type Invocation } from '../command.ts'
import { CliRefusal, usage } from '../errors.ts'
import { findProject } from '../project.ts'
import { harmless, jsonText } from '../terminal.ts'

export const call: Command = {
  name: 'call',
  usage: 'call SERVICE.OPERATION [--FIELD VALUE…]',
  summary: 'call an operation of what runs, as its operator',
  help: [
    'Each --FIELD VALUE is a member of the input, read as the contract has it; --input takes the whole input as JSON. Needs',
    'policy.operatorCalls in the configuration. Operations that act for a consumer with scopes let an operator in as well.',
  ].join('\n'),
  options: { input: { type: 'string' } },
  optionHelp: { '--input JSON': 'the whole input; `-` reads it from standard input' },
  takesFields: true,
  examples: [
    'plimsoll call pricing.quote --sku LT-1000 --quantity 12',
    `plimsoll call pricing.quote --input '{"sku":"LT-1000","quantity":12}'`,
  ],
  run,
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { folder, positionals } = invocation
  const [target, ...more] = positionals
  const [service, operation, ...rest] = (target ?? '').split('.')
  if (!service || !operation || rest.length > 0 || more.length > 0) {
    throw usage('call takes one operation', 'plimsoll call SERVICE.OPERATION, such as pricing.quote')
  }
  const project = findProject(folder)
  const connection = await connect(project)
  try {
    const document = await operationDocument(project, connection, { service, operation })
    const input = await inputOf(invocation, document)
    const address = await addressOf(connection, service)
    const outcome = await connection.service({ service, operation, input, address })
    return show(outcome, invocation)
  } catch (thrown) {
    if (thrown instanceof PlimsollError && thrown.code === 'REFUSED' && !(thrown instanceof CliRefusal)) {
      throw new CliRefusal('REFUSED', `${service}.${operation} may not be called by an operator`, {
        fix: 'set policy.operatorCalls: true in plimsoll.config.ts and deploy it',
        cause: thrown,
      })
    }
    throw thrown
  } finally {
    await connection.close()
  }
}

function show(outcome: CallOutcome, { terminal }: Invocation): ExitCode {
  if (outcome.ok) {
    terminal.result(outcome.output)
    terminal.say(jsonText(outcome.output))
    return 0
  }
  const { code, status, data } = outcome
  terminal.result({ code, status, data })
  const told = data === undefined ? '' : ` ${jsonText(data)}`
  terminal.say(`${terminal.style('yellow', harmless(code))} (${status})${told}`)
  return 1
}

async function operationDocument(
  { store }: Project,
  connection: Connection,
  { service, operation }: { service: string; operation: string },
): Promise<OperationDocument> {
  const { deployment } = await connection.running()
  const digest = deployment?.services[service]?.release
  if (digest === undefined) {
    const known = Object.keys(deployment?.services ?? {}).join(', ')
    throw usage(
      `no service ${JSON.stringify(service)} runs`,
      known === '' ? 'nothing is deployed' : `it is one of ${known}`,
    )
  }
  const { operations } = (await store.get(digest)).manifest.contract
  const document = Object.hasOwn(operations, operation) ? operations[operation] : undefined
  if (document !== undefined) return document
  throw usage(
    `${service} has no operation ${JSON.stringify(operation)}`,
    `it is one of ${Object.keys(operations).join(', ')}`,
  )
}

async function inputOf({ fields, options }: Invocation, document: OperationDocument): Promise<Json> {
  const text = textOption({ options }, 'input')
  if (text !== undefined && Object.keys(fields).length > 0)
    throw usage('--input and fields do not go together', 'use either')
  if (text !== undefined) return parseInput(text === '-' ? await readStandardInput() : text)
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, readField(value, propertyOf(document.input, name))]),
  )
}

function parseInput(text: string): Json {
  try {
    return parseJson(text)
  } catch (thrown) {
    throw usage(`--input: ${messageOf(thrown)}`, `write JSON, such as '{"sku":"LT-1000"}'`)
  }
}

async function readStandardInput(): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function propertyOf(schema: JsonSchema, name: string): JsonSchema | undefined {
  const properties = typeof schema === 'object' ? schema['properties'] : undefined
  const known = typeof properties === 'object' && properties !== null && Object.hasOwn(properties, name)
  return known ? (properties as Readonly<Record<string, JsonSchema>>)[name] : undefined
}

/** Text stays text where the contract says so; everything else is written as JSON. The service checks the result. */
function readField(value: string, schema: JsonSchema | undefined): Json {
  const type = typeof schema === 'object' ? schema['type'] : undefined
  if (type === 'string' || type === undefined) return value
  try {
    return parseJson(value)
  } catch {
    return value
  }
}

async function addressOf(connection: Connection, service: string): Promise<string> {
  const { replicas } = outputOf(await connection.control('status', {})) as unknown as {
    replicas: { instance: string; state: string; address?: string }[]
  }
  const ready = replicas.find(
    ({ instance, state }) => instance.startsWith(`${service}/`) && state === 'ready',
  )
  if (ready?.address !== undefined) return ready.address
  throw new CliRefusal('CALL_FAILED', `no replica of ${service} is ready`, {
    fix: 'plimsoll status shows why',
  })
}
