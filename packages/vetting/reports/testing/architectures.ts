import type { Architecture } from '@plimsoll/architecture'
import type { Judgement } from '../../finding.ts'
import { sketch } from '../../rules/example.ts'

/** A shop with zones, a gateway, stores and an external; `rename` gives each component another name. */
export function shop(rename: (name: string) => string = (name) => name): Architecture {
  const n = rename
  const components = {
    storefront: { kind: 'client', receives: 'personal' },
    gateway: { kind: 'gateway', zone: 'edge', replicas: 2 },
    catalog: { zone: 'core', replicas: 2 },
    orders: { zone: 'core', replicas: 2 },
    payments: { zone: 'vault', replicas: 1 },
    notifications: { zone: 'core', replicas: 1 },
    'orders-data': { kind: 'store', zone: 'core', technology: 'postgres', replicas: 1 },
    'payment-provider': { kind: 'external' },
  } as const
  const calls = {
    'storefront -> catalog': { through: n('gateway') },
    'storefront -> orders': { through: n('gateway') },
    'orders -> catalog': { attempts: 3 },
    'orders -> payments': { encrypted: false },
    'orders -> notifications': { required: false, synchronous: false },
    'orders -> orders-data': {},
    'payments -> payment-provider': {},
  }
  const renamed = <Part>(parts: Readonly<Record<string, Part>>) =>
    Object.fromEntries(
      Object.entries(parts).map(([id, part]) => [id.split(' -> ').map(n).join(' -> '), part]),
    )
  return sketch({
    name: n('shop'),
    components: renamed(components),
    calls: renamed(calls),
    zones: { edge: {}, core: {}, vault: {} },
  })
}

/** Findings of that shop, with a way, with places, and of every severity. */
export function judgementOf(
  architecture: Architecture,
  rename: (name: string) => string = (name) => name,
): Judgement {
  const evidence = {
    file: rename('deploy/compose.yaml'),
    line: 12,
    column: 3,
    field: rename('services.payments'),
  }
  const n = rename
  const finding = (rule: string, severity: 'critical' | 'high' | 'medium' | 'low', subject: string) => ({
    rule,
    title: `Title of ${rule}`,
    severity,
    subject,
    message: `${subject} has a weakness.`,
    path: [{ id: subject, note: n('is called'), evidence }],
    evidence: [evidence],
    fix: `correct ${subject}`,
    fingerprint: `${rule.toLowerCase().replaceAll(/[^a-f0-9]/g, '')}0000000000000000`.slice(0, 16),
  })
  return {
    findings: [
      { ...finding('RH3', 'critical', n('payments')), path: [] },
      {
        ...finding('AV1', 'high', n('payments')),
        path: [
          { id: n('storefront') },
          { id: n('gateway'), note: 'passes', evidence },
          { id: n('orders'), evidence },
          { id: n('payments'), note: n('is needed'), evidence },
        ],
      },
      { ...finding('IF9', 'medium', architecture.name), members: [n('orders'), n('catalog')] },
      finding('AV2', 'low', n('notifications')),
    ],
    unknowns: [{ rule: 'CF1', subject: n('orders'), message: n('how long orders waits') }],
  }
}

/** Names that try to be markup, script, a link or a command for the terminal. */
export const hostile = (name: string): string =>
  `${name}"'><img src=x onerror=alert(1)></title></script><script>alert(2)</script>\u001b]0;owned\u0007\u001b[31m\u202e[a](javascript:alert(3))&amp;\u0000`
