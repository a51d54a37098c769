/** The shape of OTLP/JSON requests, as opentelemetry-proto's messages and "JSON Protobuf Encoding" have it; no member beside theirs. */

type Members = Readonly<Record<string, unknown>>
const message = (properties: Members, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const list = (items: unknown) => ({ type: 'array', items })
const text = { type: 'string' }
const integer64 = { type: 'string', pattern: '^-?[0-9]{1,20}$' }
const time = { type: 'string', pattern: '^[1-9][0-9]{17,19}$' }

const value = {
  oneOf: [
    message({ stringValue: text }, ['stringValue']),
    message({ boolValue: { type: 'boolean' } }, ['boolValue']),
    message({ intValue: integer64 }, ['intValue']),
    message({ doubleValue: { type: 'number' } }, ['doubleValue']),
    message({ arrayValue: message({ values: list({ type: 'object' }) }, ['values']) }, ['arrayValue']),
  ],
}
const attributes = list(message({ key: { type: 'string', minLength: 1 }, value }, ['key', 'value']))
const resource = message({ attributes, droppedAttributesCount: { type: 'integer' } }, ['attributes'])
const scope = message({ name: text, version: text }, ['name'])
const traceId = { type: 'string', pattern: '^(?!0+$)[0-9a-f]{32}$' }
const spanId = { type: 'string', pattern: '^(?!0+$)[0-9a-f]{16}$' }

const span = message(
  {
    traceId,
    spanId,
    traceState: text,
    parentSpanId: spanId,
    flags: { type: 'integer', minimum: 0, maximum: 0x3ff },
    name: { type: 'string', minLength: 1 },
    kind: { type: 'integer', minimum: 1, maximum: 5 },
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
    droppedAttributesCount: { type: 'integer' },
    events: list(message({ timeUnixNano: time, name: text, attributes }, ['timeUnixNano', 'name'])),
    links: list(message({ traceId, spanId, attributes }, ['traceId', 'spanId'])),
    status: message({ code: { enum: [0, 1, 2] }, message: text }),
  },
  ['traceId', 'spanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano', 'status'],
)

const times = { startTimeUnixNano: time, timeUnixNano: time }
const number = message({ attributes, ...times, asDouble: { type: 'number' } }, ['timeUnixNano', 'asDouble'])
const distribution = message(
  {
    attributes,
    ...times,
    count: integer64,
    sum: { type: 'number' },
    bucketCounts: list(integer64),
    explicitBounds: list({ type: 'number' }),
  },
  ['timeUnixNano', 'count', 'sum', 'bucketCounts', 'explicitBounds'],
)
const cumulative = { const: 2 }
const facts = { name: { type: 'string', minLength: 1 }, description: text, unit: text }
const metric = {
  oneOf: [
    message({ ...facts, gauge: message({ dataPoints: list(number) }, ['dataPoints']) }, ['name', 'gauge']),
    message(
      {
        ...facts,
        sum: message(
          { dataPoints: list(number), aggregationTemporality: cumulative, isMonotonic: { type: 'boolean' } },
          ['dataPoints', 'aggregationTemporality', 'isMonotonic'],
        ),
      },
      ['name', 'sum'],
    ),
    message(
      {
        ...facts,
        histogram: message({ dataPoints: list(distribution), aggregationTemporality: cumulative }, [
          'dataPoints',
          'aggregationTemporality',
        ]),
      },
      ['name', 'histogram'],
    ),
  ],
}

const request = (signal: string, scopeMembers: Members, required: string) =>
  message(
    {
      [`resource${signal}`]: list(
        message(
          {
            resource,
            [`scope${signal}`]: list(
              message({ scope, ...scopeMembers, schemaUrl: text }, ['scope', required]),
            ),
            schemaUrl: text,
          },
          ['resource', `scope${signal}`],
        ),
      ),
    },
    [`resource${signal}`],
  )

export const otlpSchemas = {
  traces: request('Spans', { spans: { ...list(span), minItems: 1 } }, 'spans'),
  metrics: request('Metrics', { metrics: { ...list(metric), minItems: 1 } }, 'metrics'),
} as const
