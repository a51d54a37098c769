import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const repository = join(import.meta.dirname, '../..')

/** Who calls: the gateway lets each do 100 requests a second. */
export const consumers: readonly string[] = Array.from({ length: 8 }, (_, index) => `client${index}`)

/** A project of generated services in a folder of its own. */
export interface GeneratedProject {
  readonly root: string
  /** Writes the handler of a service that answers with a word. */
  answer(service: string, word: string): void
  remove(): void
}

/** So many services, each with one operation `GET /<name>` that answers with a word, in two replicas; consumers call the first. */
export function generateProject(names: readonly string[]): GeneratedProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-bench-')))
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const answer = (service: string, word: string) => write(`${service}/service.ts`, handler(service, word))
  write('package.json', '{ "type": "module" }\n')
  write('plimsoll.config.ts', configuration(names))
  for (const name of names) {
    write(`${name}/contract.ts`, contract(name))
    answer(name, 'first')
  }
  return { root, answer, remove: () => rmSync(root, { recursive: true, force: true }) }
}

function contract(name: string): string {
  return `import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'
export const ${name} = defineContract({
  name: '${name}', version: '1.0.0',
  operations: {
    tell: { http: 'GET /${name}', input: z.object({}), output: z.object({ word: z.string().max(40) }), access: 'consumers', scopes: ['word:read'], deadline: '2s' },
  },
})
`
}

function handler(name: string, word: string): string {
  return `import { implement } from '@plimsoll/service'
import { ${name} } from './contract.ts'
export const service = implement(${name}, { operations: { tell: () => ({ word: ${JSON.stringify(word)} }) } })
`
}

function configuration(names: readonly string[]): string {
  const services = names
    .map((name) => `    ${name}: { entry: '${name}/service.ts', replicas: 2 },`)
    .join('\n')
  const [first = ''] = names
  const clients = consumers
    .map((name) => `    ${name}: { uses: [${first}.operations.tell], scopes: ['word:read'] },`)
    .join('\n')
  return `import { defineArchitecture } from '@plimsoll/architecture'
import { ${first} } from './${first}/contract.ts'
export const architecture = defineArchitecture({
  name: 'bench',
  services: {
${services}
  },
  consumers: {
${clients}
  },
  gateway: { port: 0 },
  policy: { failOn: 'critical' },
})
`
}

/** The same function as a program of Node alone, for \`node --watch\`. */
export function peerSource(word: string, port: number): string {
  return `import { createServer } from 'node:http'
import * as z from 'zod'
const output = z.object({ word: z.string().max(40) })
createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(output.parse({ word: ${JSON.stringify(word)} })))
}).listen(${port}, '127.0.0.1')
`
}
