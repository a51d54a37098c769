import { createProject, type System, type TestProject } from '@plimsoll/testbed'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const consumers = ['kiosk', 'storefront', 'partner'] as const

/** Prices, which consumers ask for, and totals, which ask for prices on their behalf. */
export function priceShop(): TestProject {
  return createProject({
    'prices/contract.ts': `
      import { defineContract } from '@plimsoll/contract'
      import * as z from 'zod'
      const quote = { input: z.object({ sku: z.string().max(40) }), output: z.object({ cents: z.int() }), deadline: '2s' } as const
      export const prices = defineContract({
        name: 'prices', version: '1.0.0',
        operations: {
          quote: { ...quote, http: 'GET /quotes/{sku}', access: 'consumers', scopes: ['prices:read'], idempotent: true },
          cost: { ...quote, access: 'services', idempotent: true },
        },
      })`,
    'prices/service.ts': pricesService(''),
    'totals/contract.ts': `
      import { defineContract } from '@plimsoll/contract'
      import * as z from 'zod'
      export const totals = defineContract({
        name: 'totals', version: '1.0.0',
        operations: {
          total: { http: 'GET /totals/{sku}', input: z.object({ sku: z.string().max(40) }), output: z.object({ cents: z.int() }), access: 'consumers', scopes: ['prices:read'], deadline: '4s' },
        },
      })`,
    'totals/service.ts': `
      import { implement } from '@plimsoll/service'
      import { prices } from '../prices/contract.ts'
      import { totals } from './contract.ts'
      export const service = implement(totals, {
        uses: { prices: [prices.operations.cost] },
        operations: { total: async ({ sku }, { prices }) => ({ cents: 2 * (await prices.cost({ sku })).cents }) },
      })`,
    'plimsoll.config.ts': `
      import { defineArchitecture } from '@plimsoll/architecture'
      import { prices } from './prices/contract.ts'
      import { totals } from './totals/contract.ts'
      const consumer = { uses: [prices.operations.quote, totals.operations.total], scopes: ['prices:read'] }
      export const architecture = defineArchitecture({
        name: 'small',
        services: { prices: { entry: 'prices/service.ts' }, totals: { entry: 'totals/service.ts' } },
        consumers: { ${consumers.map((name) => `${name}: consumer`).join(', ')} },
        gateway: { port: 0 },
        policy: { failOn: 'critical', operatorCalls: true },
      })`,
  })
}

/** Source of the prices, with something done before each answer. */
export function pricesService(before: string): string {
  return `
    import { implement } from '@plimsoll/service'
    import { prices } from './contract.ts'
    const answer = async (subject: { readonly consumer: string } | undefined) => { ${before}; return { cents: 250 } }
    export const service = implement(prices, {
      operations: { quote: (input, { subject }) => answer(subject), cost: (input, { subject }) => answer(subject) },
    })`
}

/** What one consumer met. */
interface Met {
  calls: number
  readonly failed: number[]
}

/** Consumers that call until it is ended, each some fifty times a second. */
export interface Load extends AsyncDisposable {
  readonly met: ReadonlyMap<string, Met>
}

/** Lets every consumer call a path again and again; 429, the gateway's limit of a consumer, counts as no call. */
export async function load(system: System, path: string): Promise<Load> {
  const { gateway = '' } = await system.connection.running()
  const state = join(system.project.root, '.plimsoll')
  const agent = new Agent({ keepAlive: true, ca: readFileSync(join(state, 'gateway/ca.pem')) })
  const progress = { done: false }
  const met = new Map(consumers.map((name) => [name as string, { calls: 0, failed: [] as number[] }]))
  const callers = [...met].map(async ([name, own]) => {
    const authorization = `Bearer ${readFileSync(join(state, 'consumers', `${name}.key`), 'utf8').trim()}`
    while (!progress.done) {
      const status = await get(new URL(path, gateway), authorization, agent)
      if (status !== 429) own.calls += 1
      if (status !== 200 && status !== 429) own.failed.push(status)
      await pause(10)
    }
  })
  return {
    met,
    async [Symbol.asyncDispose]() {
      progress.done = true
      await Promise.all(callers)
      agent.destroy()
    },
  }
}

function get(url: URL, authorization: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { authorization }, agent }, (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    })
      .on('error', reject)
      .end()
  })
}
