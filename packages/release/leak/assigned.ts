/** A text that something named like a secret gets. */
export interface Assigned {
  readonly index: number
  readonly value: string
}

const assignment =
  /(?<![\w$])["'`]?([A-Za-z_$][\w$-]{2,60})["'`]?\]?\s*(?::|=|\?\?=?|\|\|=?)\s*(["'`])((?:Bearer |Basic )?[\w+/=.~:@!#%^&*-]{16,400})\2/g

const secretWord = 'secret|token|password|passwd|passphrase|pwd|credentials?|authorization|bearer'
const keyWord =
  '(?:api|private|access|secret|signing|encryption|auth|master|service|account|session|client|hmac|jwt)_?key'
const secretName = new RegExp(
  `(?:^|_)(?:${secretWord}|${keyWord})s?(?:_(?:base|value|text|default|prod|production|live|staging|dev|b64|base64|hex|\\d+))*$`,
)
/** What is named so is shown to everybody, or stands for what is not there. */
const harmlessName =
  /(?:^|_)(?:public|hash|digest|checksum|sha\d*|integrity|fingerprint|thumbprint|test|example|sample|fake|mock|demo|dummy|placeholder)(?:_|$)/
const placeholder =
  /example|change-?_?me|placeholder|your[-_]|dummy|redacted|insert|x{4}|\*{3}|\.{3}|0123456789|123456789|abcdefgh|deadbeef/i

/** Texts that stand beside a name such as `apiKey` or `DB_PASSWORD` and look drawn at random. */
export function* assignedSecrets(text: string): Iterable<Assigned> {
  for (const match of text.matchAll(assignment)) {
    const [whole, name = '', , written = ''] = match
    const value = written.replace(/^(?:Bearer|Basic) /, '')
    if (namesSecret(name) && isRandom(value)) yield { index: match.index + whole.lastIndexOf(value), value }
  }
}

function namesSecret(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])/g, '$1$3_$2$4')
    .replaceAll(/[-$]/g, '_')
    .toLowerCase()
  return secretName.test(words) && !harmlessName.test(words)
}

/** Bits of a character (Shannon 1948), below which people write and machines do not draw. */
const leastBits = 3.2

/** True where a text is long, mixed and uneven enough that nobody made it up, and is not made of words. */
function isRandom(value: string): boolean {
  if (value.length < 16 || placeholder.test(value) || isMadeOfWords(value)) return false
  return /\d/.test(value) && /[A-Za-z]/.test(value) && bitsOf(value) >= leastBits
}

/** Such as `reset-password-2`, `urn:ietf:params:oauth:token-type:jwt`, `application/x-www-form-urlencoded`. */
function isMadeOfWords(value: string): boolean {
  return value
    .split(/[-_.:/=@#]/)
    .every((part) => /^(?:[A-Z]?[a-z]*|[A-Z]+|[A-Za-z]{1,12}\d{0,3}|\d{1,4})$/.test(part))
}

function bitsOf(value: string): number {
  const counts = new Map<string, number>()
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((bits, count) => {
    const share = count / value.length
    return bits - share * Math.log2(share)
  }, 0)
}
