import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const cli = join(root, 'apps/cli/main.ts')

/** What a command said. */
interface Said {
  readonly code: number
  readonly output: string
  readonly error: string
}

/** A shop of its own in a temporary folder, at ports of its own, as `npm start` runs it. */
export interface RunningShop {
  readonly folder: string
  /** Variables under which its commands run. */
  readonly environment: NodeJS.ProcessEnv
  /** Address of the web shop. */
  readonly shop: string
  /** Everything that it printed. */
  readonly output: () => string
  /** Runs `plimsoll` in the shop's folder. */
  plimsoll(...words: readonly string[]): Promise<Said>
  /** Runs a line in a shell, as a person who copied it would. */
  shell(line: string): Promise<Said>
  /** As Ctrl-C does; gives the exit code. */
  interrupt(): Promise<number>
  /** Ends what still runs and removes the folder. */
  remove(): Promise<void>
}

/** Copies the shop, starts it, and waits until it says that it runs. */
export async function startShop(): Promise<RunningShop> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plimsoll-shop-')))
  cpSync(join(root, 'examples/shop'), folder, {
    recursive: true,
    filter: (path) => !/\/(?:node_modules|\.plimsoll)$/.test(path),
  })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const [shopPort, providerPort, gatewayPort] = await freePorts()
  const environment = {
    ...process.env,
    SHOP_PORT: String(shopPort),
    SHOP_PROVIDER_PORT: String(providerPort),
    SHOP_GATEWAY_PORT: String(gatewayPort),
    PAYMENT_PROVIDER_URL: `http://127.0.0.1:${providerPort}`,
    NO_COLOR: '1',
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
  }
  let printed = ''
  const program = fork(join(folder, 'start.ts'), {
    cwd: folder,
    env: environment,
    silent: true,
    detached: true,
  })
  for (const stream of [program.stdout, program.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  const ended = once(program, 'close') as Promise<[number | null]>
  await until(
    () => printed.includes('Ctrl-C ends everything.\n') && printed.includes('The shop runs'),
    ended,
    () => printed,
  )
  const run = (command: string, words: readonly string[]) =>
    said(spawn(command, [...words], { cwd: folder, env: environment }))
  return {
    folder,
    environment,
    shop: `http://127.0.0.1:${shopPort}`,
    output: () => printed,
    plimsoll: (...words) => run(process.execPath, [cli, ...words]),
    shell: (line) => run('bash', ['-c', line]),
    async interrupt() {
      // The terminal sends the signal to the whole group.
      process.kill(-(program.pid ?? 0), 'SIGINT')
      const [code] = await ended
      return code ?? -1
    },
    async remove() {
      if (program.exitCode === null && program.signalCode === null) {
        program.kill('SIGTERM')
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Three ports that nobody has. */
async function freePorts(): Promise<readonly number[]> {
  const servers = [createServer(), createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    }),
  )
  for (const server of servers) server.close()
  return ports
}

async function until(holds: () => boolean, ended: Promise<unknown>, printed: () => string): Promise<void> {
  let over = false
  void ended.finally(() => {
    over = true
  })
  for (let tries = 0; tries < 1_200 && !holds(); tries += 1) {
    if (over) throw new Error(`the shop ended:\n${printed()}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  if (!holds()) throw new Error(`the shop was not ready within two minutes:\n${printed()}`)
}

async function said(child: ChildProcess): Promise<Said> {
  let output = ''
  let error = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    error += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, output, error }
}

/** Processes of this machine whose command line names a folder. */
export function processesIn(folder: string, pids: readonly string[]): readonly string[] {
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}
