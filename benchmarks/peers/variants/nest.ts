import 'reflect-metadata'
import { Module, ValidationPipe } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ClientProxyFactory, MessagePattern, Payload, Transport } from '@nestjs/microservices'
import { IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { check, reply, request, split, type Request, type Variant } from '../../calls/variant.ts'

type Decorator = (target: object, name?: string, other?: unknown) => unknown

class QuoteInput {}
const rules: Readonly<Record<string, readonly Decorator[]>> = {
  sku: [IsString(), MaxLength(40)],
  quantity: [IsInt(), Min(1), Max(1_000)],
  customer: [IsString(), MaxLength(80)],
  channel: [IsString(), MaxLength(40)],
  currency: [IsIn(['EUR', 'USD'])],
  note: [IsString(), MaxLength(500)],
}
for (const [name, decorators] of Object.entries(rules))
  for (const decorate of decorators) decorate(QuoteInput.prototype, name)

class PricingController {
  quote(input: Request): typeof reply {
    return { ...reply, sku: input.sku }
  }
}
// What the decorators of a class would do, in a file whose types Node strips.
const descriptor = Object.getOwnPropertyDescriptor(PricingController.prototype, 'quote') ?? {}
Reflect.defineMetadata('design:paramtypes', [QuoteInput], PricingController.prototype, 'quote')
;(Payload() as unknown as (target: object, name: string, at: number) => void)(
  PricingController.prototype,
  'quote',
  0,
)
;(
  MessagePattern('quote') as unknown as (target: object, name: string, descriptor: PropertyDescriptor) => void
)(PricingController.prototype, 'quote', descriptor)
Reflect.defineMetadata('__controller__', true, PricingController)
Reflect.defineMetadata('path', '/', PricingController)

class Root {}
;(Module({ controllers: [PricingController] }) as (target: object) => void)(Root)

/** NestJS's TCP transporter with class-validator; it secures nothing. */
export const nest: Variant = {
  async serve() {
    const probe = createServer()
    probe.listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    probe.close()
    const application = await NestFactory.createMicroservice(Root, {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
      logger: false,
    } as never)
    application.useGlobalPipes(new ValidationPipe({ whitelist: true }))
    await application.listen()
    return `127.0.0.1:${port}`
  },
  async connect(address) {
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: split(address) } as never)
    await client.connect()
    return () =>
      new Promise((resolve, reject) => {
        client.send('quote', request).subscribe({
          next: (answer: typeof reply) => {
            check(answer)
            resolve(undefined)
          },
          error: reject,
        })
      })
  },
}
