import { defineArchitecture } from '@plimsoll/architecture'
import { catalog } from './services/catalog/contract.ts'
import { inventory } from './services/inventory/contract.ts'
import { orders } from './services/orders/contract.ts'
import { pricing } from './services/pricing/contract.ts'
import { receipts } from './services/receipts/contract.ts'

export const architecture = defineArchitecture({
  name: 'shop',
  dataClasses: ['public', 'internal', 'confidential', 'personal', 'card'],
  zones: {
    edge: { clearance: 'personal' },
    core: { clearance: 'personal' },
    vault: { clearance: 'card' },
  },
  services: {
    catalog: { entry: 'services/catalog/service.ts', replicas: 2, zone: 'core', stores: ['catalog-data'] },
    pricing: { entry: 'services/pricing/service.ts', replicas: 2, zone: 'core' },
    inventory: {
      entry: 'services/inventory/service.ts',
      replicas: 2,
      zone: 'core',
      stores: ['inventory-data'],
    },
    orders: { entry: 'services/orders/service.ts', replicas: 2, zone: 'core', stores: ['orders-data'] },
    payments: { entry: 'services/payments/service.ts', replicas: 2, zone: 'vault' },
    notifications: { entry: 'services/notifications/service.ts', replicas: 1, zone: 'core' },
    receipts: { entry: 'services/receipts/service.ts', replicas: 2, zone: 'core' },
  },
  stores: {
    'catalog-data': { technology: 'sqlite', zone: 'core' },
    'inventory-data': { technology: 'sqlite', zone: 'core' },
    'orders-data': { technology: 'sqlite', zone: 'core' },
  },
  externals: {
    'payment-provider': {
      url: process.env['PAYMENT_PROVIDER_URL'] ?? 'http://127.0.0.1:8090',
      receives: 'internal',
    },
  },
  consumers: {
    storefront: {
      uses: [
        catalog.operations.list,
        catalog.operations.lookup,
        pricing.operations.quote,
        orders.operations.place,
        receipts.operations.show,
      ],
      scopes: ['shop:read', 'orders:write', 'orders:read'],
      receives: 'personal',
    },
    warehouse: { uses: [inventory.operations.restock], scopes: ['stock:write'] },
  },
  gateway: { port: Number(process.env['SHOP_GATEWAY_PORT'] ?? 8443), replicas: 2, zone: 'edge' },
  policy: { failOn: 'high', operatorCalls: true },
})
