import { messageOf, PlimsollError } from '@plimsoll/base'
import { createSigningKey } from '@plimsoll/identity'
import {
  connectWorkload,
  createCaller,
  createLogger,
  factsOf,
  type Bootstrap,
  type Workload,
} from '@plimsoll/service'
import { parseGatewayConfiguration, type GatewayConfiguration } from './configuration.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { keepOuterCertificate } from './outer-certificate.ts'
import { SubjectTokens } from './subject-tokens.ts'

/** Well before the key is forgotten where it is not told again. */
const subjectKeyMs = 30 * 60_000
/** What the outer certificate is for where the configuration does not say. */
const localNames = ['localhost', '127.0.0.1', '::1']

/** The whole life of a gateway, as the process that an engine started. Ends the process; never rejects. */
export async function run(): Promise<void> {
  let workload: Workload | undefined
  try {
    workload = await connectWorkload({ service: 'gateway' })
    await live(workload)
    process.exit(0)
  } catch (thrown) {
    const logger = workload?.logger ?? createLogger({ service: 'gateway', instance: 'unknown' })
    logger.write('error', 'stopped', factsOf(thrown))
    await workload?.stopped(reasonOf(thrown))
    process.exit(1)
  }
}

async function live(workload: Workload): Promise<void> {
  const { bootstrap, credentials, snapshot, logger, telemetry } = workload
  const configuration = followEngine(workload)
  const caller = createCaller({ credentials, snapshot, trustDomain: bootstrap.trustDomain, telemetry })
  const subjects = await openSubjects(workload)
  const certificate = await keepOuterCertificate({
    request: () => workload.requestServerCertificate(configuration().names ?? localNames),
    logger,
    renewAt: workload.renewAt,
  })
  const gateway: Gateway = await startGateway({
    configuration,
    caller,
    subjects: subjects.tokens,
    outerTls: certificate.current(),
    listen: portOf(bootstrap),
    logger,
    telemetry,
  })
  certificate.onRenewal((renewed) => gateway.replaceCertificate(renewed))
  workload.onTrust(() => {
    if (workload.condemns(certificate.current())) certificate.renew()
  })
  await workload.ready(gateway.address)
  logger.write('info', 'ready', { address: gateway.address })
  await workload.drained
  logger.write('info', 'draining')
  subjects.close()
  certificate.close()
  await gateway.close()
  await caller.close()
  workload.close()
}

/** The key with which this gateway speaks for its consumers: made here, never written, known to all that serve before it is used. */
async function openSubjects(workload: Workload): Promise<{ tokens: SubjectTokens; close(): void }> {
  const key = createSigningKey()
  const offer = () => workload.offerSubjectKey(key.publicKey)
  await offer()
  const timer = setInterval(() => {
    offer().catch((thrown: unknown) =>
      workload.logger.write('error', 'subject-key-not-renewed', { reason: messageOf(thrown) }),
    )
  }, subjectKeyMs)
  const tokens = new SubjectTokens({ key, issuer: workload.credentials().identity.id })
  return { tokens, close: () => clearInterval(timer) }
}

/** Consumers come over the network: a gateway at a Unix socket would be one that nobody reaches. */
function portOf({ listen }: Bootstrap): { readonly host: string; readonly port: number } {
  if ('path' in listen) throw new Error('a gateway listens at a port, not at a Unix socket')
  return listen
}

/** The newest configuration of the engine that is one; what is none is told in the log and changes nothing. */
function followEngine(workload: Workload): () => GatewayConfiguration {
  let newest = parseGatewayConfiguration(workload.configuration())
  workload.onConfiguration((value) => {
    try {
      newest = parseGatewayConfiguration(value)
    } catch (thrown) {
      workload.logger.write('error', 'configuration refused', { reason: messageOf(thrown) })
    }
  })
  return () => newest
}

function reasonOf(thrown: unknown): string {
  const fix = thrown instanceof PlimsollError && thrown.fix !== undefined ? `; ${thrown.fix}` : ''
  return `${messageOf(thrown)}${fix}`
}
