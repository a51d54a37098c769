import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Variant } from '../variant.ts'
import { frames } from './frames.ts'
import { plimsoll } from './plimsoll.ts'

/** A variant that stands on what only the benchmarks install; loaded when it is asked for, so that none pays for another. */
function peer(file: string, name: string): () => Promise<Variant> {
  const url = pathToFileURL(join(import.meta.dirname, '../../peers/variants', file)).href
  return async () => {
    const variant = ((await import(url)) as Readonly<Record<string, Variant>>)[name]
    if (variant === undefined) throw new Error(`${file} has no ${name}`)
    return variant
  }
}

export const variants: Readonly<Record<string, () => Promise<Variant>>> = {
  'plimsoll, everything on': async () => plimsoll,
  'frames alone, mutual TLS': async () => frames,
  'node:http + undici.request, mutual TLS': peer('http.ts', 'httpUndici'),
  'node:http + undici.dispatch, mutual TLS': peer('http.ts', 'httpDispatch'),
  'node:http2, mutual TLS': peer('http.ts', 'http2'),
  'Fastify + undici, mutual TLS': peer('fastify.ts', 'fastifyUndici'),
  '@grpc/grpc-js, mutual TLS': peer('grpc.ts', 'grpcJs'),
  'Connect over HTTP/2, mutual TLS': peer('connect.ts', 'connectRpc'),
  'NestJS TCP (secures nothing)': peer('nest.ts', 'nest'),
  'Moleculer TCP (secures nothing)': peer('moleculer.ts', 'moleculer'),
}
