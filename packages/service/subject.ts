import { messageOf } from '@plimsoll/base'
import {
  createSubjectVerifier,
  type Identity,
  type SubjectClaims,
  type SubjectVerifier,
  type TrustState,
} from '@plimsoll/identity'
import type { Subject } from './service.ts'

/** Tokens of one connection that are remembered; a gateway uses one for each consumer and operation for a while. */
const mostRemembered = 256

/** A token that was verified for one presenter, or why it is refused. */
type Judged =
  | { readonly ok: true; readonly subject: Subject; readonly ends: number }
  | { readonly ok: false; readonly reason: string }

type Remembered = WeakMap<Identity, Map<string, Extract<Judged, { ok: true }>>>

/**
 * Tells on whose behalf calls run, from the tokens that gateways sign. A token is good where three things hold: a gateway of the trust
 * domain signed it for this service; its time has not ended; and who presents it is that gateway, or a service for which it was made too.
 * So whoever takes a token from a call can use it nowhere but on the vetted way of that call.
 */
export class Subjects {
  readonly #service: string
  readonly #trust: () => TrustState | undefined
  #known: TrustState | undefined
  #verifier: SubjectVerifier = createSubjectVerifier([])
  // By the identity object of a connection: what one connection may present says nothing about another.
  #remembered: Remembered = new WeakMap()

  constructor(service: string, trust: () => TrustState | undefined) {
    this.#service = service
    this.#trust = trust
  }

  /** The subject of a token, or why it is none; the reason is for the log alone. */
  judge(token: string, presenter: Identity): Judged {
    this.#follow()
    const now = Date.now()
    let tokens = this.#remembered.get(presenter)
    const known = tokens?.get(token)
    if (known !== undefined) return known.ends > now ? known : { ok: false, reason: 'the token has ended' }
    const judged = this.#verify(token, presenter, now)
    if (!judged.ok) return judged
    if (tokens === undefined) this.#remembered.set(presenter, (tokens = new Map()))
    if (tokens.size >= mostRemembered) tokens.clear()
    tokens.set(token, judged)
    return judged
  }

  /** New keys or revocations: nothing that was judged before counts. */
  #follow(): void {
    const trust = this.#trust()
    if (trust === this.#known) return
    this.#known = trust
    this.#verifier = createSubjectVerifier(trust?.subjectKeys ?? [])
    this.#remembered = new WeakMap()
  }

  #verify(token: string, presenter: Identity, now: number): Judged {
    try {
      const claims = this.#verifier.verify(token, now)
      const objection = this.#objectionTo(claims, presenter)
      if (objection !== undefined) return { ok: false, reason: objection }
      const scopes = claims.scope === '' ? [] : claims.scope.split(' ')
      return { ok: true, subject: { consumer: claims.sub, scopes }, ends: claims.exp * 1_000 }
    } catch (thrown) {
      return { ok: false, reason: messageOf(thrown) }
    }
  }

  #objectionTo({ aud, iss, key }: SubjectClaims, presenter: Identity): string | undefined {
    if (!aud.includes(this.#service))
      return `the token was made for ${aud.join(', ')} and not for ${this.#service}`
    const own = presenter.id === iss
    const onTheWay = presenter.kind === 'service' && aud.includes(presenter.name)
    if (!own && !onTheWay) return `the token was not made for ${presenter.id} to present it`
    if (this.#known?.revoked.apiKeys.includes(key) === true) return 'the API key behind the token is revoked'
    return undefined
  }
}
