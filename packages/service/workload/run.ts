import { digestOfJson, messageOf, PlimsollError } from '@plimsoll/base'
import { describeContract, describeUses } from '@plimsoll/contract'
import { WorkloadFailure } from '../errors.ts'
import { createLogger, factsOf } from '../log.ts'
import { serve, type Server } from '../server.ts'
import type { AnyService } from '../service.ts'
import { registerOpenTelemetry } from '../telemetry/open-telemetry.ts'
import { withoutCall } from '../telemetry/redaction.ts'
import { connectWorkload, type Workload } from './connect.ts'

// The service's own modules are loaded after this one, and may ask for a tracer at once.
registerOpenTelemetry()

const drainMs = 10_000
const stopMs = 5_000

/** The whole life of a replica, as the process that an engine started. Ends the process; never rejects. */
export async function run(service: AnyService): Promise<void> {
  let workload: Workload | undefined
  try {
    workload = await connectWorkload({ service: service.contract.name })
    const server = await open(service, workload)
    await workload.ready(server.address)
    workload.logger.write('info', 'ready', { address: server.address })
    await workload.drained
    await end(service, workload, server)
    process.exit(0)
  } catch (thrown) {
    const logger = workload?.logger ?? createLogger({ service: service.contract.name, instance: 'unknown' })
    logger.write('error', 'stopped', withoutCall.facts(factsOf(thrown)))
    await workload?.stopped(reasonOf(thrown))
    process.exit(1)
  }
}

async function open(service: AnyService, workload: Workload): Promise<Server> {
  const { bootstrap } = workload
  checkIdentity(service, workload)
  checkManifest(service, workload)
  await service.start?.({ dataFolder: bootstrap.dataFolder })
  return serve(service, {
    credentials: workload.credentials,
    listen: bootstrap.listen,
    snapshot: workload.snapshot,
    trust: workload.trust,
    manifest: bootstrap.manifest,
    dataFolder: bootstrap.dataFolder,
    externals: bootstrap.externals,
    logger: workload.logger,
    telemetry: workload.telemetry,
    drainMs,
  })
}

function checkIdentity({ contract }: AnyService, workload: Workload): void {
  const { id, kind, name } = workload.credentials().identity
  if (kind === 'service' && name === contract.name) return
  throw new WorkloadFailure(
    'CERTIFICATE',
    `this process serves ${contract.name}, yet its certificate says ${id}`,
  )
}

/** What was vetted is what runs: code that declares anything else is not served. */
function checkManifest(service: AnyService, { bootstrap: { manifest } }: Workload): void {
  if (manifest === undefined)
    throw new WorkloadFailure('MANIFEST', `${service.contract.name} came without a vetted manifest`)
  const differing = [
    digestOfJson(describeContract(service.contract)) === digestOfJson(manifest.contract) ? [] : ['contract'],
    digestOfJson(describeUses(service.uses)) === digestOfJson(manifest.uses) ? [] : ['uses'],
  ].flat()
  if (differing.length === 0) return
  throw new WorkloadFailure(
    'MANIFEST',
    `the ${differing.join(' and the ')} of ${service.contract.name} differ from what was vetted`,
    { fix: 'build the release again and let it be vetted' },
  )
}

async function end(service: AnyService, workload: Workload, server: Server): Promise<void> {
  workload.logger.write('info', 'draining')
  const late = setTimeout(() => {
    workload.logger.write('error', 'stop-late', { limitMs: drainMs + stopMs })
    process.exit(1)
  }, drainMs + stopMs)
  await server.close()
  await service.stop?.()
  clearTimeout(late)
  workload.logger.write('info', 'stopped')
  workload.close()
}

function reasonOf(thrown: unknown): string {
  const fix = thrown instanceof PlimsollError && thrown.fix !== undefined ? `; ${thrown.fix}` : ''
  return `${messageOf(thrown)}${fix}`
}
