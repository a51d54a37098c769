import { InvalidInput, isName } from '@plimsoll/base'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
  type Stats,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { usage, type CliErrorCode } from '../errors.ts'
import { firstProject } from '../templates/first-project.ts'
import { harmless } from '../terminal.ts'
import { version } from '../version.ts'

export const init: Command = {
  name: 'init',
  usage: 'init [FOLDER]',
  summary: 'make a first project: one service, its contract, the architecture',
  help: 'Writes a small project into an empty or new folder. Nothing that exists is overwritten.',
  options: {},
  optionHelp: {},
  examples: ['plimsoll init hello', 'cd hello && npx plimsoll up'],
  run,
}

async function run({ positionals, terminal, folder }: Invocation): Promise<ExitCode> {
  const [wanted, ...more] = positionals
  if (more.length > 0) throw usage('init takes one folder', 'plimsoll init FOLDER')
  const target = resolve(folder, wanted ?? '.')
  checkEmpty(target)
  const name = isName(basename(target)) ? basename(target) : 'hello'
  const files = firstProject({ name, version })
  writeFiles(target, files)
  const linked = linkCheckout(target)
  terminal.result({ folder: target, files: Object.keys(files), linked })
  for (const path of Object.keys(files)) terminal.say(`  wrote  ${path}`)
  terminal.say()
  terminal.say('Next:')
  if (wanted !== undefined) terminal.say(`  cd ${harmless(wanted)}`)
  if (!linked) terminal.say('  npm install')
  terminal.say('  npx plimsoll up')
  terminal.say('and in a second terminal:')
  terminal.say('  npx plimsoll call greeting.greet --name Ada')
  return 0
}

function writeFiles(target: string, files: Readonly<Record<string, string>>): void {
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(target, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text, { flag: 'wx' })
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw noPlace(target, `nothing can be written there (${code ?? 'unknown'})`, cause)
  }
}

function noPlace(file: string, message: string, cause?: unknown): InvalidInput<CliErrorCode> {
  const problem = { message, place: { file }, fix: 'name a new or an empty folder' }
  return new InvalidInput('EXISTS', [problem], { cause })
}

function checkEmpty(target: string): void {
  const facts = factsOf(target)
  if (facts === undefined) return
  const problem = (message: string) => noPlace(target, message)
  // A link counts as what it is: whoever laid it there would choose where the files go.
  if (!facts.isDirectory()) throw problem('this is no folder')
  const inside = readdirSync(target).filter((name) => name !== '.git')
  if (inside.length > 0)
    throw problem(
      `the folder is not empty (${inside.slice(0, 3).join(', ')}${inside.length > 3 ? ', …' : ''})`,
    )
}

function factsOf(target: string): Stats | undefined {
  try {
    return lstatSync(target, { throwIfNoEntry: false })
  } catch (cause) {
    throw noPlace(target, 'there can be no folder at this place', cause)
  }
}

/**
 * A project outside of a checkout that this plimsoll runs from has nothing to install from yet: it borrows the checkout's
 * packages through links, as `npm link` makes them. True where that was done, or where Node finds them anyway.
 */
function linkCheckout(target: string): boolean {
  const own = realpathSync(join(dirname(fileURLToPath(import.meta.url)), '..'))
  const checkout = join(own, '../..')
  if (own.includes(join('node_modules', 'plimsoll')) || !existsSync(join(checkout, 'node_modules/@plimsoll')))
    return false
  if (`${realpathSync(target)}/`.startsWith(`${realpathSync(checkout)}/`)) return true
  const modules = join(target, 'node_modules')
  mkdirSync(join(modules, '.bin'), { recursive: true })
  for (const name of ['@plimsoll', 'plimsoll', 'zod', 'typescript', '@types']) {
    symlinkSync(join(checkout, 'node_modules', name), join(modules, name))
  }
  for (const name of ['plimsoll', 'node', 'tsc']) {
    symlinkSync(join(checkout, 'node_modules/.bin', name), join(modules, '.bin', name))
  }
  return true
}
