// Why: the list of rules and its page in the reference are made from the folders, so that adding a rule touches one folder. `--check`
// says whether both are up to date.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Rule } from '@plimsoll/vetting'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'packages/vetting/rules')
const checking = process.argv.includes('--check')

/** Letters with which the ids of a group begin, and what it is about: the order of the page. */
const families = [
  ['AV', 'Availability', 'What fails alone, and what fails together.'],
  ['CF', 'Cascading failure', 'How one slow part takes others with it.'],
  ['IF', 'Information flow and trust', 'Who reaches what, as whom, and where data goes.'],
  ['SO', 'Shape of the composition', 'Cuts, coupling and ownership.'],
  ['CT', 'Contract', 'What callers were promised.'],
  ['RH', 'Run-time hardening', 'Walls around what runs.'],
  ['SC', 'Supply chain', 'Where what runs comes from.'],
  ['OP', 'Operations', 'Whether people can see and act.'],
] as const

const names = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, 'rule.ts')))
  .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
keep(join(folder, 'index.ts'), listOf(names))
const { rules } = await import('@plimsoll/vetting')
keep(join(root, 'docs/reference/rules.md'), await pageOf(rules))
console.log(`${names.length} rules`)

function listOf(folders: readonly string[]): string {
  const identifier = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return `// oxlint-disable max-lines -- one line a rule, written by a tool
import type { Rule } from '../finding.ts'
${folders.map((name) => `import { ${identifier(name)} } from './${name}/rule.ts'`).join('\n')}

/** Every rule, by id. Written by tools/rules.ts from the folders. */
export const rules: readonly Rule[] = [
${folders.map((name) => `  ${identifier(name)},`).join('\n')}
]
`
}

async function pageOf(all: readonly Rule[]): Promise<string> {
  const parts = new Map(await Promise.all(all.map(async (rule) => [rule.id, await partOf(rule)] as const)))
  const homeless = all.filter(({ id }) => !families.some(([prefix]) => id.startsWith(prefix)))
  if (homeless.length > 0) throw new Error(`no group for ${homeless.map(({ id }) => id).join(', ')}`)
  const sections = families.map(([prefix, title, about]) => {
    const own = all.filter(({ id }) => id.startsWith(prefix))
    return own.length === 0
      ? ''
      : `## ${title}\n\n${about}\n\n${tableOf(own)}\n\n${own.map(({ id }) => parts.get(id)).join('\n')}`
  })
  return `# Rules

Written by \`node tools/rules.ts\` from the rules themselves; \`plimsoll rules ID\` says the same in a terminal. A rule that rests on a fact
which is not in the files says "not evidenced", never "missing" and never "fine". A finding is accepted with a waiver
(\`plimsoll.waivers.yaml\`, or \`waivers\` of the configuration): rule, subject or fingerprint, owner, reason and last day.

${sections.filter((section) => section !== '').join('\n')}`
}

function tableOf(own: readonly Rule[]): string {
  const rows = own.map(
    ({ id, severity, title }) => `| [${id}](#${id.toLowerCase()}) | ${severity} | ${markdown(title)} |`,
  )
  return `| rule | severity | looks for |\n|---|---|---|\n${rows.join('\n')}`
}

async function partOf({ id, title, severity, why, fix, examples }: Rule): Promise<string> {
  const { good, bad } = await examples()
  const listed = (label: string, cases: object) => {
    const words = Object.keys(cases).filter((name) => name !== 'empty')
    return words.length === 0
      ? ''
      : `\n${label}\n\n${words.map((name) => `- ${markdown(name)}`).join('\n')}\n`
  }
  return `### ${id}

**${markdown(title)}** (${severity}). ${markdown(why)}

What removes it: ${markdown(fix)}
${listed('It speaks of:', bad)}${listed('It is silent about:', good)}`
}

/** Text in which nothing is taken for markup. */
function markdown(text: string): string {
  return text.replaceAll(/[\\*_<>|[\]`]/g, String.raw`\$&`)
}

function keep(path: string, text: string): void {
  const current = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (current === text) return
  if (checking) {
    console.error(`${relative(root, path)} is not up to date: node tools/rules.ts`)
    process.exitCode = 1
    return
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
