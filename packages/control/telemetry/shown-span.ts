import { spanAttributes } from '@plimsoll/service'
import type { OwnedSpan } from './fleet-telemetry.ts'

const longest = 200
const mostAttributes = 40
const mostEvents = 20

/** A span as operators see it: short enough that many of them are one answer. */
export function shownSpan(span: OwnedSpan) {
  const {
    service,
    instance,
    spanId,
    parentId,
    name,
    kind,
    start,
    durationMs,
    code,
    failed,
    sampled,
    detail,
  } = span
  const attributes = Object.entries(spanAttributes(span)).slice(0, mostAttributes)
  return {
    service,
    instance,
    spanId,
    ...(parentId !== undefined && { parentId }),
    name: name.slice(0, longest),
    kind,
    start,
    durationMs,
    code,
    failed,
    sampled,
    attributes: Object.fromEntries(
      attributes.map(([key, value]) => [
        key.slice(0, longest),
        typeof value === 'object' ? value.join(', ').slice(0, longest) : shortened(value),
      ]),
    ),
    events: (detail?.events ?? [])
      .slice(0, mostEvents)
      .map(({ name: event, at }) => ({ name: event.slice(0, longest), at })),
  }
}

function shortened(value: string | number | boolean): string | number | boolean {
  return typeof value === 'string' ? value.slice(0, longest) : value
}
