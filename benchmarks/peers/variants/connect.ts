import { clientTls, serverTls } from '@plimsoll/identity'
import { createSecureServer } from 'node:http2'
import { createFileRegistry } from '@bufbuild/protobuf'
import { createClient } from '@connectrpc/connect'
import { connectNodeAdapter, createConnectTransport } from '@connectrpc/connect-node'
import descriptor from 'protobufjs/ext/descriptor/index.js'
import protobuf from 'protobufjs'
import { fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { join } from 'node:path'
import { check, reply, request, type Request, type Variant } from '../../calls/variant.ts'
import { listening } from './http.ts'

/** The service's description, from the .proto file, without a code generator. */
function describePricing() {
  const root = protobuf.loadSync(join(import.meta.dirname, 'quote.proto')) as unknown as {
    toDescriptor(edition: string): object
    resolveAll(): unknown
  }
  root.resolveAll()
  const set = root.toDescriptor('proto3')
  const bytes = descriptor.FileDescriptorSet.encode(set as never).finish()
  const read = fromBinary(FileDescriptorSetSchema, bytes)
  for (const { field } of read.file.flatMap(({ messageType }) => messageType)) {
    for (const one of field) {
      one.jsonName = one.name
      if (one.typeName !== '' && !one.typeName.startsWith('.')) one.typeName = `.quotes.${one.typeName}`
    }
  }
  const service = createFileRegistry(read).getService('quotes.Pricing')
  if (service === undefined) throw new Error('no service in the description')
  return service
}

/** Connect over HTTP/2 and mutual TLS, binary. */
export const connectRpc: Variant = {
  async serve({ server }) {
    const handler = connectNodeAdapter({
      routes: (router) =>
        void router.service(describePricing(), {
          quote: (input: unknown) => ({ ...reply, sku: (input as Request).sku }),
        } as never),
    })
    return listening(createSecureServer(serverTls(server), handler as never))
  },
  async connect(address, { client, server }) {
    const transport = createConnectTransport({
      baseUrl: `https://${address}`,
      httpVersion: '2',
      useBinaryFormat: true,
      defaultTimeoutMs: 5_000,
      nodeOptions: clientTls(client, server.identity.id) as never,
    })
    const stub = createClient(describePricing(), transport) as unknown as {
      quote(input: Request): Promise<typeof reply>
    }
    return async () => check(await stub.quote(request))
  },
}
