import { isPort, namesAnAddress } from './address-words.ts'

/** A word of a text with what stands around it. */
export interface WordInText {
  readonly before: string
  readonly after: string
}

/** Characters around a name that tell what it is. */
const contextLength = 160
/** What may stand before `host:port`: nothing, a separator, or a resolver such as `dns:`. */
const beforeAddress = /(?:^|[\s"'`=,;([{@|]|(?:^|[^a-z])(?:dns|tcp|udp|ssl|tls|https?|grpc):(?:\/\/\/?)?)$/i
/** A key with its sign (`host=`, `"url": "`), a flag (`--host `), or a flag with its value attached. */
const keyBefore = /(?<![\w.-])([\w.-]{1,80})["'`]?\s?[=:]\s?["'`[]?(?:[\w.:-]{1,80}, ?){0,20}$/
const flagBefore = /(?:^|\s|["'],\s*["'])(--?[a-z][\w.-]*)(?:["'],)?\s+["']?$/i
const connects =
  /(?:^|[\s;&|("'/])(?:curl|wget|nc|ncat|netcat|telnet|ping|wait-for(?:-it)?(?:\.sh)?)["']?,?\s[^;&|]*$/
/** Name of a replica set before its first member: `rs0/db-1:27017,db-2:27017`. */
const setBefore = /(?:^|[\s"'`=])[\w-]{1,60}\/$/
/** Ids of services that a gateway or client library looks up in a registry. */
const registeredName = /^service-?[iI]d$/

export function wordInText(text: string, at: number, length: number): WordInText {
  const end = at + length
  return {
    before: text.slice(Math.max(0, at - contextLength), at),
    after: text.slice(end, end + contextLength),
  }
}

/** True where `host:port` may begin. */
export function mayBeginAddress(before: string): boolean {
  return beforeAddress.test(before)
}

/** True after the name of a replica set, where the variable or the key before it holds addresses. */
export function isInReplicaSet({ before, after }: WordInText, variable: string | undefined): boolean {
  if (!setBefore.test(before) || portAfter(after) === undefined) return false
  const rest = before.replace(/[\w-]+\/$/, '')
  const key = variable ?? keyOf(rest) ?? ''
  return namesAnAddress(key) || /configdb$/i.test(key)
}

/** A port follows; `redis:7` and `redis:7.2` are images. Zookeeper writes two ports. */
export function portAfter(after: string): string | undefined {
  const [, port] =
    /^:(\d{2,5})(?::\d{2,5})*(?![\w.@-])/.exec(after) ?? /^:(\d{2,5})\.(?:\s|$)/.exec(after) ?? []
  return port !== undefined && isPort(port) ? port : undefined
}

/** Without a port that is not known: an empty one, or a variable that nobody set. */
export function withoutUnknownPort(after: string): string {
  return after.replace(/^:(?:\$(?:\w+|\{[^}]*\}|\([^)]*\)))?(?=$|["'`,;/)\]}])/, '')
}

/** The key or flag whose value begins here. */
export function keyOf(before: string): string | undefined {
  return keyBefore.exec(before)?.[1] ?? flagBefore.exec(before)?.[1]
}

export function isHostByItsKey({ before, after }: WordInText): boolean {
  if (!/^(?:$|[\s"'`,;/)\]}&])/.test(after)) return false
  const key = keyOf(before)
  if (key !== undefined && (namesAnAddress(key) || registeredName.test(key))) return true
  return /[\s"']$/.test(before) && connects.test(before) && !/-[oHuXdAeFw]\s+$/.test(before)
}

/** The value is this name, or a list of names, perhaps with a path; and its variable says that it is an address. */
export function isWholeValue({ before, after }: WordInText, text: string): boolean {
  if (/[\s=]/.test(text.trim().replaceAll(/\s*[,;]\s*/g, ','))) return false
  return /(?:^|[\s,;"'[])$/.test(before) && /^(?:$|[\s,;"'\]/])/.test(after)
}

/** `host=db port=5432`, `Server=db,1433`, `nc -z db 5432`. */
export function portBeside({ before, after }: WordInText): { port?: string } {
  const port =
    /^[^\n]*?\bport["']?\s*[=:\s]\s*["']?(\d{2,5})\b/i.exec(after)?.[1] ??
    /^,(\d{2,5})\b/.exec(after)?.[1] ??
    (connects.test(before) || /(?:replica|slave)of\s+$/.test(before)
      ? /^["']?\s+["']?(\d{2,5})\b/.exec(after)?.[1]
      : undefined)
  return port === undefined ? {} : { port }
}
