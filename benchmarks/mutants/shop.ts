import type { Architecture } from '@plimsoll/architecture'
import { sketch } from '../../packages/vetting/rules/example.ts'

/** A shop with everything declared, as Plimsoll's own reader gives it: operations, deadlines, scopes, data classes. */
export function shop(): Architecture {
  const secured = { encrypted: true, authentication: 'mutual-tls', synchronous: true, required: true }
  return sketch({
    name: 'shop',
    zones: { core: { clearance: 'personal' } },
    components: {
      anyone: { kind: 'client', receives: 'public', scopes: [] },
      storefront: { kind: 'client', receives: 'internal', scopes: ['orders:write'] },
      gateway: { kind: 'gateway', replicas: 2, zone: 'core', published: [{ port: '443' }] },
      ...Object.fromEntries(
        ['catalog', 'pricing', 'orders', 'payments', 'receipts'].map((id) => [
          id,
          { replicas: 2, zone: 'core' },
        ]),
      ),
      'orders-data': { kind: 'store', technology: 'postgres', replicas: 2, zone: 'core' },
      bank: { kind: 'external', receives: 'internal', address: 'https://bank.example' },
    },
    operations: {
      'catalog.lookup': operation({ deadlineMs: 150, access: 'services' }),
      'pricing.quote': operation({ deadlineMs: 400, access: 'consumers', scopes: ['orders:write'] }),
      'orders.place': operation({
        deadlineMs: 2_000,
        access: 'consumers',
        scopes: ['orders:write'],
        safe: false,
      }),
      'payments.charge': operation({ deadlineMs: 800, access: 'services' }),
      'receipts.show': operation({ deadlineMs: 900, access: 'consumers', scopes: ['orders:write'] }),
    },
    calls: {
      'storefront -> orders.place': { through: 'gateway', ...secured, authentication: 'api-key' },
      'storefront -> pricing.quote': { through: 'gateway', ...secured, authentication: 'api-key' },
      'storefront -> receipts.show': { through: 'gateway', ...secured, authentication: 'api-key' },
      'orders.place -> pricing.quote': { ...secured, timeoutMs: 400, attempts: 1 },
      'orders.place -> payments.charge': { ...secured, timeoutMs: 800, attempts: 1 },
      'pricing.quote -> catalog.lookup': { ...secured, timeoutMs: 150, attempts: 1 },
      'receipts.show -> catalog.lookup': { ...secured, timeoutMs: 150, attempts: 1 },
      'payments.charge -> bank': {
        encrypted: true,
        timeoutMs: 400,
        attempts: 1,
        synchronous: true,
        required: true,
        sends: ['internal'],
      },
      'orders -> orders-data': { synchronous: true, required: true },
    },
  })
}

function operation(facts: object): object {
  return { scopes: [], dataIn: [], dataOut: [], openOutput: false, idempotent: true, safe: true, ...facts }
}
