import { messageOf, PlimsollError } from '@plimsoll/base'
import { connectWorkload, createCaller, createLogger, factsOf, type Workload } from '@plimsoll/service'
import { parseGatewayConfiguration, type GatewayConfiguration } from './configuration.ts'
import { startGateway, type Gateway } from './gateway.ts'
import { keepOuterCertificate } from './outer-certificate.ts'

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
  const { bootstrap, credentials, snapshot, logger } = workload
  const configuration = followEngine(workload)
  const caller = createCaller({ credentials, snapshot, trustDomain: bootstrap.trustDomain })
  const certificate = await keepOuterCertificate({
    request: () => workload.requestServerCertificate(configuration().names ?? localNames),
    logger,
  })
  const gateway: Gateway = await startGateway({
    configuration,
    caller,
    outerTls: certificate.current(),
    listen: bootstrap.listen,
    logger,
  })
  certificate.onRenewal((renewed) => gateway.replaceCertificate(renewed))
  await workload.ready(gateway.address)
  logger.write('info', 'ready', { address: gateway.address })
  await workload.drained
  logger.write('info', 'draining')
  certificate.close()
  await gateway.close()
  await caller.close()
  workload.close()
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
