import { messageOf, systemClock, type Clock } from '@plimsoll/base'
import type { ServerCertificate } from '@plimsoll/identity'
import { Telemetry, type LogFacts, type Logger } from '@plimsoll/service'
import { Admission } from './admission.ts'
import { answerOfThrown, type Answer } from './answer.ts'
import { followConfiguration } from './compiled.ts'
import type { GatewayConfiguration } from './configuration.ts'
import { GatewayRefusal } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { openFace } from './face.ts'
import type { ForwardingCaller } from './forward.ts'
import { answerRequest, type PipelineParts } from './pipeline.ts'
import type { SubjectTokens } from './subject-tokens.ts'

export interface GatewayOptions {
  /** Asked at each request; another object than before is another configuration, and holds from then on. */
  readonly configuration: () => GatewayConfiguration
  /** Reaches the services; made by `createCaller`, and closed by whoever made it. */
  readonly caller: ForwardingCaller
  /** Makes the tokens that tell services on whose behalf they work. */
  readonly subjects: SubjectTokens
  /** What consumers see. */
  readonly outerTls: ServerCertificate
  /** Port 0: any. */
  readonly listen: { readonly host: string; readonly port: number }
  readonly logger: Logger
  /** Where its spans and metrics are kept. Default: one of its own. */
  readonly telemetry?: Telemetry
  readonly clock?: Clock
}

export interface Gateway {
  /** `host:port` */
  readonly address: string
  /** Shows another certificate, from the next connection on. */
  replaceCertificate(certificate: ServerCertificate): void
  /** Takes no more connections, answers what is in work (10 s at most), then closes. */
  close(): Promise<void>
}

/**
 * Opens the outer face and answers until it is closed.
 * @throws {Failure} `LISTEN` where the address is taken or not this machine's
 * @throws {InvalidInput} `GATEWAY_ROUTES` where the first configuration cannot be served
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { caller, subjects, logger, outerTls, listen, clock = systemClock } = options
  const { telemetry = new Telemetry({ service: 'gateway', instance: 'gateway' }) } = options
  const current = followConfiguration(options.configuration, logger)
  const admission = new Admission(clock)
  return await openFace({
    certificate: outerTls,
    listen,
    telemetry,
    async answer(exchange) {
      const begun = clock.now()
      const { answer, failure } = await settle(exchange, () => ({
        configuration: current(),
        admission,
        caller,
        subjects,
      }))
      const facts = { ...exchange.facts, status: answer.status, ms: clock.now() - begun, ...failure }
      logger.write(answer.status >= 500 ? 'error' : 'info', 'request', facts, exchange.span.trace.traceId)
      exchange.span.end({ status: answer.status, ...exchange.facts, code: failure?.code })
      return answer
    },
  })
}

interface FailureFacts extends LogFacts {
  readonly code: string
}

async function settle(
  exchange: Exchange,
  parts: () => PipelineParts,
): Promise<{ answer: Answer; failure?: FailureFacts }> {
  try {
    return { answer: await answerRequest(exchange, parts()) }
  } catch (thrown) {
    return { answer: answerOfThrown(thrown), failure: factsOfFailure(thrown, exchange) }
  }
}

/** Why a request was not answered by its service; of a consumer's own mistake only the code, never what it sent. */
function factsOfFailure(thrown: unknown, { span }: Exchange): FailureFacts {
  if (!(thrown instanceof GatewayRefusal)) return { code: 'INTERNAL', cause: span.redact(messageOf(thrown)) }
  if (thrown.status < 500 || thrown.cause === undefined) return { code: thrown.code }
  return { code: thrown.code, cause: span.redact(messageOf(thrown.cause)) }
}
