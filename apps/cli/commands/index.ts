import type { Command } from '../command.ts'

/** A command's name, and its module, which is loaded when somebody asks for it: none waits for what only others need. */
export interface CommandEntry {
  readonly name: string
  load(): Promise<Command>
}

/** Every command, in the order in which a newcomer meets them. */
export const commands: readonly CommandEntry[] = [
  { name: 'init', load: async () => (await import('./init.ts')).init },
  { name: 'vet', load: async () => (await import('./vet.ts')).vetCommand },
  { name: 'map', load: async () => (await import('./map.ts')).mapCommand },
  { name: 'rules', load: async () => (await import('./rules.ts')).rulesCommand },
  { name: 'up', load: async () => (await import('./up.ts')).up },
  { name: 'call', load: async () => (await import('./call.ts')).call },
  { name: 'deploy', load: async () => (await import('./deploy.ts')).deploy },
  { name: 'dev', load: async () => (await import('./dev.ts')).dev },
  { name: 'plan', load: async () => (await import('./plan.ts')).plan },
  { name: 'apply', load: async () => (await import('./apply.ts')).apply },
  { name: 'import', load: async () => (await import('./import.ts')).importCommand },
  { name: 'status', load: async () => (await import('./status.ts')).status },
  { name: 'logs', load: async () => (await import('./logs.ts')).logs },
  { name: 'trace', load: async () => (await import('./trace.ts')).trace },
  { name: 'audit', load: async () => (await import('./audit.ts')).audit },
  { name: 'rollback', load: async () => (await import('./rollback.ts')).rollback },
  { name: 'authority', load: async () => (await import('./authority.ts')).authority },
  { name: 'consumer', load: async () => (await import('./consumer.ts')).consumer },
  { name: 'backup', load: async () => (await import('./backup.ts')).backup },
  { name: 'restore', load: async () => (await import('./restore.ts')).restoreCommand },
  { name: 'release', load: async () => (await import('./release.ts')).release },
  { name: 'push', load: async () => (await import('./push.ts')).push },
  { name: 'pull', load: async () => (await import('./pull.ts')).pull },
]

/** All of them, loaded. */
export function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(commands.map((entry) => entry.load()))
}
