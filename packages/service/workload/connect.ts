import type { Credentials, TrustState } from '@plimsoll/identity'
import { WorkloadFailure } from '../errors.ts'
import { createLogger, factsOf, type Logger } from '../log.ts'
import { keepCertificate, type CertificateKeeper } from './certificate.ts'
import {
  createCertificateRequests,
  type CertificateRequests,
  type IssuedServerCertificate,
} from './certificate-requests.ts'
import { openEngineChannel, type EngineChannel } from './channel.ts'
import { captureOutput, keepOutput, realOutput } from './output.ts'
import type { Adopted, Bootstrap, CertificateAnswer, EngineMessage, Snapshot } from './protocol.ts'
import { activeRedactor, activeScope } from '../telemetry/call-scope.ts'
import { takeOtherSpans } from '../telemetry/open-telemetry.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { answerForTelemetry } from './telemetry-answers.ts'
import { TrustKeeper } from './trust.ts'

/** A process that an engine started, after it knows who it is and can prove it. */
export interface Workload {
  readonly bootstrap: Bootstrap
  /** Renewed well before their end; a new object then. */
  readonly credentials: () => Credentials
  /** Whom to believe: the newest that the engine sent. */
  readonly trust: () => TrustState | undefined
  /** Called after each change of it. */
  readonly onTrust: (listener: (trust: TrustState) => void) => void
  /** Makes the public part of a key known that signs tokens about subjects; resolves when all that serve know it. For a gateway. */
  readonly offerSubjectKey: (publicKey: string) => Promise<void>
  /** The newest that the engine sent. */
  readonly snapshot: () => Snapshot
  /** The newest that the engine sent: the bootstrap's, or what came after it. */
  readonly configuration: () => unknown
  /** Called with each configuration that comes from now on. */
  readonly onConfiguration: (listener: (configuration: unknown) => void) => void
  /** Has a server certificate issued for DNS names and addresses, for a face towards others than workloads. */
  readonly requestServerCertificate: (names: readonly string[]) => Promise<IssuedServerCertificate>
  /** True where a server certificate has to be replaced now. */
  readonly condemns: (certificate: IssuedServerCertificate) => boolean
  /** Share of their life after which certificates are renewed: what outlives its engine needs more left. */
  readonly renewAt: number
  /** Tells the engine that calls are served at `host:port`. */
  ready(address: string): Promise<void>
  /** Tells the engine why this process will not serve. */
  stopped(reason: string): Promise<void>
  /** Resolves when it is time to end: the engine says so, or has gone, or the process was asked to by SIGTERM. */
  readonly drained: Promise<void>
  readonly logger: Logger
  readonly telemetry: Telemetry
  /** Lets go of the channel and all timers, so that the process can end. */
  close(): void
}

const bootstrapTimeoutMs = 10_000
/** How often a process without an engine looks whether it still can be called. */
const abandonedLookMs = 10_000

/**
 * Connects this process with the engine that started it: waits for who it is, has its key certified, follows what the
 * engine tells. From here on an uncaught error ends the process with code 1, after a line in the log.
 * @throws {WorkloadFailure} `ENGINE` without an engine or a bootstrap in time, `CERTIFICATE` without a certificate.
 */
export async function connectWorkload(options: { readonly service: string }): Promise<Workload> {
  const channel = openEngineChannel()
  const inbox = createInbox(channel)
  const drained = endOf(channel, inbox)
  const bootstrap = await unlessEnded(
    within(inbox.bootstrap, bootstrapTimeoutMs, 'the engine did not say in time who this process is'),
    drained,
  )
  const logger = createLogger({ service: options.service, instance: bootstrap.instance, sink: realOutput })
  captureOutput(logger)
  keepOutput(channel)
  endOnUncaught(logger)
  const telemetry = answerForTelemetry(options.service, bootstrap, channel)
  takeOtherSpans(telemetry)
  const trust = new TrustKeeper(bootstrap.trust)
  const requests = createCertificateRequests({
    channel,
    onAnswer: inbox.onCertificate,
    challenge: bootstrap.challenge,
  })
  const held = new Held(channel, trust)
  const keeping = keepCertificate({
    request: requests.forWorkload,
    logger,
    renewAt: renewAt(bootstrap),
    onRenewal: () => held.use('workload', certificate.current().authority),
  })
  const certificate = await unlessEnded(keeping, drained)
  held.use('workload', certificate.current().authority)
  followTrust({ inbox, trust, certificate, held })
  const abandoned = outliveEngine({ channel, inbox, requests, certificate, held, logger })
  return {
    bootstrap,
    credentials: () => trust.credentials(certificate),
    trust: () => trust.current,
    onTrust: inbox.onTrust,
    offerSubjectKey: (publicKey) => offerSubjectKey(channel, inbox, publicKey),
    snapshot: () => inbox.snapshot() ?? bootstrap.snapshot,
    configuration: () => inbox.configuration() ?? bootstrap.configuration,
    onConfiguration: inbox.onConfiguration,
    async requestServerCertificate(names) {
      const issued = await requests.forServer(names)
      held.use('server', issued.authority)
      return issued
    },
    condemns: ({ authority, serial }) => trust.condemns(authority, serial),
    renewAt: renewAt(bootstrap),
    ready: (address) => ready(channel, bootstrap, address),
    stopped: (reason) => channel.send({ type: 'stopped', reason }),
    drained: Promise.race([drained, abandoned.promise]),
    logger,
    telemetry,
    close() {
      abandoned.close()
      certificate.close()
      channel.close()
    },
  }
}

function ready(channel: EngineChannel, { resume }: Bootstrap, address: string): Promise<void> {
  if (resume !== undefined) channel.outlive(resume)
  return channel.send({ type: 'ready', address })
}

/** At a quarter, three quarters are left for an engine that is away. */
function renewAt({ resume }: Bootstrap): number {
  return resume === undefined ? 1 / 2 : 1 / 4
}

/**
 * Goes on without an engine, with what it told last, and follows the next one. Nobody can call a process whose certificate has ended: where
 * no engine has come until then, it is abandoned, so that nothing is left behind for ever.
 */
function outliveEngine(parts: {
  readonly channel: EngineChannel
  readonly inbox: Inbox
  readonly requests: Pick<CertificateRequests, 'restart'>
  readonly certificate: CertificateKeeper
  readonly held: Held
  readonly logger: Logger
}): { readonly promise: Promise<void>; close(): void } {
  const { channel, inbox, requests, certificate, held, logger } = parts
  const { promise, resolve } = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined
  channel.onAlone(() => {
    logger.write('warn', 'engine-gone')
    clearInterval(timer)
    timer = setInterval(() => {
      if (certificate.current().notAfter > Date.now()) return
      logger.write('error', 'abandoned')
      resolve()
    }, abandonedLookMs)
  })
  inbox.onAdopted(({ challenge }) => {
    clearInterval(timer)
    requests.restart(challenge)
    certificate.renewIfDue()
    held.tellAgain()
    logger.write('info', 'adopted')
  })
  return { promise, close: () => clearInterval(timer) }
}

/** Tells the engine after each change what this process believes, and whose certificates it uses. */
class Held {
  readonly #channel: EngineChannel
  readonly #trust: TrustKeeper
  readonly #used = new Map<'workload' | 'server', string>()
  #told = ''

  constructor(channel: EngineChannel, trust: TrustKeeper) {
    this.#channel = channel
    this.#trust = trust
  }

  use(what: 'workload' | 'server', authority: string | undefined): void {
    if (authority !== undefined) this.#used.set(what, authority)
    this.tell()
  }

  /** To another engine, which knows nothing of it. */
  tellAgain(): void {
    this.#told = ''
    this.tell()
  }

  /** After everything that hangs on the change has followed it. */
  tell(): void {
    setImmediate(() => {
      const epoch = this.#trust.current?.epoch
      const authorities = [...new Set(this.#used.values())]
      const text = `${epoch ?? ''} ${authorities.join(' ')}`
      if (epoch === undefined || text === this.#told) return
      this.#told = text
      void this.#channel.send({ type: 'trusts', epoch, authorities })
    })
  }
}

function followTrust(parts: {
  readonly inbox: Inbox
  readonly trust: TrustKeeper
  readonly certificate: CertificateKeeper
  readonly held: Held
}): void {
  const { inbox, trust, certificate, held } = parts
  const follow = () => {
    const credentials = certificate.current()
    if (trust.condemns(credentials.authority, credentials.serial)) certificate.renew(credentials)
    held.tell()
  }
  inbox.onTrustMessage((told) => {
    if (trust.take(told)) follow()
  })
  follow()
}

/** @throws {WorkloadFailure} `ENGINE` where the engine does not take it in time */
async function offerSubjectKey(channel: EngineChannel, inbox: Inbox, publicKey: string): Promise<void> {
  const taken = new Promise<void>((resolve) => {
    inbox.onSubjectKeyTaken((key) => {
      if (key === publicKey) resolve()
    })
  })
  await channel.send({ type: 'subject-key', publicKey })
  await within(taken, bootstrapTimeoutMs, 'the engine did not make the key for tokens known in time')
}

interface Inbox {
  readonly bootstrap: Promise<Bootstrap>
  snapshot(): Snapshot | undefined
  configuration(): unknown
  readonly onCertificate: (listener: (answer: CertificateAnswer) => void) => void
  readonly onConfiguration: (listener: (configuration: unknown) => void) => void
  /** Every trust that comes, also one that is not newer. */
  readonly onTrustMessage: (listener: (trust: TrustState) => void) => void
  /** After those of `onTrustMessage`. */
  readonly onTrust: (listener: (trust: TrustState) => void) => void
  readonly onSubjectKeyTaken: (listener: (publicKey: string) => void) => void
  /** After those of `onTrustMessage`. */
  readonly onAdopted: (listener: (adopted: Adopted) => void) => void
  onDrain(listener: () => void): void
}

/** Sorts what comes in. Older snapshots than the newest are dropped. */
function createInbox(channel: EngineChannel): Inbox {
  const bootstrap = Promise.withResolvers<Bootstrap>()
  const listeners = {
    certificate: new Set<(answer: CertificateAnswer) => void>(),
    configuration: new Set<(configuration: unknown) => void>(),
    trust: [new Set<(trust: TrustState) => void>(), new Set<(trust: TrustState) => void>()] as const,
    subjectKey: new Set<(publicKey: string) => void>(),
    drain: new Set<() => void>(),
    adopted: new Set<(adopted: Adopted) => void>(),
  }
  const trusted = (trust: TrustState) =>
    listeners.trust.forEach((those) => those.forEach((listener) => listener(trust)))
  let newest: Snapshot | undefined
  let fresh = false
  let configuration: unknown
  // oxlint-disable-next-line complexity -- one line for each kind of message, and nothing else
  const receive = (message: EngineMessage): void => {
    switch (message.type) {
      case 'bootstrap':
        newest ??= message.snapshot
        return bootstrap.resolve(message)
      case 'certificate':
        return listeners.certificate.forEach((listener) => listener(message))
      case 'trust':
        return trusted(message.trust)
      case 'adopted':
        // Whatever the next engine tells first is newer than what the one before has told, whatever its clock says.
        fresh = true
        trusted(message.trust)
        return listeners.adopted.forEach((listener) => listener(message))
      case 'subject-key-taken':
        return listeners.subjectKey.forEach((listener) => listener(message.publicKey))
      case 'snapshot':
        if (fresh || newest === undefined || message.snapshot.revision > newest.revision)
          newest = message.snapshot
        fresh = false
        if (message.configuration === undefined) return
        configuration = message.configuration
        return listeners.configuration.forEach((listener) => listener(configuration))
      case 'telemetry-request':
        return undefined // answered where the telemetry is
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
    onTrustMessage: (listener) => void listeners.trust[0].add(listener),
    onTrust: (listener) => void listeners.trust[1].add(listener),
    onSubjectKeyTaken: (listener) => void listeners.subjectKey.add(listener),
    onAdopted: (listener) => void listeners.adopted.add(listener),
    onDrain: (listener) => void listeners.drain.add(listener),
  }
}

async function within<T>(work: Promise<T>, timeoutMs: number, message: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new WorkloadFailure('ENGINE', message)), timeoutMs)
  try {
    return await Promise.race([work, late.promise])
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
    // What was thrown belongs to the call for which the code ran, if it ran for one.
    logger.write('error', 'uncaught', activeRedactor().facts(factsOf(thrown)), activeScope()?.trace.traceId)
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
