import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as z from 'zod'
import { personal } from './classification.ts'
import { defineContract } from './define.ts'
import { describeContract } from './describe.ts'
import { openApi, type OpenApiDocument } from './openapi.ts'
import { problemDetails } from './problem.ts'

const tree = z.object({
  label: z.string(),
  get branches() {
    return z.array(tree)
  },
})
const money = z.object({ cents: z.int() }).meta({ id: 'money value' })
const weight = z.object({ grams: z.int() }).meta({ id: 'weight' })
const heavy = z.object({ tonnes: z.number() }).meta({ id: 'heavy' })

const pricing = describeContract(
  defineContract({
    name: 'pricing',
    version: '1.2.0',
    summary: 'What things cost',
    operations: {
      quote: {
        http: 'GET /quotes/{sku}',
        summary: 'The price of one thing',
        input: z.object({
          sku: z.string(),
          quantity: z.int().default(1),
          tags: z.array(z.string()).optional(),
        }),
        output: z.object({ total: money, email: personal(z.email()).optional() }),
        errors: {
          TOO_HEAVY: { status: 409, data: weight },
          TOO_LONG: { status: 409, data: z.object({ limit: heavy, weight }) },
          BAD_SKU: { status: 400 },
        },
        access: 'public',
        deadline: '250ms',
      },
      remove: {
        http: 'DELETE /quotes/{id}',
        input: z.object({ id: z.int() }),
        output: z.object({}),
        access: 'consumers',
        scopes: ['quotes:write'],
        deadline: '1s',
      },
      grow: { http: 'POST /trees/{label}', input: tree, output: tree, access: 'public', deadline: '1s' },
      odd: {
        input: z.object({ $ref: z.string(), $defs: z.int(), const: z.literal('$ref') }),
        output: z.object({}),
        access: 'public',
        deadline: '1s',
      },
      inner: {
        input: z.object({}),
        output: z.object({ secret: z.string() }),
        access: 'services',
        deadline: '1s',
      },
    },
  }),
)
const other = describeContract(
  defineContract({
    name: 'archive',
    version: '1.0.0',
    operations: {
      keep: {
        http: 'PUT /quotes/{number}',
        input: z.object({ number: z.string() }),
        output: z.object({}),
        access: 'public',
        deadline: '1s',
      },
    },
  }),
)
const options = { serverUrl: 'https://api.example' }

/** The parts of OpenAPI 3.1.1 (sections 4.8.1 to 4.8.30) that these documents use; nothing else may stand in them. */
const text = { type: 'string', minLength: 1 }
const media = {
  type: 'object',
  minProperties: 1,
  additionalProperties: {
    type: 'object',
    properties: { schema: { $ref: '#/$defs/schema' } },
    required: ['schema'],
    additionalProperties: false,
  },
}
const operation = {
  type: 'object',
  properties: {
    operationId: text,
    summary: text,
    tags: { type: 'array', items: text },
    parameters: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: text,
          in: { enum: ['path', 'query'] },
          required: { type: 'boolean' },
          schema: { $ref: '#/$defs/schema' },
        },
        required: ['name', 'in', 'schema'],
        if: { properties: { in: { const: 'path' } } },
        // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
        then: { properties: { required: { const: true } }, required: ['required'] },
        additionalProperties: false,
      },
    },
    requestBody: {
      type: 'object',
      properties: { required: { type: 'boolean' }, content: media },
      required: ['content'],
      additionalProperties: false,
    },
    responses: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^[1-5][0-9]{2}$' },
      additionalProperties: {
        type: 'object',
        properties: { description: { type: 'string' }, content: media },
        required: ['description'],
        additionalProperties: false,
      },
    },
    security: {
      type: 'array',
      items: { type: 'object', additionalProperties: { type: 'array', items: text } },
    },
    'x-plimsoll': { type: 'object' },
  },
  required: ['responses'],
  additionalProperties: false,
}
const documentSchema = {
  $defs: { schema: { $ref: 'https://json-schema.org/draft/2020-12/schema' } },
  type: 'object',
  properties: {
    openapi: { pattern: '^3\\.1\\.\\d+$' },
    info: {
      type: 'object',
      properties: {
        title: text,
        version: text,
        description: { type: 'string' },
        license: {
          type: 'object',
          properties: { name: text, identifier: text },
          required: ['name'],
          additionalProperties: false,
        },
      },
      required: ['title', 'version'],
      additionalProperties: false,
    },
    servers: {
      type: 'array',
      items: { type: 'object', properties: { url: text }, required: ['url'], additionalProperties: false },
    },
    tags: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: text, description: { type: 'string' } },
        required: ['name'],
        additionalProperties: false,
      },
    },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'patch'] },
        additionalProperties: operation,
      },
    },
    components: {
      type: 'object',
      properties: {
        schemas: {
          type: 'object',
          propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' },
          additionalProperties: { $ref: '#/$defs/schema' },
        },
        securitySchemes: {
          type: 'object',
          additionalProperties: { type: 'object', required: ['type', 'scheme'] },
        },
      },
      additionalProperties: false,
    },
  },
  required: ['openapi', 'info', 'paths'],
  additionalProperties: false,
}
const fits = new Ajv2020({ strict: false, validateFormats: false }).compile(documentSchema)

type Member = Readonly<Record<string, unknown>>
const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Member | undefined)?.[key], value)

/** Every reference of a document, schemas' own members apart. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [member] : referencesIn(member),
  )
}

function check(document: OpenApiDocument): void {
  assert.ok(fits(document), JSON.stringify(fits.errors))
  for (const reference of referencesIn(document)) {
    const target = /^#\/components\/schemas\/(.+)$/.exec(reference)?.[1]
    assert.ok(target !== undefined && at(document, 'components', 'schemas', target) !== undefined, reference)
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'document')
  for (const name of Object.keys(at(document, 'components', 'schemas') as Member)) {
    assert.ok(ajv.compile({ $ref: `document#/components/schemas/${name}` }))
  }
  const operations = Object.entries(document['paths'] as Member).flatMap(([path, item]) =>
    Object.values(item as Member).map((one) => ({ path, one })),
  )
  const ids = operations.map(({ one }) => at(one, 'operationId'))
  assert.equal(new Set(ids).size, ids.length)
  for (const { path, one } of operations) {
    const parameters = at(one, 'parameters') as readonly { name: string; in: string }[]
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    assert.deepEqual(
      inPath,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      path,
    )
  }
}

suite('an OpenAPI document', () => {
  test('is valid OpenAPI 3.1, and all its references lead somewhere', () => {
    check(openApi(pricing, options))
    check(openApi([pricing, other], { ...options, internal: true }))
    check(openApi([], options))
  })

  test('describes services’ own operations to nobody else', () => {
    const outside = JSON.stringify(openApi(pricing, options))
    assert.ok(!outside.includes('pricing.inner') && !outside.includes('secret'))
    assert.ok(JSON.stringify(openApi(pricing, { ...options, internal: true })).includes('pricing.inner'))
  })

  test('has one path for templates that match the same addresses', () => {
    const document = openApi([pricing, other], options)
    assert.deepEqual(Object.keys(at(document, 'paths', '/quotes/{sku}') as Member), ['get', 'delete', 'put'])
    assert.equal(at(document, 'paths', '/quotes/{id}'), undefined)
    assert.deepEqual(
      at(document, 'paths', '/quotes/{sku}', 'delete', 'parameters', 0, 'schema', 'type'),
      'integer',
    )
  })

  test('keeps definitions of different errors apart', () => {
    const schemas = at(openApi(pricing, options), 'components', 'schemas') as Member
    assert.ok('pricing.quote.TOO_LONG.heavy' in schemas && 'pricing.quote.TOO_LONG.weight' in schemas)
    assert.ok('pricing.quote.Output.money_20_value' in schemas)
  })

  test('keeps a schema that contains itself', () => {
    const document = openApi(pricing, options)
    const ajv = new Ajv2020({ strict: false })
    ajv.addSchema(document, 'document')
    const valid = ajv.compile({ $ref: 'document#/components/schemas/pricing.grow.Output' })
    assert.ok(valid({ label: 'a', branches: [{ label: 'b', branches: [] }] }))
    assert.ok(!valid({ label: 'a', branches: [{ label: 'b' }] }))
  })

  test('takes members that are called as keywords are', () => {
    const schema = at(
      openApi(pricing, options),
      'paths',
      '/pricing/odd',
      'post',
      'requestBody',
      'content',
      'application/json',
      'schema',
      'properties',
    )
    assert.deepEqual(Object.keys(schema as Member).toSorted(), ['$defs', '$ref', 'const'])
  })

  test('is the same for the same contract', () => {
    assert.equal(
      JSON.stringify(openApi(pricing, options)),
      JSON.stringify(openApi(structuredClone(pricing), options)),
    )
  })
})

suite('problem details (RFC 9457)', () => {
  const schema = at(openApi(pricing, options), 'components', 'schemas', 'Problem') as object
  const isProblem = new Ajv2020({ strict: false }).compile(schema)

  test('say what they are given, and no cause, stack, file or fix', () => {
    const cause = new Error('password=hunter2 at /srv/pricing/db.ts:3')
    const problem = {
      message: 'is missing',
      place: { field: 'sku', file: '/srv/pricing/db.ts', line: 3 },
      fix: 'look into /srv',
      cause,
    }
    const details = problemDetails(400, {
      detail: 'The input does not fit.',
      code: 'INVALID_INPUT',
      problems: [problem],
    })
    assert.deepEqual(details, {
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'The input does not fit.',
      code: 'INVALID_INPUT',
      errors: [{ field: 'sku', message: 'is missing' }],
    })
    assert.ok(isProblem(details))
    const unknown = { detail: 'no', cause, stack: cause.stack }
    assert.ok(!/hunter2|srv/.test(JSON.stringify(problemDetails(500, unknown))))
  })

  test('have a title for every status', () => {
    for (let status = 400; status < 600; status += 1) assert.ok(isProblem(problemDetails(status)))
    assert.equal(problemDetails(418).title, 'Error')
  })

  test('do not grow with what came in', () => {
    const problems = Array.from({ length: 5_000 }, (_, at) => ({
      message: 'x'.repeat(5_000),
      place: { field: `${at}`.repeat(500) },
    }))
    const details = problemDetails(400, { detail: 'y'.repeat(5_000), problems })
    assert.equal(details.errors?.length, 50)
    assert.ok(isProblem(details), JSON.stringify(isProblem.errors))
  })
})
