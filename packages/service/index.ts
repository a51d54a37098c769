export {
  createCaller,
  type Caller as OperationCaller,
  type CallerOptions,
  type CallOutcome,
  type CallRequest,
} from './caller.ts'
export {
  CallFailure,
  CallRefusal,
  WorkloadFailure,
  type CallFailureCode,
  type CallFailureFacts,
  type ServiceCode,
} from './errors.ts'
export { implement, type Implementation } from './implement.ts'
export {
  createLogger,
  factsOf,
  type LogFacts,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './log.ts'
export { serve, type ServeOptions, type Server } from './server.ts'
export type {
  AnyService,
  CallContext,
  Caller,
  CallOptions,
  CallResult,
  Client,
  Clients,
  DeclaredFailure,
  ExternalClient,
  FailureOf,
  Handler,
  Handlers,
  Service,
  Subject,
  Success,
  Unavailable,
} from './service.ts'
export { continueTrace, formatTraceparent, type Trace } from './traceparent.ts'
export type { IssuedServerCertificate } from './workload/certificate-requests.ts'
export { connectWorkload, type Workload } from './workload/connect.ts'
export type {
  Bootstrap,
  CertificateAnswer,
  CertificateRequest,
  Drain,
  Endpoint,
  EngineMessage,
  Ping,
  Pong,
  Ready,
  Snapshot,
  SnapshotUpdate,
  Stopped,
  WorkloadMessage,
} from './workload/protocol.ts'
