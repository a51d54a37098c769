import type { ComponentKind } from '../../model.ts'

/** What a technology of Threagile is here. What is not in the list is what its asset's type says. */
export const kinds: ReadonlyMap<string, ComponentKind> = new Map<string, ComponentKind>(
  Object.entries({
    gateway: 'gateway',
    'reverse-proxy': 'gateway',
    'load-balancer': 'gateway',
    waf: 'gateway',
    'message-queue': 'broker',
    'service-registry': 'registry',
    'identity-provider': 'identity-provider',
    vault: 'secret-store',
    hsm: 'secret-store',
    scheduler: 'scheduler',
    monitoring: 'monitoring',
    database: 'store',
    'identity-store-database': 'store',
    'identity-store-ldap': 'store',
    'ldap-server': 'store',
    'file-server': 'store',
    'local-file-system': 'store',
    'block-storage': 'store',
    'data-lake': 'store',
    'big-data-platform': 'store',
    'search-index': 'store',
    'search-engine': 'store',
    'artifact-registry': 'store',
    'sourcecode-repository': 'store',
    'operational-historian': 'store',
  } as const),
)

/** Technologies that people hold in their hands. */
export const clientTechnologies: ReadonlySet<string> = new Set([
  'browser',
  'client-system',
  'desktop',
  'devops-client',
  'mobile-app',
  'iot-device',
])

/** Protocols that are encrypted, beside those that say so in their name. */
export const encryptedProtocols: ReadonlySet<string> = new Set([
  'https',
  'wss',
  'ssh',
  'ssh-tunnel',
  'ftps',
  'sftp',
  'scp',
  'ldaps',
])

/** Protocols that never leave the machine, so that their encryption is no question. */
export const localProtocols: ReadonlySet<string> = new Set([
  'unknown-protocol',
  'local-file-access',
  'in-process-library-call',
  'inter-process-communication',
  'container-spawning',
])

export const messagingProtocols: ReadonlySet<string> = new Set(['jms', 'mqtt', 'smtp', 'smtp-encrypted'])

export const authentications: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    none: 'none',
    credentials: 'password',
    'session-id': 'session',
    token: 'token',
    'client-certificate': 'mutual-tls',
    'two-factor': 'two-factor',
    externalized: 'externalized',
  } as const),
)

/** Threagile's five steps of confidentiality, in order, are the five data classes here, in order. */
export const dataClasses: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries({
    public: 'public',
    internal: 'internal',
    restricted: 'confidential',
    confidential: 'personal',
    'strictly-confidential': 'secret',
  } as const),
)
