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
export { formatAddress, longestSocketPath, parseAddress, type ListenPlace } from './transport/address.ts'
export { SignalEnding } from './deadline.ts'
export { readLines, readPieces } from './transport/http-body.ts'
export { sendBody, type BodyResponse } from './transport/http-stream.ts'
export type { IncomingBody, OutgoingBody } from './transport/transport.ts'
export { openAdmin, type Admin } from './telemetry/admin.ts'
export { exportSettings, samplingOf, type ExportSettings } from './telemetry/export-settings.ts'
export { startExporter, type Exporter } from './telemetry/exporter.ts'
export type { Metric } from './telemetry/metrics.ts'
export { spanAttributes, type Told } from './telemetry/otlp.ts'
export { prometheusText, prometheusType } from './telemetry/prometheus.ts'
export { readTelemetry, type Read, type Wanted } from './telemetry/reading.ts'
export { durationBounds, type Distribution } from './telemetry/histogram.ts'
export { releaseMetric, type ReleaseOutcome } from './telemetry/release-outcomes.ts'
export { Redactor } from './telemetry/redaction.ts'
export type { Span } from './telemetry/span.ts'
export { Telemetry, type Resource, type TelemetryOptions } from './telemetry/telemetry.ts'
export { childOf, continueTrace, formatTraceparent, type Trace } from './traceparent.ts'
export type { IssuedServerCertificate } from './workload/certificate-requests.ts'
export { connectWorkload, type Workload } from './workload/connect.ts'
export { JsonLines } from './workload/json-lines.ts'
export {
  comeBack,
  createResumeSecret,
  engineProof,
  equalSecrets,
  greetingMs,
  hashOfResumeSecret,
  longestGreeting,
  type Resume,
} from './workload/resume.ts'
export type {
  Adopted,
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
  TelemetryAnswer,
  Stopped,
  Trusts,
  WorkloadMessage,
} from './workload/protocol.ts'
