import { readFileSync, readlinkSync } from 'node:fs'

/**
 * What tells one process from every other that ever had its id: the boot, the namespace in which the id counts, and the clock tick at
 * which it started (proc_pid_stat(5), field 22). Undefined where it has ended, or where the machine does not tell.
 */
export function markOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = 'X', started] = [fields[0], fields[19]]
    if (started === undefined || state === 'Z' || state === 'X') return undefined
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')} ${started}`
  } catch {
    return undefined
  }
}

/** Ends the group that a process leads, where it is still that process: an id that somebody else has by now is left alone. */
export function killMarked(pid: number, mark: string): void {
  if (pid <= 1 || markOf(pid) !== mark) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of the group is there any more.
  }
}
