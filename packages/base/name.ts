import { InvalidInput } from './errors.ts'

const namePattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const longestName = 63

/** Names of services, zones, stores, consumers: a DNS label (RFC 1123) that begins with a letter. */
export function isName(text: string): boolean {
  return text.length <= longestName && namePattern.test(text)
}

/**
 * The text, where it is a name.
 * @throws {InvalidInput} `NAME`
 */
export function checkName(text: unknown, field: string): string {
  if (typeof text === 'string' && isName(text)) return text
  throw new InvalidInput('NAME', [
    {
      message: `${JSON.stringify(text) ?? 'nothing'} is no name`,
      place: { field },
      fix: `use 1 to ${longestName} lower-case letters, digits and single hyphens, beginning with a letter`,
    },
  ])
}
