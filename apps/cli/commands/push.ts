import { buildReleases, push as pushTo } from '@plimsoll/control/client'
import { CliFailure, usage } from '../errors.ts'
import type { Command, ExitCode, Invocation } from '../command.ts'
import { readProject } from '../project.ts'

export const push: Command = {
  name: 'push',
  usage: 'push SERVICE HOST/REPOSITORY[:TAG]',
  summary: 'build, sign, and bring the release to an OCI registry, for other machines',
  help: [
    'The signatures go with it. Without a tag, the version is the tag, with `_` for `+`. Credentials are those of `docker login`',
    '(config.json of DOCKER_CONFIG or ~/.docker); helper programs are not run. Only https, but on this machine itself.',
  ].join('\n'),
  options: {},
  optionHelp: {},
  examples: ['plimsoll push pricing registry.example.com/shop/pricing'],
  run,
}

async function run({ folder, positionals, terminal }: Invocation): Promise<ExitCode> {
  const [service, place, ...more] = positionals
  if (service === undefined || place === undefined || more.length > 0)
    throw usage('push takes a service and a place', 'plimsoll push SERVICE HOST/REPOSITORY')
  const project = await readProject(folder)
  const release = (await buildReleases(project, { services: [service] }))[service]
  if (release === undefined) throw new CliFailure('NOT_STARTED', `${service} was not built`)
  const { digest, tag, referrers } = await pushTo(project, release.digest, place)
  terminal.result({ digest, tag, referrers })
  terminal.say(`pushed ${release.name}@${release.version}  tag ${tag}  ${referrers} signatures`)
  terminal.say(digest)
  return 0
}
