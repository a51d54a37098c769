/** A secret by its shape. */
export interface SecretShape {
  readonly kind: string
  readonly shape: RegExp
  /** True where what has the shape need not be one: a line of the source may then say that it is none. */
  readonly guessed?: true
}

/** Secrets by their shapes, as their issuers publish them, so that a found one is almost surely one. */
export const secretShapes: readonly SecretShape[] = [
  {
    kind: 'a private key (PEM)',
    shape: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\s|\\[nr])*[A-Za-z0-9+/=\s\\]{40}/g,
  },
  {
    kind: 'a private key (JWK)',
    shape:
      /["']?\bkty["']?\s*:\s*["'](?:EC|OKP|RSA)["'][^{}]{0,3000}?["']?\bd["']?\s*:\s*["'][A-Za-z0-9_-]{30,1000}/g,
  },
  {
    kind: 'a private key (JWK)',
    shape:
      /[{,\s]["']?d["']?\s*:\s*["'][A-Za-z0-9_-]{30,1000}["'][^{}]{0,3000}?["']?\bkty["']?\s*:\s*["'](?:EC|OKP|RSA)/g,
  },
  { kind: 'an API key of Plimsoll', shape: /\bplk_[A-Za-z0-9]{4,64}_[A-Za-z0-9_-]{20}/g },
  { kind: 'an AWS access key', shape: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  { kind: 'a GitHub token', shape: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})/g },
  { kind: 'a GitLab token', shape: /\bglpat-[A-Za-z0-9_-]{20}/g },
  { kind: 'a Slack token', shape: /\bxox[abeoprs]-[A-Za-z0-9-]{20}/g },
  {
    kind: 'a Slack webhook',
    shape: /\bhooks\.slack\.com\/services\/T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{20}/g,
  },
  { kind: 'a Stripe live key', shape: /\b[rs]k_live_[A-Za-z0-9]{20}/g },
  { kind: 'a Stripe webhook secret', shape: /\bwhsec_[A-Za-z0-9]{32}/g },
  { kind: 'an npm token', shape: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'a Google API key', shape: /\bAIza[A-Za-z0-9_-]{35}/g },
  { kind: 'a SendGrid key', shape: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/g },
  { kind: 'an Anthropic key', shape: /\bsk-ant-[a-z]{3,8}\d\d-[A-Za-z0-9_-]{40}/g },
  { kind: 'an OpenAI key', shape: /\bsk-(?:proj|svcacct)-[A-Za-z0-9_-]{40}/g },
  { kind: 'an Azure storage key', shape: /\bAccountKey=[A-Za-z0-9+/]{86}==/g },
  {
    kind: 'a signed token (JWT)',
    shape: /\beyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,4000}/g,
    guessed: true,
  },
  {
    kind: 'a password in an address',
    shape:
      /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|https?|nats|ftps?|ldaps?):\/\/[^\s:@/'"`<>${}]{1,64}:[^\s:@/'"`<>${}*]{6,128}@(?!localhost|127\.|\[::1)[\w-][\w.-]*/g,
    guessed: true,
  },
]
