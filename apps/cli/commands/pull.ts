import { pull as pullFrom } from '@plimsoll/control/client'
import { usage } from '../errors.ts'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { findProject } from '../project.ts'

export const pull: Command = {
  name: 'pull',
  usage: 'pull HOST/REPOSITORY:TAG',
  summary: 'bring a release of another machine from an OCI registry into the store',
  help: [
    'Every byte is verified, and a trusted key must have signed the release, before anything is kept. Trusted are the key of this',
    'project and the public keys in .plimsoll/keys/trusted/*.pub: lay the other project’s .plimsoll/keys/release.pub there.',
    'Then: plimsoll deploy SERVICE --release DIGEST, which vets it here.',
  ].join('\n'),
  options: {},
  optionHelp: {},
  examples: ['plimsoll pull registry.example.com/shop/pricing:1.0.0_0123456789ab'],
  run,
}

async function run({ folder, positionals, terminal }: Invocation): Promise<ExitCode> {
  const [place, ...more] = positionals
  if (place === undefined || more.length > 0)
    throw usage('pull takes one place', 'plimsoll pull HOST/REPOSITORY:TAG')
  const { name, version, digest } = await pullFrom(findProject(folder), place)
  terminal.result({ name, version, digest })
  terminal.say(`pulled ${name}@${version}`)
  terminal.say(digest)
  return 0
}
