import { refused } from './errors.ts'

/** Secrets by their shapes, as their issuers publish them, so that a found one is almost surely one. */
const shapes: readonly { readonly kind: string; readonly shape: RegExp }[] = [
  {
    kind: 'a private key (PEM)',
    shape: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\s|\\[nr])*[A-Za-z0-9+/=\s\\]{40}/,
  },
  { kind: 'an API key of Plimsoll', shape: /\bplk_[A-Za-z0-9]{4,64}_[A-Za-z0-9_-]{20}/ },
  { kind: 'an AWS access key', shape: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/ },
  { kind: 'a GitHub token', shape: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})/ },
  { kind: 'a GitLab token', shape: /\bglpat-[A-Za-z0-9_-]{20}/ },
  { kind: 'a Slack token', shape: /\bxox[abeoprs]-[A-Za-z0-9-]{20}/ },
  { kind: 'a Stripe live key', shape: /\b[rs]k_live_[A-Za-z0-9]{20}/ },
  { kind: 'an npm token', shape: /\bnpm_[A-Za-z0-9]{36}/ },
  { kind: 'a Google API key', shape: /\bAIza[A-Za-z0-9_-]{35}/ },
  { kind: 'a SendGrid key', shape: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/ },
]

/**
 * Refuses code that carries a secret: a release is copied, kept and shown. The message names the kind, never the value.
 * @throws {Refusal} `SECRET_IN_BUNDLE`
 */
export function checkForSecrets(code: Uint8Array): void {
  const text = Buffer.from(code).toString('utf8')
  const kinds = shapes.filter(({ shape }) => shape.test(text)).map(({ kind }) => kind)
  if (kinds.length === 0) return
  throw refused(
    'SECRET_IN_BUNDLE',
    `the bundle carries ${kinds.join(', ')}`,
    'take it out of the source, make a new one, and read it in `start` from the data folder',
  )
}
