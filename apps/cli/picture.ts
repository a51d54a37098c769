import type { RenderedMap } from '@plimsoll/vetting'
import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliFailure } from './errors.ts'

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const longestMs = 60_000
/** Pixels of a side that a browser still draws. */
const longestSide = 8_000

/**
 * A map as PNG, drawn by a Chromium on this machine, which gets no network and a profile of its own that is removed again.
 * @throws {CliFailure} `NO_BROWSER`, `CALL_FAILED`
 */
export async function pictureOf({ svg, width, height }: RenderedMap): Promise<Uint8Array> {
  const program = findProgram()
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-map-'))
  try {
    const [page, picture] = [join(folder, 'map.html'), join(folder, 'map.png')]
    const scale = Math.min(2, longestSide / Math.max(width, height))
    writeFileSync(page, pageOf(svg))
    await draw(program, [
      '--headless',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--hide-scrollbars',
      '--host-resolver-rules=MAP * ~NOTFOUND',
      `--user-data-dir=${join(folder, 'profile')}`,
      `--window-size=${Math.ceil(width)},${Math.ceil(height)}`,
      `--force-device-scale-factor=${scale}`,
      `--screenshot=${picture}`,
      pathToFileURL(page).href,
    ])
    return readPicture(picture)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** The map alone on a page that may load and run nothing. */
function pageOf(svg: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'"
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><style>html,body{margin:0}svg{display:block}</style>${svg}`
}

function findProgram(): string {
  const named = process.env['PLIMSOLL_CHROMIUM']
  const candidates =
    named === undefined
      ? (process.env['PATH'] ?? '')
          .split(delimiter)
          .flatMap((folder) => programs.map((name) => join(folder, name)))
      : [named]
  const program = candidates.find(isExecutable)
  if (program !== undefined) return program
  throw new CliFailure('NO_BROWSER', 'a PNG is drawn by Chromium, and there is none on this machine', {
    fix: 'install Chromium (Debian: apt-get install chromium), name it in PLIMSOLL_CHROMIUM, or write --out map.svg',
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Runs the browser until it ends by itself; with its children it is ended where it does not. */
function draw(program: string, words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'ignore', detached: true })
    const late = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, longestMs)
    const failed = (cause: unknown) => {
      clearTimeout(late)
      reject(
        new CliFailure('CALL_FAILED', `${program} did not draw the map`, {
          cause,
          fix: 'write --out map.svg',
        }),
      )
    }
    child.once('error', failed)
    child.once('exit', (code, signal) => {
      clearTimeout(late)
      if (code === 0) resolve()
      else failed(new Error(`ended with ${signal ?? String(code)}`))
    })
  })
}

function readPicture(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new CliFailure('CALL_FAILED', 'Chromium wrote no picture', { cause, fix: 'write --out map.svg' })
  }
}
