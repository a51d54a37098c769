import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deploymentOf, type ArchitectureSettings, type Deployment } from '@plimsoll/architecture'
import type { Digest } from '@plimsoll/base'
import { configurationText } from './configuration-text.ts'
import { differencesOf } from './difference.ts'

const release: Digest = `sha256:${'a'.repeat(64)}`
const hostile = `'); process.exit(1) //\\' "\n\u2028\${process.exit(1)} \\`

const deployment: Deployment = {
  ...deploymentOf({ name: 'shop', services: { pricing: { entry: 'a.ts' } } }, { pricing: release }),
  services: { pricing: { release, replicas: 3, zone: 'core', owner: hostile, stores: ['book'] } },
  stores: { book: { technology: 'sqlite', replicas: 1 } },
  zones: { core: { clearance: 'personal' } },
  externals: { bank: { url: 'https://bank.example', receives: 'internal' } },
  consumers: { web: { uses: ['pricing.quote'], scopes: ['a:b'], receives: 'internal' } },
  dataClasses: ['public', 'internal', 'personal'],
  waivers: [{ rule: 'AV1', subject: 'a -> b', owner: 'me', reason: hostile, expires: '2030-01-01' }],
  telemetry: { sampling: 0.5 },
}

/** The configuration as code that is run, with only what it imports replaced. */
async function evaluated(text: string): Promise<ArchitectureSettings> {
  const code = text
    .replace(/^import \{ defineArchitecture \}.*$/m, 'const defineArchitecture = (settings) => settings')
    .replace(
      /^import \{ offer as pricingContract \}.*$/m,
      "const pricingContract = { operations: { quote: { kind: 'operation', service: 'pricing', name: 'quote' } } }",
    )
  const { architecture } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    architecture: ArchitectureSettings
  }
  return architecture
}

test('a configuration that is written says what the deployment says, whatever its texts hold', async () => {
  const text = configurationText(deployment, {
    entries: { pricing: 'services/pricing/service.ts' },
    contracts: { pricing: { file: 'services/pricing/contract.ts', exported: 'offer' } },
  })
  const settings = await evaluated(text)
  assert.equal(settings.services['pricing']?.entry, 'services/pricing/service.ts')
  assert.deepEqual(differencesOf(deployment, deploymentOf(settings, { pricing: release })), [])
})

test('a difference names part and field, and where something stands makes none', () => {
  const other: Deployment = {
    ...deployment,
    evidence: { 'services.pricing': { file: 'plimsoll.config.ts', line: 7 } },
    services: { ...deployment.services, orders: { release, replicas: 1, stores: [] } },
    gateway: { ...deployment.gateway, replicas: 2 },
    waivers: [],
  }
  assert.deepEqual(
    differencesOf(deployment, other).map(({ change, part, field }) => [change, part, field]),
    [
      ['added', 'services.orders', undefined],
      ['changed', 'gateway', 'replicas'],
      ['removed', 'waivers.AV1 a -> b me', undefined],
    ].toSorted((one, other_) => places.indexOf(String(one[1])) - places.indexOf(String(other_[1]))),
  )
  assert.deepEqual(differencesOf(deployment, { ...deployment, evidence: {} }), [])
  assert.ok(differencesOf(undefined, deployment).every(({ change }) => change === 'added'))
})

/** Parts in the order of a plan: what was there first. */
const places = ['gateway', 'waivers.AV1 a -> b me', 'services.orders']
