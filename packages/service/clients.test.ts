import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeContract, describeUses, use, type ServiceManifest } from '@plimsoll/contract'
import { CallFailure, CallRefusal, type CallFailureCode } from './errors.ts'
import { implement } from './implement.ts'
import type { AnyService } from './service.ts'
import { catalog, catalogService, pricing } from './testing/shop.ts'
import { openTown } from './testing/town.ts'

const failure = (code: CallFailureCode) => (thrown: unknown) =>
  thrown instanceof CallFailure && thrown.code === code
const refresh = { service: 'pricing', operation: 'refresh', input: {}, timeoutMs: 2_000 } as const
const quote = () => ({ sku: 'A1', total: 1 })

function manifestOf(service: AnyService, calls: ServiceManifest['calls']): ServiceManifest {
  return {
    format: 'plimsoll/manifest/1',
    name: service.contract.name,
    contract: describeContract(service.contract),
    uses: describeUses(service.uses),
    calls,
    evidence: {},
  }
}

test('a call that the vetted manifest does not show in this operation is refused before anything is sent', async (test) => {
  const thrown: unknown[] = []
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.lookup, catalog.operations.rename] },
    operations: {
      quote,
      async refresh(_input, { catalog }) {
        await catalog
          .rename({ sku: 'A1', name: 'card' })
          .catch((refused: unknown) => void thrown.push(refused))
        const found = await catalog.lookup({ sku: 'A1' })
        return { refreshed: found.ok ? 1 : 0 }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(catalogService)
  await town.serve(service, { manifest: manifestOf(service, { refresh: ['catalog.lookup'] }) })
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('catalog.rename', 'service/pricing')
  town.allow('pricing.refresh', 'operator/ada')
  assert.deepEqual(await town.caller('operator', 'ada').call(refresh), { ok: true, output: { refreshed: 1 } })
  const [refused] = thrown
  assert.ok(refused instanceof CallRefusal)
  assert.equal(refused.code, 'UNDECLARED_CALL')
  assert.match(refused.message, /pricing\.refresh is not vetted to call catalog\.rename/)
  assert.ok(refused.fix)
})

test('an operation that the manifest does not speak of may make every declared call', async (test) => {
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.rename] },
    operations: {
      quote,
      async refresh(_input, { catalog: { rename } }) {
        return { refreshed: (await rename({ sku: 'A1', name: 'card' })).renamed ? 1 : 0 }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(catalogService)
  await town.serve(service, { manifest: manifestOf(service, { quote: [] }) })
  town.allow('catalog.rename', 'service/pricing')
  town.allow('pricing.refresh', 'operator/ada')
  assert.deepEqual(await town.caller('operator', 'ada').call(refresh), { ok: true, output: { refreshed: 1 } })
})

test('a call that only this end allows is refused by the other end', async (test) => {
  const thrown = Promise.withResolvers<unknown>()
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.rename] },
    operations: {
      quote,
      async refresh(_input, { catalog }) {
        await catalog.rename({ sku: 'A1', name: 'card' }).catch(thrown.resolve)
        return { refreshed: 0 }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(catalogService)
  await town.serve(service)
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('pricing.refresh', 'operator/ada')
  await town.caller('operator', 'ada').call(refresh)
  assert.ok(failure('REFUSED')(await thrown.promise))
})

test('input that does not fit the callee is refused here; nothing is sent', async (test) => {
  const thrown = Promise.withResolvers<unknown>()
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.lookup] },
    operations: {
      quote,
      async refresh(_input, { catalog }) {
        await catalog.lookup({ sku: 'x'.repeat(41) }).catch(thrown.resolve)
        return { refreshed: 0 }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(service)
  town.allow('pricing.refresh', 'operator/ada')
  await town.caller('operator', 'ada').call(refresh)
  const refused = await thrown.promise
  assert.ok(failure('INVALID_INPUT')(refused))
  assert.match((refused as Error).message, /catalog\.lookup/)
})

test('output and errors of a callee of another build are checked here, too', async (test) => {
  const answers: unknown[] = []
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.lookup] },
    operations: {
      quote,
      async refresh(_input, { catalog }) {
        for (const sku of ['output', 'error', 'data'])
          await catalog.lookup({ sku }).catch((thrown: unknown) => void answers.push(thrown))
        return { refreshed: 0 }
      },
    },
  })
  const other: AnyService = {
    ...catalogService,
    contract: {
      ...catalogService.contract,
      operations: {
        lookup: {
          ...catalog.operations.lookup,
          declaration: {
            ...catalog.operations.lookup.declaration,
            output: catalog.operations.rename.declaration.output,
            errors: { UNKNOWN_SKU: { status: 404 }, GONE: { status: 410 } },
          },
        },
      },
    },
    operations: {
      lookup({ sku }: { sku: string }, { fail }: { fail: (code: string) => object }) {
        if (sku === 'output') return { renamed: true }
        return fail(sku === 'error' ? 'GONE' : 'UNKNOWN_SKU')
      },
    },
  }
  const town = await openTown(test)
  await town.serve(other)
  await town.serve(service)
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('pricing.refresh', 'operator/ada')
  await town.caller('operator', 'ada').call(refresh)
  assert.equal(answers.length, 3)
  for (const answer of answers) assert.ok(failure('INVALID_OUTPUT')(answer))
})

test('the failure of an optional call is a value, and is written down', async (test) => {
  const service = implement(pricing, {
    uses: { catalog: [use(catalog.operations.rename, { optional: true })] },
    operations: {
      quote,
      async refresh(_input, { catalog }) {
        const renamed = await catalog.rename({ sku: 'A1', name: 'card' })
        assert.deepEqual(renamed, { ok: false, code: 'UNAVAILABLE', data: undefined })
        return { refreshed: 7 }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(service)
  town.allow('pricing.refresh', 'operator/ada')
  assert.deepEqual(await town.caller('operator', 'ada').call(refresh), { ok: true, output: { refreshed: 7 } })
  assert.equal(town.lines[0]?.['event'], 'optional-call-failed')
  assert.equal(town.lines[0]['use'], 'catalog.rename')
})

test('a required call that fails is an exception, and to the caller a failure without its reason', async (test) => {
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.rename] },
    operations: {
      quote,
      async refresh(_input, { catalog }) {
        const { renamed } = await catalog.rename({ sku: 'A1', name: 'card' })
        return { refreshed: renamed ? 1 : 0 }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(service)
  town.allow('pricing.refresh', 'operator/ada')
  await assert.rejects(town.caller('operator', 'ada').call(refresh), (thrown) => {
    assert.ok(failure('INTERNAL')(thrown))
    assert.doesNotMatch((thrown as Error).message, /catalog/)
    return true
  })
  assert.match(String(town.lines.at(-1)?.['error']), /no replica of catalog/)
})

test('a callee has no more time than its caller has left', async (test) => {
  const remaining: number[] = []
  const slow = implement(catalog, {
    operations: {
      lookup({ sku }, context) {
        remaining.push(context.remaining())
        return { sku, price: 1 }
      },
      rename: () => ({ renamed: true }),
    },
  })
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.lookup] },
    operations: {
      quote,
      async refresh(_input, { catalog }) {
        await catalog.lookup({ sku: 'A1' })
        return { refreshed: 1 }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(slow)
  await town.serve(service)
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('pricing.refresh', 'operator/ada')
  await town.caller('operator', 'ada').call(refresh)
  // The operation `refresh` has 300 ms, `lookup` by itself 2 s.
  assert.ok((remaining[0] ?? Infinity) <= 300)
})

test('the signal of one call ends that call alone', async (test) => {
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.lookup] },
    operations: {
      quote,
      async refresh(_input, { catalog, signal }) {
        const cancelled = catalog.lookup({ sku: 'A1' }, { signal: AbortSignal.abort() })
        await assert.rejects(cancelled, failure('CANCELLED'))
        assert.equal(signal.aborted, false)
        return { refreshed: (await catalog.lookup({ sku: 'A1' })).ok ? 1 : 0 }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(catalogService)
  await town.serve(service)
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('pricing.refresh', 'operator/ada')
  assert.deepEqual(await town.caller('operator', 'ada').call(refresh), { ok: true, output: { refreshed: 1 } })
})

test('many calls at once warn of nothing and leave nothing behind', async (test) => {
  const warnings: Error[] = []
  const warn = (warning: Error) => void warnings.push(warning)
  process.on('warning', warn)
  test.after(() => process.removeListener('warning', warn))
  const service = implement(pricing, {
    uses: { catalog: [catalog.operations.lookup] },
    operations: {
      quote,
      async refresh(_input, { catalog }) {
        const found = await Promise.all(Array.from({ length: 40 }, () => catalog.lookup({ sku: 'A1' })))
        return { refreshed: found.filter(({ ok }) => ok).length }
      },
    },
  })
  const town = await openTown(test)
  await town.serve(catalogService)
  await town.serve(service)
  town.allow('catalog.lookup', 'service/pricing')
  town.allow('pricing.refresh', 'operator/ada')
  const ada = town.caller('operator', 'ada')
  // The first of them open their connections, which may take longer than the operation has.
  await ada.call(refresh).catch(() => undefined)
  assert.deepEqual(await ada.call(refresh), { ok: true, output: { refreshed: 40 } })
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(warnings, [])
})
