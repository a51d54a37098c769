import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import type { Command, Invocation } from './command.ts'
import { usage } from './errors.ts'

/** Options that every command takes. */
const common = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  project: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig

type Arguments = Pick<Invocation, 'positionals' | 'options' | 'fields'>

/**
 * What stands behind a command's name.
 * @throws {InvalidInput} `USAGE`
 */
export function readArguments(command: Command, words: readonly string[]): Arguments {
  const options: ParseArgsOptionsConfig = { ...common, ...command.options }
  const { known, fields } =
    command.takesFields === true ? takeFields(words, options) : { known: words, fields: {} }
  const { values, positionals, tokens } = parse(command, { words: known, options })
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []))
  const twice = given.find((name, at) => given.indexOf(name) < at && options[name]?.multiple !== true)
  if (twice !== undefined) throw usage(`${command.name}: --${twice} stands twice`, 'give it once')
  return { positionals, options: values, fields }
}

function parse(
  command: Command,
  { words, options }: { readonly words: readonly string[]; readonly options: ParseArgsOptionsConfig },
) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, tokens: true })
  } catch (error) {
    const [message] = error instanceof Error ? error.message.split('. ') : []
    throw usage(
      `${command.name}: ${message ?? 'the options could not be read'}`,
      `plimsoll help ${command.name} lists the options`,
    )
  }
}

const fieldPattern = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s

/** Takes `--name value` and `--name=value` out of the words where `name` is no option of the command. */
function takeFields(
  words: readonly string[],
  options: ParseArgsOptionsConfig,
): { known: string[]; fields: Record<string, string> } {
  const known: string[] = []
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  const waiting = [...words]
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    const [, name, given] = fieldPattern.exec(word) ?? []
    if (name === undefined) {
      known.push(word)
    } else if (Object.hasOwn(options, name)) {
      known.push(word)
      if (options[name]?.type === 'string' && given === undefined) known.push(...waiting.splice(0, 1))
    } else {
      addField(fields, name, given ?? valueFrom(waiting, name))
    }
  }
  return { known, fields }
}

function addField(fields: Record<string, string>, name: string, value: string): void {
  if (name in fields) throw usage(`--${name} stands twice`, 'a list is given with --input and JSON')
  fields[name] = value
}

/** The next word, where it is no option itself; a negative number is none. */
function valueFrom(waiting: string[], name: string): string {
  const value = waiting.shift()
  if (value !== undefined && !value.startsWith('--')) return value
  throw usage(`--${name} has no value`, `write --${name} VALUE, or --${name}=VALUE where it begins with --`)
}
