import type { ArchitectureSettings } from '@plimsoll/architecture'
import { openProject, type ConfiguredProject } from '@plimsoll/control/client'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A project in a folder of its own, that goes when the test is over. */
export interface TestProject {
  readonly root: string
  write(path: string, text: string): void
  /** The project with its configuration as it is now. */
  read(): Promise<ConfiguredProject>
  remove(): void
}

/** A project with these files, by path; `plimsoll.config.ts` among them. Packages come from this repository. */
export function createProject(files: Readonly<Record<string, string>>): TestProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-test-')))
  const repository = join(dirname(fileURLToPath(import.meta.url)), '../..')
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  let reads = 0
  const project: TestProject = {
    root,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    },
    async read() {
      reads += 1
      // Another address each time: Node keeps what it has loaded once.
      const address = `${pathToFileURL(join(root, 'plimsoll.config.ts')).href}?${reads}`
      const { architecture } = (await import(address)) as { architecture: ArchitectureSettings }
      return { ...openProject(root), settings: architecture, places: {} }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
  project.write('package.json', '{ "type": "module" }\n')
  for (const [path, text] of Object.entries(files)) project.write(path, text)
  return project
}
