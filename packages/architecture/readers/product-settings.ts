import type { Evidence, Fact, Trait } from '../model.ts'

/** Something that a component is told: a variable, a flag with its value, a line of its configuration. */
export interface ToldSetting {
  readonly name?: string | undefined
  readonly text: string
  readonly place: () => Evidence
}

/** What settings of known products mean. */
export interface Meaning {
  readonly traits: Readonly<Partial<Record<Trait, Fact<boolean>>>>
  /** It hands the tokens of its callers on to what is behind it. */
  readonly passesTokens?: Fact<boolean> | undefined
}

interface Row {
  readonly trait: Trait | 'passes-tokens'
  readonly means: boolean
  /** Of the setting, lower case, without the dashes of a flag; what stands in a line without a key is all text. */
  readonly name: RegExp
  /** Of its value, lower case. */
  readonly value: RegExp
  /** Technologies that the setting belongs to; undefined: its name says it. */
  readonly of?: readonly string[]
  /** It allows to go without a password; where one is set, it counts. */
  readonly allows?: true
}

const on = /^(?:yes|true|1|on|enabled?)?$/
const onWritten = /^(?:yes|true|1|on|enabled?)$/
const off = /^(?:no|false|0|off|disabled?)$/
const some = /./
const likeRedis = ['redis', 'valkey', 'keydb', 'dragonfly']

/** From the documentation of the products and of their images. */
const rows: readonly Row[] = [
  ...asks(false, 'postgres_host_auth_method', /^trust$/),
  ...asks(true, 'postgres_host_auth_method', /^(?:md5|scram-sha-256|cert|password|ldap|gss)$/),
  ...asks(false, '(?:mysql|mariadb)_allow_empty_(?:root_)?password', onWritten, { allows: true }),
  // Images of Bitnami refuse to start without a password, unless these are set.
  ...asks(false, 'allow_(?:empty_password|anonymous_login|none_authentication)', onWritten, { allows: true }),
  ...asks(false, 'xpack[._]security[._]enabled', off),
  ...asks(true, 'xpack[._]security[._]enabled', onWritten),
  ...asks(false, 'plugins[._]security[._]disabled|disable_security(?:_dashboards)?_plugin', onWritten),
  ...asks(false, 'protected-mode', off, { of: likeRedis, allows: true }),
  ...asks(true, 'requirepass', some, { of: likeRedis }),
  ...asks(false, 'noauth', on, { of: ['mongodb'] }),
  ...asks(true, 'auth|keyfile', on, { of: ['mongodb'] }),
  ...asks(true, 'mongo_initdb_root_(?:username|password)(?:_file)?', some),
  ...asks(false, 'neo4j_auth', /^none$/),
  ...asks(true, 'neo4j_auth', /^(?!none$)./),
  ...asks(false, 'cassandra_authenticator|authenticator', /allowallauthenticator$/, { of: ['cassandra'] }),
  ...asks(true, 'cassandra_authenticator|authenticator', /passwordauthenticator$/, { of: ['cassandra'] }),
  ...asks(false, 'influxdb_http_auth_enabled', off),
  ...asks(true, 'influxdb_http_auth_enabled', onWritten),
  ...asks(false, 'clickhouse_skip_user_setup', onWritten),
  ...asks(false, 'insecure', on, { of: ['cockroachdb'] }),
  ...asks(true, 'couchdb_password', some),
  ...asks(false, 'allow_anonymous', onWritten, { of: ['mosquitto'] }),
  ...asks(false, 'gf_auth_anonymous_enabled', onWritten),
  ...asks(false, 'pgadmin_config_server_mode', off),
  ...asks(false, 'me_config_basicauth(?:_enabled)?', off),
  ...asks(true, 'me_config_basicauth_password', some),
  ...asks(false, 'no-auth|noauth', on, { of: ['portainer'] }),
  ...asks(true, 'auth_request|auth_jwt|auth_basic', /^(?!\s*["']?off)./, { of: ['nginx'] }),
  { trait: 'debug', means: true, name: /^api\.insecure$/, value: on, of: ['traefik'] },
  ...[
    'spring_security_oauth2_resourceserver_jwt_audiences',
    'quarkus_oidc_token_audience',
    'mp_jwt_verify_audiences',
  ].map((name): Row => ({ trait: 'checks-audience', means: true, name: spelt(name), value: some })),
  ...[true, false].map((means): Row => ({
    trait: 'checks-audience',
    means,
    name: /(?:^|[._:-])(?:validate|verify)[._-]?aud(?:ience)?$/,
    value: means ? onWritten : off,
  })),
  {
    trait: 'passes-tokens',
    means: true,
    name: /^(?:oauth2_proxy_)?(?:pass[-_](?:access[-_]token|authorization[-_]header))$/,
    value: on,
    of: ['oauth2-proxy'],
  },
]

function asks(
  means: boolean,
  name: string,
  value: RegExp,
  more: Pick<Row, 'of' | 'allows'> = {},
): readonly Row[] {
  return [{ trait: 'authenticates', means, name: new RegExp(`^(?:${name})$`), value, ...more }]
}

/** `SPRING_KAFKA_X`, `spring.kafka.x` and `spring.kafka-x` are one name for Spring and Quarkus. */
function spelt(name: string): RegExp {
  return new RegExp(`^${name.replaceAll('_', '[._-]')}s?(?:[._[]?\\d+\\]?)?$`)
}

/** Handing on what the caller sent, in so many words. */
const handsOn = /^proxy_set_header\s+authorization\s+["']?\$http_authorization/i
const passwordName = /pass(?:word|wd)?(?:_file)?$/i

/** What the settings mean for a component of a technology. `hasPassword`: it is given one that the settings do not show. */
export function meaningOf(
  settings: readonly ToldSetting[],
  technology: string | undefined,
  hasPassword = false,
): Meaning {
  const guarded = hasPassword || settings.some(isPassword)
  const found: Partial<Record<Row['trait'], Fact<boolean>>> = {}
  for (const setting of settings) {
    for (const { trait, means, allows } of rowsFor(setting, technology)) {
      if (allows !== true) found[trait] ??= { value: means, evidence: setting.place() }
      else if (!guarded) found[trait] ??= inferred(means, setting)
    }
  }
  const { 'passes-tokens': passed, ...traits } = found
  const listeners = technology === 'kafka' ? plainListeners(settings) : undefined
  return {
    traits: { ...(listeners === undefined ? {} : { authenticates: listeners }), ...traits },
    passesTokens: passed ?? handedOn(settings, technology),
  }
}

function handedOn(
  settings: readonly ToldSetting[],
  technology: string | undefined,
): Fact<boolean> | undefined {
  if (technology !== 'nginx') return undefined
  const setting = settings.find((each) => handsOn.test(textOf(each)))
  return setting === undefined ? undefined : inferred(true, setting)
}

function rowsFor({ name, text }: ToldSetting, technology: string | undefined): readonly Row[] {
  const [first, rest] = name === undefined ? split(text) : [name, text]
  const key = first.replace(/^-+/, '').toLowerCase()
  const value = rest.trim().replace(/;$/, '').toLowerCase()
  return rows.filter(
    ({ name: wanted, value: fitting, of }) =>
      (of === undefined || of.includes(technology ?? '')) && wanted.test(key) && fitting.test(value),
  )
}

/** `auth_basic "shop";`, `requirepass …`: the first word names, the others tell. */
function split(text: string): readonly [string, string] {
  const [, name = '', value = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text) ?? []
  return [name, value]
}

function textOf({ name, text }: ToldSetting): string {
  return name === undefined ? text.trim() : `${name} ${text}`
}

function isPassword({ name = '', text }: ToldSetting): boolean {
  return passwordName.test(name) && !/allow|empty/i.test(name) && text.trim() !== ''
}

/** Every listener of Kafka speaks PLAINTEXT, which asks nobody; `SSL` and `SASL_` protocols do. */
function plainListeners(settings: readonly ToldSetting[]): Fact<boolean> | undefined {
  const named = (pattern: RegExp) => settings.find(({ name }) => name !== undefined && pattern.test(name))
  const map = named(/^(?:KAFKA_(?:CFG_)?LISTENER_SECURITY_PROTOCOL_MAP|listener\.security\.protocol\.map)$/i)
  const listeners = named(/^(?:KAFKA_(?:CFG_)?(?:ADVERTISED_)?LISTENERS|(?:advertised\.)?listeners)$/i)
  const source = map ?? listeners
  if (source === undefined) return undefined
  const protocols = source.text
    .split(',')
    .map((part) =>
      (map === undefined ? (part.split('://')[0] ?? '') : (part.split(':')[1] ?? '')).trim().toUpperCase(),
    )
  if (protocols.every((protocol) => protocol === 'PLAINTEXT'))
    return { value: false, evidence: source.place() }
  return protocols.every((protocol) => protocol.startsWith('SASL_'))
    ? { value: true, evidence: source.place() }
    : undefined
}

function inferred(value: boolean, { place }: ToldSetting): Fact<boolean> {
  return { value, evidence: { ...place(), how: 'inferred' } }
}

/** Words of a command line as settings: `--flag=value`, `--flag value`, and what stands alone. */
export function flagsIn(words: readonly string[], place: () => Evidence): readonly ToldSetting[] {
  return words.flatMap((word, index): readonly ToldSetting[] => {
    const [, flag, value] =
      /^-{1,2}([\w.-]+)=(.*)$/s.exec(word) ?? /^(?:-[ED])?([\w.]+[\w.-]*)=(.*)$/s.exec(word) ?? []
    if (flag !== undefined && value !== undefined) return [{ name: flag, text: value, place }]
    if (!/^-{1,2}[a-z]/i.test(word)) return []
    const next = words[index + 1] ?? ''
    return [{ name: word, text: next.startsWith('-') ? '' : next, place }]
  })
}
