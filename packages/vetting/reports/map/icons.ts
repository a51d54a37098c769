import type { ComponentKind } from '@plimsoll/architecture'

/** Strokes of 16 by 16, one for each kind. */
export const icons: Readonly<Record<ComponentKind, string>> = {
  service: 'M8 1.8 13.6 5v6L8 14.2 2.4 11V5zM2.6 5.1 8 8.2l5.4-3.1M8 8.2v5.8',
  store: 'M2.5 4c0-3 11-3 11 0v8c0 3-11 3-11 0zM2.5 4c0 3 11 3 11 0M2.5 8c0 3 11 3 11 0',
  broker: 'M1.5 4.5h9M8 2l2.5 2.5L8 7M14.5 11.500h-9M8 9l-2.5 2.500L8 14',
  gateway: 'M2 14V6.500a6 6 0 0 1 12 0V14M6 14V7.500a2 2 0 0 1 4 0V14M1 14h14',
  cache: 'M9 1.5 3 9h4.500L7 14.5 13 7H8.500z',
  'identity-provider': 'M8 8.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.500c.5-5 10.5-5 11 0',
  registry: 'M3 2.500h10v11H3zM5.5 5.500h5M5.5 8h5M5.5 10.500h3',
  configuration:
    'M1.5 4.500h7M12 4.500h2.500M1.5 11.500H4M7.5 11.500h7M10.2 2.700a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.600zM5.8 9.700a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.600z',
  'secret-store': 'M3 7.500h10v6.500H3zM5 7.500V5a3 3 0 0 1 6 0v2.500M8 10v1.8',
  scheduler: 'M8 14.500a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.500V8l2.5 1.8',
  monitoring: 'M1.5 9h3L6.5 3.5 9.5 13l2-4h3',
  external: 'M4.5 12.500a3 3 0 0 1-.3-6 4 4 0 0 1 7.6-.6 3.3 3.3 0 0 1 .2 6.600z',
  client: 'M2 2.500h12v8.500H2zM5.5 14h5M8 11v3',
}

export const kindNames: Readonly<Record<ComponentKind, string>> = {
  service: 'service',
  store: 'store',
  broker: 'broker',
  gateway: 'gateway',
  cache: 'cache',
  'identity-provider': 'identity provider',
  registry: 'registry',
  configuration: 'configuration',
  'secret-store': 'secret store',
  scheduler: 'scheduler',
  monitoring: 'monitoring',
  external: 'external',
  client: 'client',
}
