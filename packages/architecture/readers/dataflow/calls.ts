import type { Call, Fact } from '../../model.ts'
import type { Surroundings } from './components.ts'
import { statedAt, type Flow } from './node.ts'
import {
  answering,
  authenticatedWords,
  authorisedWords,
  encryptedWords,
  passwordWords,
} from './vocabulary.ts'

/**
 * The call that a flow of data is. A flow from what only answers, and one that provides authentication from an identity provider,
 * is a call to it. Facts that the format has words for, and that nobody states, are false.
 */
export function callOf(flow: Flow, around: Surroundings): Call {
  const { field } = flow
  const backwards = isAnswer(flow, around)
  const delivered = around.nodes.get(flow.sender)?.kind === 'broker'
  const messaging = [...flow.words].some((word) => word.startsWith('message_')) || delivered
  const protocol = protocolOf(flow)
  return {
    from: backwards ? flow.receiver : flow.sender,
    to: backwards ? flow.sender : flow.receiver,
    ...(protocol === undefined ? {} : { protocol: field.fact(protocol) }),
    encrypted: encryptedOf(flow),
    authentication: authenticationOf(flow),
    authorised: stated(flow, authorisedWords),
    circuitBreaker: stated(flow, ['circuit_breaker_link']),
    balanced: stated(flow, ['load_balanced_link']),
    ...(messaging || protocol !== undefined ? { synchronous: field.fact(!messaging, 'inferred') } : {}),
    evidence: field.evidence(),
  }
}

/**
 * Two flows between the same two, one with and one against the call, are one call. It is as safe as the less safe of them: data
 * goes both ways, and one way without encryption is without encryption.
 */
export function distinctCalls(calls: readonly Call[]): readonly Call[] {
  const found = new Map<string, Call>()
  for (const call of calls) {
    const key = JSON.stringify([call.from, call.to])
    const earlier = found.get(key)
    found.set(key, earlier === undefined ? call : bothOf(earlier, call))
  }
  return [...found.values()]
}

function bothOf(one: Call, other: Call): Call {
  const unsafe = (fact: Fact<unknown> | undefined) => fact?.value === false || fact?.value === 'none'
  const worse = <T>(a: Fact<T> | undefined, b: Fact<T> | undefined) =>
    unsafe(a) ? a : unsafe(b) ? b : (a ?? b)
  const better = (a: Fact<boolean> | undefined, b: Fact<boolean> | undefined) => (unsafe(a) ? (b ?? a) : a)
  return {
    ...other,
    ...one,
    encrypted: worse(one.encrypted, other.encrypted),
    authentication: worse(one.authentication, other.authentication),
    authorised: worse(one.authorised, other.authorised),
    circuitBreaker: better(one.circuitBreaker, other.circuitBreaker),
    balanced: better(one.balanced, other.balanced),
  }
}

function isAnswer({ sender, receiver, words }: Flow, { nodes }: Surroundings): boolean {
  const [kind, other] = [nodes.get(sender)?.kind, nodes.get(receiver)?.kind]
  if (kind === undefined || other === undefined) return false
  if (kind === 'identity-provider') return words.has('auth_provider') && other !== 'identity-provider'
  return answering.has(kind) && !answering.has(other) && other !== 'client'
}

function stated(flow: Flow, words: readonly string[]): Fact<boolean> {
  const evidence = statedAt(flow, words)
  return evidence === undefined ? flow.field.fact(false, 'inferred') : { value: true, evidence }
}

function encryptedOf(flow: Flow): Fact<boolean> {
  const tag = flow.tags.get('Protocol')
  if (tag?.word()?.toUpperCase() === 'HTTPS') return tag.fact(true)
  return stated(flow, encryptedWords)
}

function authenticationOf(flow: Flow): Fact<string> {
  const password = statedAt(flow, passwordWords)
  if (password !== undefined) return { value: 'password', evidence: password }
  const evidence = statedAt(flow, authenticatedWords)
  if (evidence !== undefined) return { value: 'credential', evidence }
  return flow.field.fact('none', 'inferred')
}

function protocolOf({ words, tags }: Flow): string | undefined {
  const message = [...words].find((word) => word.startsWith('message_'))
  if (message !== undefined)
    return message.endsWith('kafka') ? 'kafka' : message.endsWith('rabbitmq') ? 'amqp' : 'messaging'
  if (words.has('jdbc')) return 'jdbc'
  if (!words.has('restful_http') && !words.has('feign_connection')) return undefined
  return tags.get('Protocol')?.word()?.toUpperCase() === 'HTTPS' ? 'https' : 'http'
}
