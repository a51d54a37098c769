import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { read } from '@plimsoll/architecture/read'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { rules } from '../rules/index.ts'
import { renderJson } from './json.ts'
import { reportOn } from './report.ts'
import { hostile, judgementOf, shop } from './testing/architectures.ts'

const schemaAt = (path: string) =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as Record<string, unknown>
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true })
const validateArchitecture = ajv.compile(
  schemaAt(import.meta.resolve('@plimsoll/architecture/architecture.schema.json')),
)
const validate = ajv.compile(schemaAt('./report.schema.json'))

suite('the published schemas', () => {
  test('a report holds to its schema', () => {
    for (const rename of [undefined, hostile]) {
      const architecture = shop(rename)
      const report = reportOn(architecture, {
        judgement: judgementOf(architecture, rename),
        imagined: ['without catalog'],
        before: { ...shop(rename), calls: [] },
        since: judgementOf(architecture).findings.slice(1),
        waivers: [
          {
            rule: 'AV1',
            owner: 'ada',
            reason: 'for now',
            expires: '2020-01-01',
            place: { file: 'w.yaml', line: 3 },
          },
          {
            rule: 'RH3',
            subject: 'payments',
            owner: 'ada',
            reason: 'for now',
            expires: '2999-01-01',
            place: {},
          },
        ],
      })
      const read: unknown = JSON.parse(renderJson(report))
      assert.ok(validate(read), JSON.stringify(validate.errors?.slice(0, 3)))
    }
  })

  test('a report that says something else does not', () => {
    const report = JSON.parse(renderJson(reportOn(shop()))) as Record<string, unknown>
    assert.ok(!validate({ ...report, passed: 'yes' }))
    assert.ok(!validate({ ...report, secret: 1 }))
  })

  test('what is read from files holds to the schema of architectures', () => {
    const text = [
      'services:',
      '  web: { image: nginx, ports: ["80:80"], depends_on: [orders], networks: [front] }',
      '  orders: { image: "shop/orders:1", environment: { DATABASE_URL: "postgres://db/orders" }, privileged: true }',
      '  db: { image: postgres, volumes: ["data:/var/lib/postgresql/data"] }',
      'networks: { front: {} }',
      'volumes: { data: {} }',
    ].join('\n')
    const data: unknown = JSON.parse(JSON.stringify(read([{ name: 'compose.yaml', text }])))
    assert.ok(validateArchitecture(data), JSON.stringify(validateArchitecture.errors?.slice(0, 3)))
  })

  test('every example of every rule holds to the schema of architectures, and its report to that of reports', async () => {
    for (const { id, examples } of rules) {
      const { good, bad } = await examples()
      for (const architecture of [...Object.values(good), ...Object.values(bad)]) {
        const data: unknown = JSON.parse(JSON.stringify(architecture))
        assert.ok(
          validateArchitecture(data),
          `${id}: ${JSON.stringify(validateArchitecture.errors?.slice(0, 3))}`,
        )
      }
    }
  })
})
