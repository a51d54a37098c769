import { join } from 'node:path'
import type { Deployment } from '@plimsoll/architecture'
import {
  exportSettings,
  longestSocketPath,
  openAdmin,
  startExporter,
  type Admin,
  type Exporter,
  type Logger,
  type Telemetry,
} from '@plimsoll/service'
import type { FleetTelemetry } from './fleet-telemetry.ts'

export interface WatchOptions {
  readonly fleet: FleetTelemetry
  /** The control plane's own. */
  readonly own: Telemetry
  /** What is live. */
  readonly deployment: () => Deployment | undefined
  /** The state folder. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
}

/** Lets others watch the fleet: exports where somebody says where to, and tells Prometheus. */
export interface Watch {
  /** Where Prometheus reads. */
  readonly admin: string
  close(): Promise<void>
}

const followMs = 2_000

/**
 * Begins to export, and to tell on the admin port. The processes themselves send nothing anywhere: what they may call is what they declare, and
 * a receiver of telemetry is not among it.
 * @throws {InvalidInput} `TELEMETRY` where the environment's settings are wrong
 */
export async function openWatch(options: WatchOptions): Promise<Watch> {
  const exporting = new Exporting(options)
  exporting.follow()
  const following = setInterval(() => exporting.follow(), followMs)
  following.unref()
  const admin = await openOwnAdmin(options, exporting)
  return {
    admin: admin.address,
    async close() {
      clearInterval(following)
      await exporting.close()
      await admin.close()
    },
  }
}

/** The exporter to where the environment or else the live deployment says. */
class Exporting {
  readonly #options: WatchOptions
  #endpoint: string | undefined
  #exporter: Exporter | undefined
  #changing: Promise<void> = Promise.resolve()

  constructor(options: WatchOptions) {
    this.#options = options
  }

  get exporter(): Exporter | undefined {
    return this.#exporter
  }

  /** @throws {InvalidInput} `TELEMETRY` the first time, where a setting is wrong */
  follow(): void {
    const { deployment, environment, fleet, logger } = this.#options
    const endpoint = deployment()?.telemetry?.endpoint
    if (this.#exporter !== undefined && endpoint === this.#endpoint) return
    if (this.#exporter === undefined && endpoint === this.#endpoint && endpoint !== undefined) return
    const settings = exportSettings(environment, endpoint)
    const before = this.#exporter
    this.#endpoint = endpoint
    this.#exporter = undefined
    if (before !== undefined) this.#changing = this.#changing.then(() => before.close())
    if (settings === undefined) return
    this.#exporter = startExporter({ settings, logger, collect: (wanted) => fleet.news(wanted) })
  }

  async close(): Promise<void> {
    await this.#changing
    await this.#exporter?.close()
    this.#exporter = undefined
  }
}

/** A socket in the state folder; where its path is too long for one, a port of the loopback interface. */
function openOwnAdmin(
  { fleet, own, folder, environment }: WatchOptions,
  exporting: Exporting,
): Promise<Admin> {
  const read = async () => [
    {
      resource: own.resource,
      metrics: [...own.metrics(), ...(exporting.exporter?.metrics() ?? [])],
    },
    ...(await fleet.metrics()),
  ]
  const port = environment['PLIMSOLL_ADMIN_PORT']
  if (port !== undefined && /^\d{1,5}$/.test(port))
    return openAdmin(read, { host: '127.0.0.1', port: Number(port) })
  const path = join(folder, 'admin.sock')
  return Buffer.byteLength(path) > longestSocketPath
    ? openAdmin(read, { host: '127.0.0.1', port: 0 })
    : openAdmin(read, { path })
}
