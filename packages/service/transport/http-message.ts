/** How a call looks in HTTP/1.1, for both ends. */
export const deadlineHeader = 'plimsoll-deadline'
export const subjectHeader = 'plimsoll-subject'
export const traceHeader = 'traceparent'
export const stateHeader = 'tracestate'
/** `declared` where the body is an error that the contract declares. */
export const errorHeader = 'plimsoll-error'

export const jsonType = 'application/json'
export const problemType = 'application/problem+json'
/** Items of a stream, one JSON text in each line. */
export const linesType = 'application/x-ndjson'
/** Items of a stream as server-sent events. */
export const eventsType = 'text/event-stream'
