import { messageOf, PlimsollError } from '@plimsoll/base'

/** Without readonly and without members that are undefined: as JSON has it. */
export function plain<T>(value: T): Writable<T> {
  return JSON.parse(JSON.stringify(value)) as Writable<T>
}

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T

/** What somebody who was refused learns: the code, the reason, and what to do. */
export function refusalOf(thrown: unknown): { code: string; message: string; fix?: string } {
  const fix = thrown instanceof PlimsollError ? thrown.fix : undefined
  const code = thrown instanceof PlimsollError ? thrown.code : 'INTERNAL'
  return {
    code,
    message: messageOf(thrown).slice(0, 2_000),
    ...(fix === undefined ? {} : { fix: fix.slice(0, 2_000) }),
  }
}
