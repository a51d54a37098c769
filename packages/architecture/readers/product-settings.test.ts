import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flagsIn, meaningOf, type Meaning, type ToldSetting } from './product-settings.ts'

const place = () => ({ file: 'compose.yaml' })

function meant(settings: Readonly<Record<string, string>>, technology?: string): Meaning {
  const told = Object.entries(settings).map(([name, text]): ToldSetting => ({ name, text, place }))
  return meaningOf(told, technology)
}

function asks(settings: Readonly<Record<string, string>>, technology?: string): boolean | undefined {
  return meant(settings, technology).traits.authenticates?.value
}

test('settings that let everybody in say that nobody is asked', () => {
  assert.equal(asks({ POSTGRES_HOST_AUTH_METHOD: 'trust' }), false)
  assert.equal(asks({ MYSQL_ALLOW_EMPTY_PASSWORD: 'yes' }), false)
  assert.equal(asks({ ALLOW_EMPTY_PASSWORD: 'yes' }), false)
  assert.equal(asks({ ALLOW_ANONYMOUS_LOGIN: 'yes' }), false)
  assert.equal(asks({ 'xpack.security.enabled': 'false' }), false)
  assert.equal(asks({ DISABLE_SECURITY_PLUGIN: 'true' }), false)
  assert.equal(asks({ GF_AUTH_ANONYMOUS_ENABLED: 'true' }), false)
  assert.equal(asks({ NEO4J_AUTH: 'none' }), false)
  assert.equal(asks({ ME_CONFIG_BASICAUTH: 'false' }), false)
  assert.equal(asks({ KAFKA_LISTENERS: 'PLAINTEXT://:9092' }, 'kafka'), false)
  assert.equal(
    asks({ KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT' }, 'kafka'),
    false,
  )
})

test('settings that ask say so, and what is not said is not known', () => {
  assert.equal(asks({ POSTGRES_HOST_AUTH_METHOD: 'scram-sha-256' }), true)
  assert.equal(asks({ 'xpack.security.enabled': 'true' }), true)
  assert.equal(asks({ MONGO_INITDB_ROOT_USERNAME: 'shop' }), true)
  assert.equal(asks({ KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:SASL_SSL' }, 'kafka'), true)
  assert.equal(
    asks({ KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:SASL_SSL,OUT:PLAINTEXT' }, 'kafka'),
    undefined,
  )
  assert.equal(asks({ KAFKA_LISTENERS: 'PLAINTEXT://:9092' }, 'nginx'), undefined)
  assert.equal(asks({ POSTGRES_DB: 'shop' }, 'postgresql'), undefined)
  assert.equal(asks({ GF_AUTH_ANONYMOUS_ENABLED: 'false' }), undefined)
  assert.equal(asks({}, 'redis'), undefined)
})

test('what only allows to go without a password says nothing where there is one', () => {
  assert.equal(asks({ ALLOW_EMPTY_PASSWORD: 'yes', REDIS_PASSWORD: 'hunter2' }), undefined)
  assert.equal(
    meaningOf([{ name: 'ALLOW_EMPTY_PASSWORD', text: 'yes', place }], 'redis', true).traits.authenticates,
    undefined,
  )
  assert.equal(meant({ ALLOW_EMPTY_PASSWORD: 'yes' }).traits.authenticates?.evidence.how, 'inferred')
})

test('flags of a command line are settings', () => {
  const meaning = (command: string, technology: string) =>
    meaningOf(flagsIn(command.split(' '), place), technology).traits.authenticates?.value
  assert.equal(meaning('redis-server --protected-mode no', 'redis'), false)
  assert.equal(meaning('redis-server --protected-mode no --requirepass x', 'redis'), true)
  assert.equal(meaning('redis-server --appendonly yes', 'redis'), undefined)
  assert.equal(meaning('mongod --noauth', 'mongodb'), false)
  assert.equal(meaning('mongod --auth --bind_ip_all', 'mongodb'), true)
  assert.equal(meaning('start-single-node --insecure', 'cockroachdb'), false)
  assert.equal(meaning('elasticsearch -E xpack.security.enabled=false', 'elasticsearch'), false)
})

test('a password of redis counts before its protected mode', () => {
  assert.equal(asks({ requirepass: 'x', 'protected-mode': 'no' }, 'redis'), true)
})

test('audiences and tokens are told in so many words', () => {
  const spring = meant({ SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES: 'orders' })
  assert.equal(spring.traits['checks-audience']?.value, true)
  const property = meant({ 'spring.security.oauth2.resourceserver.jwt.audiences[0]': 'orders' })
  assert.equal(property.traits['checks-audience']?.value, true)
  assert.equal(meant({ Jwt__ValidateAudience: 'false' }).traits['checks-audience']?.value, false)
  assert.equal(meant({ AUTH0_AUDIENCE: 'orders' }).traits['checks-audience'], undefined)
  assert.equal(meant({ '--pass-access-token': '' }, 'oauth2-proxy').passesTokens?.value, true)
  assert.equal(meant({ '--pass-access-token': 'false' }, 'oauth2-proxy').passesTokens, undefined)
  const header = [{ text: 'proxy_set_header Authorization $http_authorization;', place }]
  assert.equal(meaningOf(header, 'nginx').passesTokens?.value, true)
})
