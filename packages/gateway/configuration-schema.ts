import type { JsonSchema } from '@plimsoll/contract'

// RFC 6750, section 3, `scope-token`: what may stand in a challenge without being quoted away.
const scopes = { type: 'array', maxItems: 100, items: { type: 'string', pattern: '^[!#-\\[\\]-~]{1,128}$' } }

const rate = {
  type: 'object',
  required: ['requestsPerSecond', 'burst'],
  additionalProperties: false,
  properties: {
    requestsPerSecond: { type: 'number', exclusiveMinimum: 0 },
    burst: { type: 'number', minimum: 1 },
  },
}

const jsonSchema = { anyOf: [{ type: 'object' }, { type: 'boolean' }] }

const milliseconds = { type: 'number', exclusiveMinimum: 0, maximum: 86_400_000 }
const bytes = { type: 'integer', minimum: 1, maximum: 2 ** 50 }

const body = {
  oneOf: [
    {
      type: 'object',
      required: ['kind', 'item', 'maxItemBytes', 'idleMs', 'longestMs'],
      properties: {
        kind: { const: 'stream' },
        item: jsonSchema,
        maxItemBytes: bytes,
        idleMs: milliseconds,
        longestMs: milliseconds,
      },
    },
    {
      type: 'object',
      required: ['kind', 'types', 'maxBytes', 'idleMs', 'longestMs'],
      properties: {
        kind: { const: 'file' },
        types: { type: 'array', minItems: 1, maxItems: 50, items: { type: 'string', maxLength: 255 } },
        maxBytes: bytes,
        idleMs: milliseconds,
        longestMs: milliseconds,
      },
    },
  ],
}

const operation = {
  type: 'object',
  required: ['http', 'input', 'output', 'errors', 'access', 'scopes', 'deadlineMs', 'idempotent'],
  properties: {
    http: {
      type: 'object',
      required: ['method', 'path'],
      properties: {
        method: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
        path: { type: 'string', pattern: '^/' },
      },
    },
    input: jsonSchema,
    inputBody: body,
    output: jsonSchema,
    outputBody: body,
    errors: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['status'],
        properties: { status: { type: 'integer', minimum: 400, maximum: 599 } },
      },
    },
    access: { enum: ['services', 'consumers', 'public'] },
    scopes,
    deadlineMs: { type: 'number', exclusiveMinimum: 0, maximum: 86_400_000 },
    idempotent: { type: 'boolean' },
  },
}

const contract = {
  type: 'object',
  required: ['format', 'name', 'version', 'operations'],
  properties: {
    format: { const: 'plimsoll/contract/1' },
    name: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
    version: { type: 'string' },
    operations: { type: 'object', additionalProperties: operation },
  },
}

const consumer = {
  type: 'object',
  required: ['record', 'scopes', 'uses'],
  additionalProperties: false,
  properties: {
    record: {
      type: 'object',
      required: ['id', 'consumer', 'hash'],
      properties: {
        id: { type: 'string', minLength: 1 },
        consumer: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
        hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      },
    },
    scopes,
    uses: { type: 'array', items: { type: 'string' } },
    rate,
  },
}

/** What must hold before a configuration that came over a channel is used. */
export const configurationSchema: JsonSchema = {
  type: 'object',
  required: ['contracts', 'consumers'],
  additionalProperties: false,
  properties: {
    contracts: { type: 'array', items: contract },
    consumers: { type: 'array', items: consumer },
    anonymous: rate,
    concurrency: { type: 'integer', minimum: 1 },
    reach: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['audience', 'scopes'],
        additionalProperties: false,
        properties: {
          audience: {
            type: 'array',
            minItems: 1,
            maxItems: 500,
            items: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' },
          },
          scopes: { ...scopes, maxItems: 1_000 },
        },
      },
    },
    names: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1, maxLength: 253 } },
  },
}
