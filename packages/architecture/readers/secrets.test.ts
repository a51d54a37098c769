import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainSecretIn } from './secrets.ts'

function check(expected: boolean, cases: readonly (readonly [variable: string, value: string])[]) {
  for (const [variable, value] of cases)
    assert.equal(plainSecretIn(variable, value), expected, `${variable}=${value}`)
}

test('a secret by its name is found, weak ones and numbers as passwords too', () => {
  check(true, [
    ['MYSQL_ROOT_PASSWORD', 'changeme'],
    ['POSTGRES_PASSWORD', '12345'],
    ['spring.datasource.password', 'petclinic'],
    ['RABBITMQ_DEFAULT_PASS', 'guest'],
    ['SECRET_KEY_BASE', 'yYrECL4qbNwleYIn'],
    ['STRIPE_API_KEY', 'abcdef'],
    ['apiKey', 'abcdef'],
    ['GITHUB_TOKEN', 'abcdef'],
    ['clientSecret', 'abcdef'],
    ['MINIO_ROOT_PASSWORD', 'minio123'],
    ['DB_PASSWORD', '${DB_PASSWORD:-changeme}'],
    ['DB_PASSWORD', '${DB_PASSWORD:-${OTHER:-changeme}}'],
    ['AWS_SECRET_ACCESS_KEY', 'abc/def'],
  ])
})

test('credentials inside a value are found whatever the variable is called', () => {
  check(true, [
    ['DATABASE_URL', 'postgres://shop:hunter2@db/shop'],
    ['BROKER', 'amqp://guest:guest@mq:5672'],
    ['DSN', 'shop:hunter2@tcp(db:3306)/shop'],
    ['ConnectionStrings__Orders', 'Server=db;User Id=sa;Password=Pass@word'],
    ['JAVA_OPTS', '-Xmx1g -Dspring.datasource.password=hunter2'],
    ['SETTINGS', `AKIA${'A'.repeat(16)}`],
    ['PEM', '-----BEGIN EC PRIVATE KEY-----\nMHcC'],
  ])
})

test('a reference, a file and an empty value are no secret', () => {
  check(false, [
    ['DB_PASSWORD', ''],
    ['DB_PASSWORD', '${DB_PASSWORD}'],
    ['DB_PASSWORD', '${DB_PASSWORD:?set it}'],
    ['DB_PASSWORD', '$DB_PASSWORD'],
    ['DB_PASSWORD', '$(DB_PASSWORD)'],
    ['DB_PASSWORD', '${DB_PASSWORD:-}'],
    ['DB_PASSWORD', '/run/secrets/db'],
    ['DB_PASSWORD_FILE', '/run/secrets/db'],
    ['DB_PASSWORD', 'vault:secret/data/db#password'],
    ['DB_PASSWORD', '<your password>'],
    ['DATABASE_URL', 'postgres://shop:${DB_PASSWORD}@db/shop'],
    ['DATABASE_URL', 'postgres://shop@db/shop'],
    ['ConnectionStrings__Orders', 'Server=db;Password=${DB_PASSWORD}'],
  ])
})

test('a setting about a secret is no secret', () => {
  check(false, [
    ['MYSQL_ALLOW_EMPTY_PASSWORD', 'true'],
    ['MYSQL_RANDOM_ROOT_PASSWORD', 'yes'],
    ['TOKEN_URL', 'https://login.shop.io/token'],
    ['TOKEN_TTL', '3600'],
    ['MAX_TOKENS', '1024'],
    ['PASSWORD_MIN_LENGTH', '12'],
    ['JWT_PUBLIC_KEY', 'MIIBIjANBg'],
    ['PARTITION_KEY', 'customer'],
    ['KEYCLOAK_URL', 'http://keycloak:8080'],
    ['API_KEY_NAME', 'x-api-key'],
    ['COMPASS', 'north'],
  ])
})
