// Plain JavaScript, as what begins with it.
import { lstatSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * The folder in which Node keeps compiled code between runs. What lies there is run as it is, so it must be this user's alone:
 * undefined where it is a link, somebody else's, or others may write to it; then nothing is kept.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {string | undefined}
 */
export function privateCache(environment = process.env) {
  const { XDG_CACHE_HOME: named } = environment
  try {
    // A relative path is none (XDG Base Directory Specification).
    const base = named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache')
    const own = join(base, 'plimsoll')
    const folder = join(own, 'compiled')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return isPrivate(own) && isPrivate(folder) ? folder : undefined
  } catch {
    return undefined
  }
}

/** @param {string} folder */
function isPrivate(folder) {
  const facts = lstatSync(folder)
  const user = process.getuid?.()
  if (!facts.isDirectory()) return false
  return user === undefined || (facts.uid === user && (facts.mode & 0o022) === 0)
}
