import type { Report } from './report.ts'

/** A report as JSON, by the published schema; a later run can compare itself with it. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
