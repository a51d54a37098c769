import type { Admission } from './admission.ts'
import type { Answer } from './answer.ts'
import { readJsonBody } from './body.ts'
import type { CompiledConfiguration } from './compiled.ts'
import { permit, permitPublic } from './credential.ts'
import type { Exchange } from './exchange.ts'
import { forward, type ForwardingCaller } from './forward.ts'
import { readInput } from './input.ts'
import { checkMessage } from './message.ts'
import { parseTarget } from './target.ts'

/** What a request meets; the configuration is that of its beginning, from the first step to the last. */
export interface PipelineParts {
  readonly configuration: CompiledConfiguration
  readonly admission: Admission
  readonly caller: ForwardingCaller
}

/**
 * The whole way of a request, behind TLS and HTTP. Each step lets it go on or throws.
 * @throws {GatewayRefusal}
 */
export async function answerRequest(exchange: Exchange, parts: PipelineParts): Promise<Answer> {
  const { request, facts, traceparent, signal } = exchange
  const { configuration, admission, caller } = parts
  checkMessage(request)
  const party = configuration.credentials.identify(request.headers)
  if (party.kind === 'consumer') facts.consumer = party.consumer.record.consumer
  using _place = admission.admit(party, request.socket.remoteAddress, configuration.source)
  const target = parseTarget(request.url ?? '')
  const found = configuration.routes.find(request.method ?? '', target.path)
  if (found.kind === 'page') return permitPublic(party, found.answer)
  facts.operation = found.route.id
  const consumer = permit(party, found.route)
  const body = await readJsonBody(request, () => exchange.proceed())
  const input = readInput(found, target.query, body)
  return await forward(caller, { route: found.route, input, consumer, traceparent, signal })
}
