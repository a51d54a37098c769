import type { Credentials } from '@plimsoll/identity'
import { WorkloadFailure } from '../errors.ts'
import { createLogger, factsOf, type Logger } from '../log.ts'
import { keepCertificate } from './certificate.ts'
import { createCertificateRequests, type IssuedServerCertificate } from './certificate-requests.ts'
import { openEngineChannel, type EngineChannel } from './channel.ts'
import type { Bootstrap, CertificateAnswer, EngineMessage, Snapshot } from './protocol.ts'

/** A process that an engine started, after it knows who it is and can prove it. */
export interface Workload {
  readonly bootstrap: Bootstrap
  /** Renewed at half of their life; a new object then. */
  readonly credentials: () => Credentials
  /** The newest that the engine sent. */
  readonly snapshot: () => Snapshot
  /** The newest that the engine sent: the bootstrap's, or what came after it. */
  readonly configuration: () => unknown
  /** Called with each configuration that comes from now on. */
  readonly onConfiguration: (listener: (configuration: unknown) => void) => void
  /** Has a server certificate issued for DNS names and addresses, for a face towards others than workloads. */
  readonly requestServerCertificate: (names: readonly string[]) => Promise<IssuedServerCertificate>
  /** Tells the engine that calls are served at `host:port`. */
  ready(address: string): Promise<void>
  /** Tells the engine why this process will not serve. */
  stopped(reason: string): Promise<void>
  /** Resolves when it is time to end: the engine says so, or has gone, or the process was asked to by SIGTERM. */
  readonly drained: Promise<void>
  readonly logger: Logger
  /** Lets go of the channel and all timers, so that the process can end. */
  close(): void
}

const bootstrapTimeoutMs = 10_000

/**
 * Connects this process with the engine that started it: waits for who it is, has its key certified, follows what the
 * engine tells. From here on an uncaught error ends the process with code 1, after a line in the log.
 * @throws {WorkloadFailure} `ENGINE` without an engine or a bootstrap in time, `CERTIFICATE` without a certificate.
 */
export async function connectWorkload(options: { readonly service: string }): Promise<Workload> {
  const channel = openEngineChannel()
  const inbox = createInbox(channel)
  const drained = endOf(channel, inbox)
  const bootstrap = await unlessEnded(within(inbox.bootstrap, bootstrapTimeoutMs), drained)
  const logger = createLogger({ service: options.service, instance: bootstrap.instance })
  endOnUncaught(logger)
  const requests = createCertificateRequests({ channel, onAnswer: inbox.onCertificate })
  const keeping = keepCertificate({ request: requests.forWorkload, logger })
  const certificate = await unlessEnded(keeping, drained)
  return {
    bootstrap,
    credentials: certificate.current,
    snapshot: () => inbox.snapshot() ?? bootstrap.snapshot,
    configuration: () => inbox.configuration() ?? bootstrap.configuration,
    onConfiguration: inbox.onConfiguration,
    requestServerCertificate: requests.forServer,
    ready: (address) => channel.send({ type: 'ready', address }),
    stopped: (reason) => channel.send({ type: 'stopped', reason }),
    drained,
    logger,
    close() {
      certificate.close()
      channel.close()
    },
  }
}

interface Inbox {
  readonly bootstrap: Promise<Bootstrap>
  snapshot(): Snapshot | undefined
  configuration(): unknown
  readonly onCertificate: (listener: (answer: CertificateAnswer) => void) => void
  readonly onConfiguration: (listener: (configuration: unknown) => void) => void
  onDrain(listener: () => void): void
}

/** Sorts what comes in. Older snapshots than the newest are dropped. */
function createInbox(channel: EngineChannel): Inbox {
  const bootstrap = Promise.withResolvers<Bootstrap>()
  const listeners = {
    certificate: new Set<(answer: CertificateAnswer) => void>(),
    configuration: new Set<(configuration: unknown) => void>(),
    drain: new Set<() => void>(),
  }
  let newest: Snapshot | undefined
  let configuration: unknown
  const receive = (message: EngineMessage): void => {
    switch (message.type) {
      case 'bootstrap':
        newest ??= message.snapshot
        return bootstrap.resolve(message)
      case 'certificate':
        return listeners.certificate.forEach((listener) => listener(message))
      case 'snapshot':
        if (newest === undefined || message.snapshot.revision > newest.revision) newest = message.snapshot
        if (message.configuration === undefined) return
        configuration = message.configuration
        return listeners.configuration.forEach((listener) => listener(configuration))
      case 'ping':
        return void channel.send({ type: 'pong' })
      case 'drain':
        return listeners.drain.forEach((listener) => listener())
    }
  }
  channel.onMessage(receive)
  return {
    bootstrap: bootstrap.promise,
    snapshot: () => newest,
    configuration: () => configuration,
    onCertificate: (listener) => void listeners.certificate.add(listener),
    onConfiguration: (listener) => void listeners.configuration.add(listener),
    onDrain: (listener) => void listeners.drain.add(listener),
  }
}

async function within(bootstrap: Promise<Bootstrap>, timeoutMs: number): Promise<Bootstrap> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new WorkloadFailure('ENGINE', 'the engine did not say in time who this process is')),
    timeoutMs,
  )
  try {
    return await Promise.race([bootstrap, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A process that shall end before it knows who it is has nothing to finish. */
async function unlessEnded<T>(work: Promise<T>, drained: Promise<void>): Promise<T> {
  const ended = drained.then(() => {
    throw new WorkloadFailure('ENGINE', 'the engine has gone, or ended this process, before it could serve')
  })
  return Promise.race([work, ended])
}

/** SIGINT goes to every process of a terminal; the engine has it too and drains this one in good order. */
function endOf(channel: EngineChannel, inbox: Inbox): Promise<void> {
  return new Promise((resolve) => {
    inbox.onDrain(resolve)
    channel.onClose(resolve)
    process.on('SIGTERM', () => resolve())
    process.on('SIGINT', () => undefined)
  })
}

function endOnUncaught(logger: Logger): void {
  const end = (thrown: unknown) => {
    logger.write('error', 'uncaught', factsOf(thrown))
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
