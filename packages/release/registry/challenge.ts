/** What a registry asks for (RFC 9110, section 11.6.1; Docker's token authentication). */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string }

/** The challenge of a `WWW-Authenticate` header that can be met here; Bearer before Basic. */
export function parseChallenge(header: string | null): Challenge | undefined {
  if (header === null || header.length > 4_096) return undefined
  const bearer = /(?:^|,\s*)Bearer\s+(.*)$/i.exec(header)?.[1]
  if (bearer !== undefined) {
    const parameters = Object.fromEntries(
      [...bearer.matchAll(/([a-z_]{1,32})="([^"\\]{0,2048})"/gi)].map(([, name = '', value = '']) => [
        name.toLowerCase(),
        value,
      ]),
    )
    const { realm, service, scope } = parameters
    if (realm === undefined) return undefined
    return {
      scheme: 'bearer',
      realm,
      ...(service !== undefined && { service }),
      ...(scope !== undefined && { scope }),
    }
  }
  return /(?:^|,\s*)Basic\b/i.test(header) ? { scheme: 'basic' } : undefined
}
