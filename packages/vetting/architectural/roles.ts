import type { Component } from '@plimsoll/architecture'

/** Products that take the logs of others. */
const collectors: ReadonlySet<string> = new Set([
  'logstash',
  'fluentd',
  'fluent-bit',
  'loki',
  'graylog',
  'promtail',
  'filebeat',
  'vector',
  'seq',
  'splunk',
  'syslog',
  'opensearch-data-prepper',
])
/** Products that show people what a system measures. */
const dashboards: ReadonlySet<string> = new Set([
  'grafana',
  'kibana',
  'opensearch-dashboards',
  'hystrix-dashboard',
  'chronograf',
  'weave-scope',
  'kiali',
  'skywalking-ui',
  'netdata',
  'graylog',
  'splunk',
  'seq',
])
/** Products of monitoring that are neither: they measure, store or alarm. */
const neither: ReadonlySet<string> = new Set([
  'prometheus',
  'pushgateway',
  'exporter',
  'node-exporter',
  'metricbeat',
  'heartbeat',
  'cadvisor',
  'alertmanager',
  'mimir',
  'thanos',
  'victoria-metrics',
  'graphite',
  'influxdb',
  'pyroscope',
  'zipkin',
  'jaeger',
  'tempo',
])
/** Products that show nothing, and that take logs or do not, as they are configured. */
const pipelines: ReadonlySet<string> = new Set(['opentelemetry-collector', 'grafana-agent', 'telegraf'])

export function isLogCollector(component: Component): boolean | undefined {
  return component.traits?.['log-collector']?.value ?? byProduct(component, collectors, [dashboards, neither])
}

export function isDashboard(component: Component): boolean | undefined {
  return (
    component.traits?.['dashboard']?.value ??
    byProduct(component, dashboards, [collectors, neither, pipelines])
  )
}

/** What monitoring of an unknown product does is not known; what is no monitoring does neither. */
function byProduct(
  { kind, technology }: Component,
  those: ReadonlySet<string>,
  others: readonly ReadonlySet<string>[],
): boolean | undefined {
  if (kind.value !== 'monitoring') return false
  const product = technology?.value.toLowerCase().replaceAll(/[^a-z\d]+/g, '-')
  if (product === undefined) return undefined
  if (those.has(product)) return true
  return others.some((products) => products.has(product)) ? false : undefined
}
