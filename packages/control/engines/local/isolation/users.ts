import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'

/** Users for services: numbers below those that systemd hands out by itself (61184 on), above those of people. */
const first = 59_000
const count = 1_000

/** A number for each service, the same at every start: its data is that user's. */
export class ServiceUsers {
  readonly #file: string
  readonly #numbers: Map<string, number>
  /** Another one for each installation, so that two on one machine seldom share a user. */
  readonly #start: number

  /** @param folder where the numbers are kept */
  constructor(folder: string) {
    this.#file = join(folder, 'users.json')
    this.#numbers = new Map(Object.entries(read(this.#file)))
    this.#start = createHash('sha256').update(resolve(folder)).digest().readUInt32BE() % count
  }

  /** The user of a service; a number that no account of this machine has. Undefined where there is none left. */
  of(service: string): number | undefined {
    const known = this.#numbers.get(service)
    if (known !== undefined) return known
    const taken = new Set([...this.#numbers.values(), ...accounts()])
    const free = Array.from({ length: count }, (_, at) => first + ((this.#start + at) % count)).find(
      (number) => !taken.has(number),
    )
    if (free === undefined) return undefined
    this.#numbers.set(service, free)
    write(this.#file, Object.fromEntries(this.#numbers))
    return free
  }
}

/** Gives a folder, and what lies in it, to a user. Links are changed themselves, never followed. */
export function giveFolder(folder: string, user: number): void {
  if (lstatSync(folder).uid === user) return
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), user, user)
  }
  chownSync(folder, user, user)
}

/** Lets a program's user read it: its folder is closed to everybody, and shown to this user's sandbox alone. */
export function showProgram(file: string): void {
  chmodSync(file, 0o644)
}

function read(file: string): Readonly<Record<string, number>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(
      Object.entries(value).filter(([, number]) => Number.isInteger(number) && number >= first),
    ) as Record<string, number>
  } catch {
    // None yet. Where the file is broken, folders change hands once more: their owner is set at each start.
    return {}
  }
}

function write(file: string, numbers: Readonly<Record<string, number>>): void {
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, `${JSON.stringify(numbers, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(fresh, file)
}

function accounts(): readonly number[] {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => Number(line.split(':')[2]))
  } catch {
    return []
  }
}
