import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { InvalidInput } from '@plimsoll/base'
import * as z from 'zod'
import { defineContract } from './define.ts'
import type { ContractDeclaration } from './contract.ts'
import { external, use } from './uses.ts'

const quote = {
  http: 'GET /quotes/{sku}',
  input: z.object({ sku: z.string(), quantity: z.int() }),
  output: z.object({ total: z.int() }),
  access: 'public',
  deadline: '250ms',
} as const
const good = { name: 'pricing', version: '1.0.0', operations: { quote } }

function problemsOf(declaration: unknown) {
  try {
    defineContract(declaration as ContractDeclaration)
  } catch (error) {
    assert.ok(error instanceof InvalidInput, String(error))
    assert.equal(error.code, 'CONTRACT')
    return error.problems.map(({ message, place, fix }) => {
      assert.ok(message !== '' && fix !== undefined && fix !== '', 'says what is wrong and what to do')
      return place?.field
    })
  }
  return []
}

const withQuote = (changes: Readonly<Record<string, unknown>>) => ({
  ...good,
  operations: { quote: { ...quote, ...changes } },
})

suite('a contract', () => {
  test('is what it promises, and cannot be changed', () => {
    const pricing = defineContract(good)
    assert.deepEqual(
      [pricing.name, pricing.version, pricing.operations.quote.service],
      ['pricing', '1.0.0', 'pricing'],
    )
    assert.ok([pricing, pricing.operations, pricing.operations.quote].every(Object.isFrozen))
  })

  test('names the field of every way in which people break it', () => {
    const operation = 'operations.quote'
    const ways: readonly (readonly [unknown, string | undefined])[] = [
      [undefined, undefined],
      [null, undefined],
      [[good], undefined],
      ['pricing', undefined],
      [{ ...good, name: undefined }, 'name'],
      [{ ...good, name: 'Pricing' }, 'name'],
      [{ ...good, name: '../pricing' }, 'name'],
      [{ ...good, name: 1n }, 'name'],
      [{ ...good, version: '1.0' }, 'version'],
      [{ ...good, version: '01.0.0' }, 'version'],
      [{ ...good, version: '1.0.0+build' }, 'version'],
      [{ ...good, version: 1 }, 'version'],
      [{ ...good, summary: 5 }, 'summary'],
      [{ ...good, owner: 'team' }, 'owner'],
      [{ ...good, operations: {} }, 'operations'],
      [{ ...good, operations: [quote] }, 'operations'],
      [{ ...good, operations: { Quote: quote } }, 'operations.Quote'],
      [{ ...good, operations: { constructor: quote } }, 'operations.constructor'],
      [{ ...good, operations: { toString: quote } }, 'operations.toString'],
      [{ ...good, operations: JSON.parse('{"__proto__":{}}') as unknown }, 'operations.__proto__'],
      [{ ...good, operations: { quote: null } }, operation],
      [{ ...good, operations: { quote: () => 1 } }, operation],
      [withQuote({ acess: 'public' }), `${operation}.acess`],
      [withQuote({ summary: 'a'.repeat(1_001) }), `${operation}.summary`],
      [withQuote({ access: undefined }), `${operation}.access`],
      [withQuote({ access: 'everybody' }), `${operation}.access`],
      [withQuote({ access: 'consumers' }), `${operation}.scopes`],
      [withQuote({ access: 'consumers', scopes: [] }), `${operation}.scopes`],
      [withQuote({ access: 'consumers', scopes: ['Orders Write'] }), `${operation}.scopes`],
      [withQuote({ access: 'consumers', scopes: 'orders' }), `${operation}.scopes`],
      [withQuote({ scopes: ['orders:read'] }), `${operation}.scopes`],
      [withQuote({ deadline: undefined }), `${operation}.deadline`],
      [withQuote({ deadline: 250 }), `${operation}.deadline`],
      [withQuote({ deadline: '250' }), `${operation}.deadline`],
      [withQuote({ deadline: '0s' }), `${operation}.deadline`],
      [withQuote({ deadline: '6m' }), `${operation}.deadline`],
      [withQuote({ idempotent: 'yes' }), `${operation}.idempotent`],
      [withQuote({ idempotent: false }), `${operation}.idempotent`],
      [withQuote({ input: undefined }), `${operation}.input`],
      [withQuote({ input: { sku: 'string' } }), `${operation}.input`],
      [withQuote({ input: z.string() }), `${operation}.input`],
      [withQuote({ input: z.object({ sku: z.date() }) }), `${operation}.input`],
      [withQuote({ output: z.object({ total: z.bigint() }) }), `${operation}.output`],
      [withQuote({ output: z.string().transform(Number) }), `${operation}.output`],
      [withQuote({ errors: 'NOT_FOUND' }), `${operation}.errors`],
      [withQuote({ errors: { notFound: { status: 404 } } }), `${operation}.errors.notFound`],
      [withQuote({ errors: { UNAVAILABLE: { status: 503 } } }), `${operation}.errors.UNAVAILABLE`],
      [withQuote({ errors: { UNKNOWN_SKU: {} } }), `${operation}.errors.UNKNOWN_SKU.status`],
      [withQuote({ errors: { UNKNOWN_SKU: null } }), `${operation}.errors.UNKNOWN_SKU.status`],
      [withQuote({ errors: { UNKNOWN_SKU: { status: 200 } } }), `${operation}.errors.UNKNOWN_SKU.status`],
      [withQuote({ errors: { UNKNOWN_SKU: { status: 404.5 } } }), `${operation}.errors.UNKNOWN_SKU.status`],
      [
        withQuote({ errors: { UNKNOWN_SKU: { status: 404, data: 5 } } }),
        `${operation}.errors.UNKNOWN_SKU.data`,
      ],
      [
        withQuote({ errors: { UNKNOWN_SKU: { status: 404, schema: z.object({}) } } }),
        `${operation}.errors.UNKNOWN_SKU.schema`,
      ],
      [withQuote({ http: 'GET quotes/{sku}' }), `${operation}.http`],
      [withQuote({ http: 'get /quotes/{sku}' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes/{sku}?x=1' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes/{sku}/' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes/../{sku}' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes%2F{sku}' }), `${operation}.http`],
      [withQuote({ http: 'GET /a%2Fb/{sku}' }), `${operation}.http`],
      [withQuote({ http: 'GET /%2E%2E/{sku}' }), `${operation}.http`],
      [withQuote({ http: 'GET /%FF/{sku}' }), `${operation}.http`],
      [withQuote({ http: 'GET /%00/{sku}' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes/{sku}.json' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes/{__proto__}' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes/{constructor}' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes/{currency}' }), `${operation}.http`],
      [withQuote({ http: 'GET /quotes/{sku}/{sku}' }), `${operation}.http`],
      [withQuote({ http: 5 }), `${operation}.http`],
      [withQuote({ input: z.object({ sku: z.string().optional() }) }), `${operation}.http`],
      [withQuote({ input: z.object({ sku: z.array(z.string()) }) }), `${operation}.http`],
      [withQuote({ input: z.object({ sku: z.string(), filter: z.object({}) }) }), `${operation}.http`],
      [withQuote({ objective: 99.9 }), `${operation}.objective`],
      [withQuote({ objective: 1 }), `${operation}.objective`],
      [withQuote({ objective: '0.999' }), `${operation}.objective`],
    ]
    for (const [declaration, field] of ways) {
      const fields = problemsOf(declaration)
      assert.ok(fields.length > 0, `${field}: nothing was said`)
      assert.ok(fields.includes(field), `${field} is not among ${fields.join(', ')}`)
    }
  })

  test('tells everything that is wrong at once', () => {
    const broken = {
      ...good,
      name: 'Pricing',
      version: '1',
      operations: { quote: { ...quote, access: 'all', deadline: '1' } },
    }
    assert.deepEqual(problemsOf(broken), [
      'name',
      'version',
      'operations.quote.access',
      'operations.quote.deadline',
    ])
  })

  test('has no address twice: not under other names of parameters, other escapes, or by default', () => {
    const twice = (http: string, input: z.ZodObject = z.object({ id: z.string() })) => ({
      ...good,
      operations: { quote, other: { ...quote, http, input } },
    })
    assert.deepEqual(problemsOf(twice('GET /quotes/{id}')), ['operations.other.http'])
    assert.deepEqual(problemsOf(twice('GET /%71uotes/{id}')), ['operations.other.http'])
    assert.deepEqual(problemsOf(twice('DELETE /quotes/{id}')), [])
    const { http: _http, ...byDefault } = quote
    const post = { ...quote, http: 'POST /pricing/quote', input: z.object({}) }
    assert.deepEqual(problemsOf({ ...good, operations: { quote: byDefault, other: post } }), [
      'operations.other.http',
    ])
  })

  test('has at most 200 operations', () => {
    const operations = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`quote${at}`, { ...quote, http: undefined }]),
      )
    assert.deepEqual(problemsOf({ ...good, operations: operations(200) }), [])
    assert.deepEqual(problemsOf({ ...good, operations: operations(201) }), ['operations'])
  })

  test('bounds what a hostile object can do to the message', () => {
    const circle: Record<string, unknown> = {}
    circle['name'] = circle
    assert.deepEqual(problemsOf({ ...good, name: circle }), ['name'])
    assert.deepEqual(problemsOf({ ...good, name: 'x'.repeat(100_000) }), ['name'])
  })
})

suite('uses', () => {
  const { operations } = defineContract({
    ...good,
    operations: {
      quote,
      order: { ...quote, http: 'POST /orders' },
      keep: { ...quote, http: 'PATCH /keep', idempotent: true },
    },
  })

  test('are tried again only where that acts once', () => {
    assert.equal(use(operations.quote, { attempts: 3 }).options.attempts, 3)
    assert.equal(use(operations.keep, { attempts: 2 }).options.attempts, 2)
    assert.throws(() => use(operations.order, { attempts: 2 }), {
      code: 'USE',
      place: { field: 'uses.pricing.order.attempts' },
    })
  })

  test('name the field that is wrong', () => {
    for (const attempts of [0, -1, 1.5, 11, NaN, Infinity, '3' as unknown as number]) {
      assert.throws(() => use(operations.quote, { attempts }), {
        code: 'USE',
        place: { field: 'uses.pricing.quote.attempts' },
      })
      assert.throws(() => external({ name: 'payments', timeout: '1s', attempts }), {
        code: 'USE',
        place: { field: 'uses.payments.attempts' },
      })
    }
    assert.throws(() => external({ name: 'Payments', timeout: '1s' }), { code: 'NAME' })
    assert.throws(() => external({ name: 'payments', timeout: '1' as '1s' }), {
      code: 'DURATION',
      place: { field: 'uses.payments.timeout' },
    })
  })

  test('wait no longer than a call may take: a timer of more than 24 days would fire at once', () => {
    assert.throws(() => use(operations.quote, { timeout: '25d' }), {
      code: 'USE',
      place: { field: 'uses.pricing.quote.timeout' },
    })
    assert.throws(() => external({ name: 'payments', timeout: '999999999999d' }), {
      code: 'USE',
      place: { field: 'uses.payments.timeout' },
    })
    assert.equal(external({ name: 'payments', timeout: '5m' }).timeoutMs, 300_000)
  })
})
