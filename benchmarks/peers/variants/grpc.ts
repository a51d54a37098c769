import { join } from 'node:path'
import grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { check, reply, request, type Request, type Variant } from '../../calls/variant.ts'

const { Client, credentials, loadPackageDefinition, Metadata, Server, ServerCredentials } = grpc

interface Pricing {
  readonly Pricing: (new (
    address: string,
    credentials: ReturnType<typeof credentials.createSsl>,
    options: Record<string, unknown>,
  ) => InstanceType<typeof Client> & {
    quote(
      input: Request,
      metadata: InstanceType<typeof Metadata>,
      options: { deadline: number },
      done: (error: Error | null, answer: typeof reply) => void,
    ): void
  }) & { readonly service: Parameters<InstanceType<typeof Server>['addService']>[0] }
}

function load(): Pricing {
  const definition = loadSync(join(import.meta.dirname, 'quote.proto'), { keepCase: true })
  return (loadPackageDefinition(definition) as unknown as { quotes: Pricing }).quotes
}

/** @grpc/grpc-js over mutual TLS, with a deadline. */
export const grpcJs: Variant = {
  async serve({ server }) {
    const listener = new Server()
    listener.addService(load().Pricing.service, {
      quote: (call: { request: Request }, done: (error: null, answer: typeof reply) => void) =>
        done(null, { ...reply, sku: call.request.sku }),
    })
    const pair = {
      private_key: Buffer.from(server.privateKey),
      cert_chain: Buffer.from(server.certificateChain),
    }
    const secured = ServerCredentials.createSsl(Buffer.from(server.bundle), [pair], true)
    const port = await new Promise<number>((resolve, reject) => {
      listener.bindAsync('127.0.0.1:0', secured, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      )
    })
    return `127.0.0.1:${port}`
  },
  async connect(address, { client }) {
    const { Pricing } = load()
    const secured = credentials.createSsl(
      Buffer.from(client.bundle),
      Buffer.from(client.privateKey),
      Buffer.from(client.certificateChain),
      { checkServerIdentity: () => undefined },
    )
    const stub = new Pricing(address, secured, { 'grpc.ssl_target_name_override': 'pricing' })
    return () =>
      new Promise((resolve, reject) => {
        stub.quote(request, new Metadata(), { deadline: Date.now() + 5_000 }, (error, answer) => {
          if (error !== null) return reject(error)
          check(answer)
          resolve(undefined)
        })
      })
  },
}
