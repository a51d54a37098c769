import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { Ajv } from 'ajv'
import { reportOn } from './report.ts'
import { renderSarif } from './sarif.ts'
import { hostile, judgementOf, shop } from './testing/architectures.ts'

const schemaFile = import.meta.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(readFileSync(new URL(schemaFile), 'utf8')) as Record<string, unknown>
const validate = new Ajv({
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
  allErrors: true,
}).compile(schema)
const clock = { now: () => Date.parse('2026-11-24T00:00:00Z') }

interface Location {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string }
    readonly region?: { readonly startLine: number }
  }
}

interface Result {
  readonly ruleId: string
  readonly level: string
  readonly message: { readonly text: string }
  readonly locations: readonly Location[]
  readonly partialFingerprints: Readonly<Record<string, string>>
  readonly suppressions: readonly { readonly justification: string }[]
  readonly codeFlows?: readonly {
    readonly threadFlows: readonly { readonly locations: readonly { readonly location: Location }[] }[]
  }[]
  readonly baselineState?: string
}

function resultsOf(rename?: (name: string) => string, settings: Parameters<typeof reportOn>[1] = {}) {
  const architecture = shop(rename)
  const text = renderSarif(
    reportOn(architecture, { judgement: judgementOf(architecture, rename), clock, ...settings }),
  )
  const log = JSON.parse(text) as { readonly runs: readonly [{ readonly results: readonly Result[] }] }
  return { text, log, results: log.runs[0].results }
}

suite('a report as SARIF', () => {
  test('holds to the published schema', () => {
    const { log } = resultsOf()
    assert.ok(validate(log), JSON.stringify(validate.errors?.slice(0, 3)))
  })

  test('holds to the published schema whatever things are called', () => {
    const { log } = resultsOf(hostile)
    assert.ok(validate(log), JSON.stringify(validate.errors?.slice(0, 3)))
  })

  test('a finding has its file and line, its level and its fingerprint', () => {
    const [critical, , medium, low] = resultsOf().results
    const place = critical?.locations[0]?.physicalLocation
    assert.equal(place?.artifactLocation.uri, 'deploy/compose.yaml')
    assert.equal(place?.region?.startLine, 12)
    assert.deepEqual([critical?.level, medium?.level, low?.level], ['error', 'warning', 'note'])
    assert.match(critical?.partialFingerprints['plimsoll/v1'] ?? '', /^[0-9a-f]{16}$/)
  })

  test('the path of a finding is a code flow', () => {
    const single = resultsOf().results.find(({ ruleId }) => ruleId === 'AV1')
    assert.equal(single?.codeFlows?.[0]?.threadFlows[0]?.locations.length, 4)
  })

  test('a waived finding is suppressed, with its reason', () => {
    const waiver = {
      rule: 'AV1',
      subject: 'payments',
      owner: 'ada',
      reason: 'one for now',
      expires: '2026-12-31',
      place: {},
    }
    const { results, log } = resultsOf(undefined, { waivers: [waiver] })
    const single = results.find(({ ruleId }) => ruleId === 'AV1')
    assert.equal(single?.suppressions[0]?.justification, 'one for now (ada, until 2026-12-31)')
    assert.ok(validate(log))
  })

  test('against an earlier report each result says what became of it', () => {
    const { findings } = judgementOf(shop())
    const { results, log } = resultsOf(undefined, { since: findings.slice(0, 2) })
    assert.deepEqual(
      results.map(({ baselineState }) => baselineState),
      ['unchanged', 'unchanged', 'new', 'new'],
    )
    assert.ok(validate(log))
  })

  test('attack: a name cannot become a link, a scheme or a command for the terminal', () => {
    const { text, results } = resultsOf(hostile)
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.doesNotMatch(text, /\\u001b|\\u0000|\u202e/)
    for (const { message, locations } of results) {
      assert.doesNotMatch(message.text, /(?<!\\)\[a/)
      for (const { physicalLocation } of locations)
        assert.match(physicalLocation?.artifactLocation.uri ?? 'x', /^[\w%.\-/!~*'()]+$/)
    }
  })
})
