import { performance } from 'node:perf_hooks'
import type { Metric } from './metrics.ts'

/** What every process tells of itself: OpenTelemetry's conventions for processes and Node.js. */
export function processMetrics(): readonly Metric[] {
  const { user, system } = process.cpuUsage()
  return [
    {
      name: 'process.cpu.time',
      description: 'Processor time of this process',
      unit: 's',
      type: 'counter',
      points: [
        { attributes: { 'cpu.mode': 'user' }, value: user / 1e6 },
        { attributes: { 'cpu.mode': 'system' }, value: system / 1e6 },
      ],
    },
    {
      ...one('process.memory.usage', 'Resident memory', 'By', process.memoryUsage.rss()),
      type: 'updowncounter',
    },
    one('process.uptime', 'Time since the process began', 's', process.uptime()),
    one(
      'nodejs.eventloop.utilization',
      'Share of the time in which the event loop was busy',
      '1',
      performance.eventLoopUtilization().utilization,
    ),
  ]
}

function one(name: string, description: string, unit: string, value: number): Metric {
  return { name, description, unit, type: 'gauge', points: [{ attributes: {}, value }] }
}
