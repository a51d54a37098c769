import type { ComponentKind, Trait } from '../../model.ts'

/** What a stereotype says that a service is, and the tagged value that names its technology. The first that fits counts. */
export const kindsOfServices: readonly (readonly [string, ComponentKind, string])[] = [
  ['authorization_server', 'identity-provider', 'Authorization Server'],
  ['authentication_server', 'identity-provider', 'Authentication Server'],
  ['token_server', 'identity-provider', 'Token Server'],
  ['gateway', 'gateway', 'Gateway'],
  ['proxy', 'gateway', 'Proxy'],
  ['service_discovery', 'registry', 'Service Discovery'],
  ['configuration_server', 'configuration', 'Configuration Server'],
  ['secret_manager', 'secret-store', 'Secret Manager'],
  ['message_broker', 'broker', 'Message Broker'],
  ['logging_server', 'monitoring', 'Logging Server'],
  ['metrics_server', 'monitoring', 'Metrics Server'],
  ['tracing_server', 'monitoring', 'Tracing Server'],
  ['monitoring_server', 'monitoring', 'Monitoring Server'],
  ['monitoring_dashboard', 'monitoring', 'Monitoring Dashboard'],
  ['visualization', 'monitoring', 'Visualization'],
  ['stream_aggregator', 'monitoring', 'Stream Aggregator'],
  ['administration_server', 'monitoring', 'Administration Server'],
  ['database', 'store', 'Database'],
  ['search_engine', 'store', 'Search Engine'],
  ['web_application', 'service', 'Web Application'],
  ['web_server', 'service', 'Web Server'],
]

export const kindsOfExternals: readonly (readonly [string, ComponentKind, string])[] = [
  ['user_stereotype', 'client', 'User'],
  ['user', 'client', 'User'],
  ['external_database', 'external', 'Database'],
  ['mail_server', 'external', 'Mail Server'],
  ['github_repository', 'external', 'Repository'],
  ['external_website', 'external', 'Website'],
]

/**
 * Stereotypes that state a trait. The format is a complete, labelled model: it has a word for each of these traits, and a service
 * without the word does not have the trait. Traits that it has no word for (backups, alarms) stay unknown. A `resource_server` is not
 * taken for one that authenticates: the format labels that on its own.
 */
export const traitWords: Readonly<Partial<Record<Trait, readonly string[]>>> = {
  authenticates: [
    'authentication',
    'authentication_scope_all_requests',
    'basic_authentication',
    'in_memory_authentication',
    'authentication_server',
    'authorization_server',
  ],
  authorises: [
    'authorization',
    'authorization_scope_all_requests',
    'pre_authorized_endpoints',
    'authorization_server',
  ],
  login: ['authentication_server', 'authorization_server'],
  'login-limit': ['login_attempts_regulation'],
  'issues-tokens': ['token_server', 'authorization_server'],
  'validates-tokens': ['token_validation'],
  'transforms-identity': ['transform_identity_representation'],
  'validates-registration': ['validate_registration'],
  'circuit-breaker': ['circuit_breaker'],
  'load-balancer': ['load_balancer', 'server_side_load_balancer'],
  'local-log': ['local_logging'],
  'central-log': [],
  'sanitised-log': ['log_sanitization'],
  'log-collector': ['logging_server'],
  dashboard: ['monitoring_dashboard', 'visualization'],
  tracing: [],
  metrics: [],
  administration: ['administration_server'],
}

/** Traits of a sender that a stereotype of one of its flows states. */
export const traitLinks: readonly (readonly [Trait, string])[] = [
  ['circuit-breaker', 'circuit_breaker_link'],
  ['load-balancer', 'load_balanced_link'],
]

/** Traits of a sender that follow from what its flow leads to. */
export const traitTargets: readonly (readonly [Trait, string])[] = [
  ['central-log', 'logging_server'],
  ['tracing', 'tracing_server'],
  ['metrics', 'metrics_server'],
]

export const encryptedWords = ['encrypted', 'encrypted_connection', 'ssl_enabled', 'https']
export const authenticatedWords = ['authenticated', 'authenticated_request']
export const passwordWords = ['authentication_with_plaintext_credentials', 'plaintext_credentials_link']
export const authorisedWords = ['authorized', 'authorized_request']

/**
 * Those that only answer. The format draws where data flows to, so a flow from one of them is a call to it: a service reads its
 * configuration, its database, the registry.
 */
export const answering: ReadonlySet<ComponentKind> = new Set([
  'store',
  'configuration',
  'registry',
  'external',
])
