import { messageOf } from '@plimsoll/base'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ControlFailure, ControlRefusal } from './errors.ts'

/** SQLITE_BUSY */
const busy = 5

/**
 * One control plane at a time. The lock is the operating system's, on an open SQLite file: it goes with the process, also
 * where the process is killed.
 * @throws {ControlRefusal} `ALREADY_RUNNING`
 * @throws {ControlFailure} `STATE` where the lock itself cannot be used
 */
export function takeLock(state: string): { release(): void } {
  const path = join(state, 'lock.sqlite')
  const database = openDatabase(path)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if ((cause as { errcode?: number }).errcode !== busy) throw unusable(path, cause)
    throw new ControlRefusal('ALREADY_RUNNING', `${holder(state)} uses this state folder already`, {
      place: { file: state },
      fix: 'use plimsoll deploy to change what runs, or end the other one (Ctrl-C) first',
      cause,
    })
  }
  return { release: () => database.close() }
}

function openDatabase(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (cause) {
    throw unusable(path, cause)
  }
}

function unusable(file: string, cause: unknown): ControlFailure {
  return new ControlFailure('STATE', `the lock cannot be taken: ${messageOf(cause)}`, {
    place: { file },
    fix: 'remove the file: nothing is kept in it',
    cause,
  })
}

function holder(state: string): string {
  try {
    const { pid } = JSON.parse(readFileSync(join(state, 'control.json'), 'utf8')) as { pid: number }
    return `the control plane with process id ${pid}`
  } catch {
    return 'another control plane'
  }
}
