import type { IncomingMessage } from 'node:http'
import { InvalidInput, parseJson, type Problem } from '@plimsoll/base'
import type { BodyDocument, FileDocument, StreamDocument } from '@plimsoll/contract'
import { readLines, readPieces, SignalEnding, type IncomingBody, type OutgoingBody } from '@plimsoll/service'
import { GatewayRefusal } from './errors.ts'
import { announcesBody } from './message.ts'
import type { Route } from './routes.ts'

const linesType = 'application/x-ndjson'

interface Opening {
  readonly route: Route
  /** Called when the headers are accepted and the body may come (`Expect: 100-continue`). */
  readonly proceed: () => void
  /** Where the consumer goes. */
  readonly signal: AbortSignal
}

/**
 * The stream or the file of a request, to be passed on while it comes: nothing of it is held. Each item is checked on its way.
 * @throws {GatewayRefusal} `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, `INVALID_INPUT`; while it is read, the same
 */
export function openBody(request: IncomingMessage, declared: BodyDocument, opening: Opening): OutgoingBody {
  const { headers } = request
  if (!announcesBody(request)) throw invalid(`The input needs a ${declared.kind} as its body.`)
  if (headers['content-encoding'] !== undefined)
    throw new GatewayRefusal('UNSUPPORTED_MEDIA_TYPE', 'Send the body without a content-encoding.')
  const type = (headers['content-type'] ?? '').toLowerCase()
  const types = declared.kind === 'stream' ? [linesType] : declared.types
  if (!types.includes(type))
    throw new GatewayRefusal('UNSUPPORTED_MEDIA_TYPE', `Send the body as ${types.join(' or ')}.`)
  const ending = new SignalEnding(opening.signal)
  if (declared.kind === 'stream') {
    opening.proceed()
    return { kind: 'stream', pieces: items(request, declared, opening.route), ending }
  }
  const size = headers['content-length'] === undefined ? undefined : Number(headers['content-length'])
  if (size !== undefined && size > declared.maxBytes) throw tooLarge(declared)
  opening.proceed()
  return { kind: 'file', type, size, pieces: bytes(request, declared), ending }
}

async function* items(request: IncomingMessage, { maxItemBytes }: StreamDocument, { checkItem, id }: Route) {
  try {
    for await (const line of readLines(request, maxItemBytes)) {
      const problems = checkItem?.(parseJson(line, { maxBytes: maxItemBytes })) ?? []
      if (problems.length > 0) throw invalid(`An item does not fit ${id}.`, problems)
      yield line
    }
  } catch (thrown) {
    if (!(thrown instanceof InvalidInput)) throw thrown
    throw invalid('An item is not JSON as it is accepted here.', thrown.problems)
  }
}

async function* bytes(request: IncomingMessage, declared: FileDocument) {
  let total = 0
  for await (const piece of readPieces(request)) {
    total += piece.length
    if (total > declared.maxBytes) throw tooLarge(declared)
    yield piece
  }
}

function tooLarge({ maxBytes }: FileDocument): GatewayRefusal {
  return new GatewayRefusal('BODY_TOO_LARGE', `A file may have ${maxBytes} bytes here.`)
}

function invalid(detail: string, problems?: readonly Problem[]): GatewayRefusal {
  return new GatewayRefusal('INVALID_INPUT', detail, { problems })
}

/** The stream or the file of an answer, as the contract has it. */
export function answerBody(body: IncomingBody, declared: BodyDocument, signal: AbortSignal): OutgoingBody {
  const { type, size, pieces } = body
  return { kind: declared.kind, type, size, pieces, ending: new SignalEnding(signal) }
}

/** A file may be anything that somebody has put there once: no browser takes it for a page of this host. */
export const fileHeaders = {
  'content-disposition': 'attachment',
  'content-security-policy': "default-src 'none'; sandbox",
} as const
