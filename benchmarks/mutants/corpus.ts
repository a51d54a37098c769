import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Architecture, SourceFile } from '@plimsoll/architecture'
import { read } from '@plimsoll/architecture/read'

export interface Source {
  readonly files: readonly SourceFile[]
  readonly environment: Readonly<Record<string, string>>
  readonly architecture: Architecture
}

/** Every architecture of the corpus; sock-shop in both of its forms. */
export function corpus(): readonly Source[] {
  const folder = join(process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus', 'architectures')
  if (!existsSync(folder)) throw new Error(`there is no corpus at ${folder}: set PLIMSOLL_CORPUS`)
  return readdirSync(folder).flatMap((name) => {
    const names_ = readdirSync(join(folder, name)).filter((file) => /\.ya?ml$/.test(file))
    const groups = [
      ...Map.groupBy(names_, (file) => (/compose/.test(file) ? 'compose' : 'kubernetes')).values(),
    ]
    const env = join(folder, name, '.env')
    const environment = existsSync(env) ? (parseEnv(readFileSync(env, 'utf8')) as Record<string, string>) : {}
    return groups.map((group) => {
      const files = group.map((file) => ({
        name: file,
        text: readFileSync(join(folder, name, file), 'utf8'),
      }))
      return { files, environment, architecture: read(files, { environment, name }) }
    })
  })
}
