import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const ready = 'Ctrl-C ends everything.'

/** A folder in which a document's files are written and its commands run. */
export interface Workspace {
  readonly folder: string
  write(file: string, text: string): void
  /** Runs a line in a shell; `plimsoll up` stays in the background once it is ready. Gives standard output. */
  run(command: string): Promise<string>
  remove(): Promise<void>
}

/** An empty project that finds this repository's packages. */
export function openWorkspace(): Workspace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-documents-')))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return workspaceIn(folder, process.env)
}

/** A workspace in a folder that is there already; it is removed all the same. */
export function workspaceIn(folder: string, environment: NodeJS.ProcessEnv): Workspace {
  const background: ChildProcess[] = []
  let place = folder
  const env = {
    ...environment,
    NO_COLOR: '1',
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
  }
  return {
    folder,
    write(file, text) {
      mkdirSync(dirname(join(place, file)), { recursive: true })
      writeFileSync(join(place, file), text)
    },
    async run(command) {
      const [, into] = /^cd (\S+)$/.exec(command) ?? []
      if (into !== undefined) {
        place = join(place, into)
        return ''
      }
      const child = spawn('bash', ['-c', command], { cwd: place, env, detached: true })
      let output = ''
      let error = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        error += text
      })
      const ended = once(child, 'close')
      if (/\bplimsoll up\b/.test(command)) {
        background.push(child)
        for (let tries = 0; tries < 600 && !output.includes(ready); tries += 1) {
          if (child.exitCode !== null) throw new Error(`${command} ended:\n${output}${error}`)
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
      } else {
        await ended
      }
      return output === '' ? error : output
    },
    async remove() {
      for (const child of background) {
        if (child.exitCode !== null || child.pid === undefined) continue
        const ended = once(child, 'close')
        process.kill(-child.pid, 'SIGINT')
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
