export { checkRoutes } from './addresses.ts'
export {
  parseGatewayConfiguration,
  type GatewayConfiguration,
  type GatewayConsumer,
  type Reach,
} from './configuration.ts'
export { GatewayRefusal, type ConfigurationCode, type RefusalCode, type StartCode } from './errors.ts'
export { startGateway, type Gateway, type GatewayOptions } from './gateway.ts'
export { run } from './program.ts'
export { SubjectTokens } from './subject-tokens.ts'
export type { RateLimit } from './rate.ts'
