import type { Admission } from './admission.ts'
import type { Answer } from './answer.ts'
import { openBody } from './bodies.ts'
import { readJsonBody } from './body.ts'
import type { CompiledConfiguration } from './compiled.ts'
import { permit, permitPublic } from './credential.ts'
import type { Exchange } from './exchange.ts'
import { forward, type ForwardingCaller } from './forward.ts'
import { readInput } from './input.ts'
import { checkMessage } from './message.ts'
import type { SubjectTokens } from './subject-tokens.ts'
import { parseTarget } from './target.ts'

/** What a request meets; the configuration is that of its beginning, from the first step to the last. */
export interface PipelineParts {
  readonly configuration: CompiledConfiguration
  readonly admission: Admission
  readonly caller: ForwardingCaller
  readonly subjects: SubjectTokens
}

/**
 * The whole way of a request, behind TLS and HTTP. Each step lets it go on or throws.
 * @throws {GatewayRefusal}
 */
export async function answerRequest(exchange: Exchange, parts: PipelineParts): Promise<Answer> {
  const { request, facts, span, signal } = exchange
  const { configuration, admission, caller, subjects } = parts
  checkMessage(request)
  const party = configuration.credentials.identify(request.headers)
  if (party.kind === 'consumer') facts.consumer = party.consumer.record.consumer
  using held = new DisposableStack()
  held.use(admission.admit(party, request.socket.remoteAddress, configuration.source))
  const target = parseTarget(request.url ?? '')
  const found = configuration.routes.find(request.method ?? '', target.path)
  if (found.kind === 'page') return permitPublic(party, found.answer)
  facts.operation = found.route.id
  span.found(found.route.operation.http.path)
  const consumer = permit(party, found.route)
  const { route } = found
  const proceed = () => exchange.proceed()
  const { inputBody } = route.operation
  const body = inputBody && openBody(request, inputBody, { route, proceed, signal })
  const json = inputBody === undefined ? await readJsonBody(request, proceed) : undefined
  const input = readInput(found, target.query, json)
  span.saw(found.route.operation.input, input)
  const subject = consumer && subjects.tokenFor(consumer, found.route, configuration.source)
  const answer = await forward(caller, {
    route,
    input,
    body,
    subject,
    consumer: consumer?.record.consumer,
    trace: span.trace,
    signal,
  })
  // A stream holds its place to its end.
  return answer.stream === undefined ? answer : { ...answer, held: held.move() }
}
