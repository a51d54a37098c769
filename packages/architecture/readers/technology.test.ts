import assert from 'node:assert/strict'
import { test } from 'node:test'
import { technologyOf, type TechnologyHints } from './technology.ts'

function check(cases: readonly (readonly [TechnologyHints, string])[]) {
  for (const [hints, expected] of cases) {
    const found = technologyOf(hints)
    const shown = found === undefined ? 'nothing' : `${found.kind} ${found.technology}`
    assert.equal(shown, expected, JSON.stringify(hints))
  }
}

test('an image tells its product, whatever registry, tag and digest stand around it', () => {
  check([
    [{ image: 'postgres:18.4' }, 'store postgresql'],
    [{ image: 'docker.io/library/mysql:8' }, 'store mysql'],
    [{ image: 'localhost:5000/mariadb@sha256:0123' }, 'store mariadb'],
    [{ image: 'bitnami/mongodb' }, 'store mongodb'],
    [{ image: 'mcr.microsoft.com/mssql/server:2022-latest' }, 'store mssql'],
    [{ image: 'redis:alpine' }, 'cache redis'],
    [{ image: 'ghcr.io/valkey-io/valkey:9.0.4-alpine3.23' }, 'cache valkey'],
    [{ image: 'confluentinc/cp-kafka:7.7' }, 'broker kafka'],
    [{ image: 'confluentinc/cp-zookeeper' }, 'registry zookeeper'],
    [{ image: 'rabbitmq:3-management' }, 'broker rabbitmq'],
    [{ image: 'quay.io/keycloak/keycloak:26' }, 'identity-provider keycloak'],
    [{ image: 'hashicorp/vault' }, 'secret-store vault'],
    [{ image: 'jaegertracing/all-in-one:1.60' }, 'monitoring jaeger'],
    [{ image: 'otel/opentelemetry-collector-contrib' }, 'monitoring opentelemetry-collector'],
    [{ image: 'minio/minio' }, 'store minio'],
    [{ image: 'locustio/locust' }, 'client locust'],
    [{ image: 'docker.elastic.co/kibana/kibana:9.0.0' }, 'monitoring kibana'],
  ])
})

test("a name tells the product where the image is the team's own", () => {
  check([
    [{ image: 'acme/shop:1-opensearch', name: 'opensearch' }, 'store opensearch'],
    [{ name: 'redis-cart' }, 'cache redis'],
    [{ name: 'orders-mongo2' }, 'store mongodb'],
    [{ name: 'kafka1' }, 'broker kafka'],
    [{ name: 'eureka-server' }, 'registry eureka'],
    [{ name: 'zuul-server' }, 'gateway zuul'],
    [{ name: 'loadgenerator' }, 'client load-generator'],
  ])
})

test('a name tells the kind where nothing tells the product', () => {
  check([
    [{ name: 'orders-db' }, 'store database'],
    [{ name: 'orders-db', ports: ['3306/tcp'] }, 'store mysql'],
    [{ name: 'api-gateway' }, 'gateway gateway'],
    [{ name: 'apigateway' }, 'gateway gateway'],
    [{ name: 'edge-router' }, 'gateway gateway'],
    [{ image: 'acme/shop-config-server', name: 'settings' }, 'configuration configuration server'],
    [{ name: 'discovery-server' }, 'registry service registry'],
    [{ name: 'auth-server' }, 'identity-provider authorization server'],
  ])
})

test('a port tells only where image and name say nothing', () => {
  check([
    [{ name: 'ledger', ports: ['5432'] }, 'store postgresql'],
    [{ name: 'redis', ports: ['5432'] }, 'cache redis'],
    [{ name: 'ledger', ports: ['8080'] }, 'nothing'],
  ])
})

test('what works with a product is not the product', () => {
  check([
    [{ name: 'kafka-consumer' }, 'nothing'],
    [{ image: 'mongo:8', name: 'mongo-seed' }, 'nothing'],
    [{ image: 'acme/node-redis-api', name: 'cart' }, 'nothing'],
    [{ name: 'payment-gateway' }, 'nothing'],
    [{ name: 'keyboard' }, 'nothing'],
    [{ image: 'kbudde/rabbitmq-exporter' }, 'monitoring exporter'],
    [{ image: 'mongo-express' }, 'service mongo-express'],
    [{ image: 'provectuslabs/kafka-ui' }, 'service kafka-ui'],
  ])
})
