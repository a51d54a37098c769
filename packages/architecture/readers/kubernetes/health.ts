import type { Component, HealthCheck } from '../../model.ts'
import type { Field } from '../field.ts'
import { runsToEnd, type Workload } from './workload.ts'

const longestQuestion = 200
/** Where a command line holds a password: `--password=…`, `-p…`, `redis-cli -a …`. */
const passwords =
  /((?:^|\s)(?:--?[\w-]*(?:pass|password|passwd|pwd|token|secret|auth|key)[\w-]*[=\s]\s*|-p(?=\S)|-a\s+|[A-Z_]*(?:PASSWORD|TOKEN|SECRET|PGPASS)[A-Z_]*=))("[^"]*"|'[^']*'|\S+)/gi
const inUrl = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g

/** The probes of the first container, which does the work. A job has none: nobody waits for it. */
export function healthOf(workload: Workload): Pick<Component, 'liveness' | 'readiness'> {
  const [container] = workload.containers
  if (container === undefined || runsToEnd(workload)) return {}
  const probe = (key: string) => {
    const field = container.at(key)
    const check = checkOf(field, container)
    return check === undefined ? container.fact<false>(false, 'inferred') : field.fact(check)
  }
  return { liveness: probe('livenessProbe'), readiness: probe('readinessProbe') }
}

function checkOf(probe: Field, container: Field): HealthCheck | undefined {
  for (const [key, question] of Object.entries(questions)) {
    const check = probe.at(key)
    if (check.present) return { question: bounded(question(check, portOf(check, container))) }
  }
  return undefined
}

const questions: Readonly<Record<string, (check: Field, port: string) => string>> = {
  httpGet: (check, port) => {
    const scheme = check.at('scheme').text()?.toUpperCase() === 'HTTPS' ? 'https ' : ''
    return `GET ${scheme}:${port}${check.at('path').text() ?? '/'}`
  },
  grpc: (check, port) => `grpc :${port} ${check.at('service').text() ?? ''}`.trimEnd(),
  tcpSocket: (_check, port) => `tcp :${port}`,
  exec: (check) => withoutPasswords(check.at('command').texts().join(' ')),
}

/** The number of the port, where the probe names it. */
function portOf(check: Field, container: Field): string {
  const port = check.at('port').word() ?? ''
  const named = container
    .at('ports')
    .items()
    .find((candidate) => candidate.at('name').word() === port)
  return named?.at('containerPort').word() ?? port
}

function withoutPasswords(command: string): string {
  return command.replaceAll(passwords, '$1…').replaceAll(inUrl, '$1…@')
}

function bounded(text: string): string {
  return text.length > longestQuestion ? `${text.slice(0, longestQuestion)}…` : text
}
