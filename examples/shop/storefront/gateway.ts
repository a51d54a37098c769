import { readFileSync } from 'node:fs'

const address = process.env['SHOP_GATEWAY'] ?? 'https://localhost:8443'
const keyFile = process.env['SHOP_KEY_FILE']
const authorization = keyFile === undefined ? undefined : `Bearer ${readFileSync(keyFile, 'utf8').trim()}`

/** An answer of the shop's services. */
export interface Answer<Body> {
  readonly ok: boolean
  readonly status: number
  readonly body: Body
}

/** Calls a service through the gateway, as any outside application does: HTTP, JSON, an API key. */
export async function call<Body>(
  method: 'GET' | 'PUT',
  path: string,
  input?: unknown,
): Promise<Answer<Body>> {
  const answer = await fetch(new URL(path, address), {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(5_000),
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(input === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(input === undefined ? {} : { body: JSON.stringify(input) }),
  })
  return { ok: answer.ok, status: answer.status, body: (await answer.json()) as Body }
}
