import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatPlace } from '@plimsoll/base'
import { createProject } from '../fixture/project.ts'
import { settingsPlaces } from './settings.ts'

function placesOf(files: Record<string, string>): Record<string, string> {
  using project = createProject(files)
  const places = settingsPlaces({
    path: join(project.folder, 'plimsoll.config.ts'),
    file: 'plimsoll.config.ts',
  })
  return Object.fromEntries(Object.entries(places).map(([field, place]) => [field, formatPlace(place)]))
}

test('every setting of a configuration has its place', () => {
  const text = `import { defineArchitecture } from '@plimsoll/architecture'
export const architecture = defineArchitecture({
  name: 'shop',
  services: {
    'pricing': { entry: './pricing.ts', replicas: 2 },
  },
  waivers: [{ rule: 'shared-store', expires: '2031-01-01' }],
})
`
  assert.deepEqual(placesOf({ 'plimsoll.config.ts': text }), {
    name: 'plimsoll.config.ts:3:3',
    services: 'plimsoll.config.ts:4:3',
    'services.pricing': 'plimsoll.config.ts:5:5',
    'services.pricing.entry': 'plimsoll.config.ts:5:18',
    'services.pricing.replicas': 'plimsoll.config.ts:5:41',
    waivers: 'plimsoll.config.ts:7:3',
    'waivers.0': 'plimsoll.config.ts:7:13',
    'waivers.0.rule': 'plimsoll.config.ts:7:15',
    'waivers.0.expires': 'plimsoll.config.ts:7:37',
  })
})

test('settings in other modules and constants are found there', () => {
  const places = placesOf({
    'plimsoll.config.ts': `import { services } from './services.ts'
const policy = { failOn: 'high' } as const
export const architecture = { name: 'shop', services, policy }
`,
    'services.ts': "export const services = {\n  pricing: { entry: './pricing.ts' },\n}\n",
  })
  assert.equal(places['services.pricing'], 'services.ts:2:3')
  assert.equal(places['policy.failOn'], 'plimsoll.config.ts:2:18')
})

test('a setting that a spread may replace has no place, a broken or missing configuration has none at all', () => {
  const spread = 'export const architecture = { name: "shop", ...more, policy: {} }'
  assert.deepEqual(Object.keys(placesOf({ 'plimsoll.config.ts': spread })), ['policy'])
  assert.deepEqual(placesOf({ 'plimsoll.config.ts': 'export const = {' }), {})
  assert.deepEqual(placesOf({}), {})
})
