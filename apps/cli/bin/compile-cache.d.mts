export function privateCache(environment?: Readonly<Record<string, string | undefined>>): string | undefined
