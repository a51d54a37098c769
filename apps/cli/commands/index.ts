import type { Command } from '../command.ts'
import { call } from './call.ts'
import { deploy } from './deploy.ts'
import { init } from './init.ts'
import { logs } from './logs.ts'
import { mapCommand } from './map.ts'
import { release } from './release.ts'
import { rollback } from './rollback.ts'
import { rulesCommand } from './rules.ts'
import { status } from './status.ts'
import { up } from './up.ts'
import { vetCommand } from './vet.ts'

/** Every command, in the order in which a newcomer meets them. */
export const commands: readonly Command[] = [
  init,
  vetCommand,
  mapCommand,
  rulesCommand,
  up,
  call,
  deploy,
  status,
  logs,
  rollback,
  release,
]
