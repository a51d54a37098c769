import type { TestProject } from '@plimsoll/testbed'
import { createProject } from '@plimsoll/testbed'

/** Files of a small installation: a counter with a store, and greeting, which calls it. */
export function smallShop(options: { port?: number; replicas?: number } = {}): TestProject {
  const { port = 0, replicas = 1 } = options
  return createProject({
    'counter/contract.ts': `
      import { defineContract } from '@plimsoll/contract'
      import * as z from 'zod'
      export const counter = defineContract({
        name: 'counter', version: '1.0.0',
        operations: {
          add: { input: z.object({ amount: z.int().min(1).max(10) }), output: z.object({ total: z.int() }), access: 'services', deadline: '500ms' },
          reset: { http: 'PUT /counter', input: z.object({ total: z.int().min(0) }), output: z.object({ total: z.int() }), access: 'consumers', scopes: ['counter:write'], deadline: '500ms' },
        },
      })`,
    'counter/service.ts': `
      import { implement } from '@plimsoll/service'
      import { DatabaseSync } from 'node:sqlite'
      import { join } from 'node:path'
      import { counter } from './contract.ts'
      let database: DatabaseSync
      const total = () => Number(database.prepare('SELECT total FROM counter').get()?.total ?? 0)
      export const service = implement(counter, {
        start: ({ dataFolder }) => {
          database = new DatabaseSync(join(dataFolder, 'counter.sqlite'), { timeout: 2000 })
          database.exec('CREATE TABLE IF NOT EXISTS counter (total INTEGER); INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter)')
        },
        stop: () => database.close(),
        operations: {
          add: ({ amount }) => { database.prepare('UPDATE counter SET total = total + ?').run(amount); return { total: total() } },
          reset: ({ total: to }) => { database.prepare('UPDATE counter SET total = ?').run(to); return { total: to } },
        },
      })`,
    'greeting/contract.ts': `
      import { defineContract } from '@plimsoll/contract'
      import * as z from 'zod'
      export const greeting = defineContract({
        name: 'greeting', version: '1.0.0',
        operations: {
          greet: { http: 'GET /greetings/{name}', input: z.object({ name: z.string().min(1).max(40) }), output: z.object({ text: z.string(), visits: z.int() }), access: 'public', deadline: '1s' },
        },
      })`,
    'greeting/service.ts': greetingService('Hello'),
    'plimsoll.config.ts': `
      import { defineArchitecture } from '@plimsoll/architecture'
      import { counter } from './counter/contract.ts'
      export const architecture = defineArchitecture({
        name: 'small',
        services: {
          counter: { entry: 'counter/service.ts', replicas: ${replicas}, stores: ['counter-data'] },
          greeting: { entry: 'greeting/service.ts', replicas: ${replicas} },
        },
        stores: { 'counter-data': { technology: 'sqlite' } },
        consumers: { office: { uses: [counter.operations.reset], scopes: ['counter:write'] } },
        gateway: { port: ${port}, replicas: ${replicas} },
        policy: { failOn: 'critical', operatorCalls: true },
      })`,
  })
}

/** Source of the greeting service with another word, so that a change is seen. */
export function greetingService(word: string, more = ''): string {
  return `
    import { implement } from '@plimsoll/service'
    import { counter } from '../counter/contract.ts'
    import { greeting } from './contract.ts'
    ${more}
    export const service = implement(greeting, {
      uses: { counter: [counter.operations.add] },
      operations: {
        async greet({ name }, { counter }) {
          const { total } = await counter.add({ amount: 1 })
          return { text: \`${word}, \${name}\`, visits: total }
        },
      },
    })`
}
