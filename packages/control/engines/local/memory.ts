import { readFileSync } from 'node:fs'

/** The program itself, behind what stands around it: the last of a line of only children. */
function innermost(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return children === '' ? pid : innermost(Number(children.split(' ').at(0)))
  } catch {
    return pid
  }
}

/** Resident memory of a program in MiB, without what stands around it; undefined where it has ended. */
export function memoryOf(started: number): number | undefined {
  const pid = innermost(started)
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? undefined : Math.round(Number(kib) / 1_024)
  } catch {
    return undefined
  }
}
