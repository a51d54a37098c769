import {
  buildReleases,
  recordsOf,
  submit,
  vetCandidate,
  type Candidate,
  type ConfiguredProject,
  type Connection,
} from '@plimsoll/control/client'
import type { WarmLoader } from '@plimsoll/release'
import type { Verdict } from '@plimsoll/vetting/gate'
import { realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { readAfresh, type Configuration } from './configuration.ts'
import type { Events } from './events.ts'

type Releases = Awaited<ReturnType<typeof buildReleases>>
type Findings = Verdict['findings']

export interface SessionOptions {
  readonly configuration: Configuration
  readonly connection: Connection
  readonly loader: WarmLoader
  readonly events: Events
}

/** Keeps what runs as the sources say, as far as they can be built and are admitted. */
export class Session {
  readonly #options: SessionOptions
  #configuration: Configuration
  #releases: Releases = {}
  /** Service → files that its last build read. */
  readonly #inputs = new Map<string, readonly string[]>()
  /** Services whose sources were never built as they are. */
  readonly #unbuilt = new Set<string>()
  #findings: Findings = []

  constructor(options: SessionOptions) {
    this.#options = options
    this.#configuration = options.configuration
    for (const name of Object.keys(this.#project.settings.services)) this.#unbuilt.add(name)
  }

  /** Every file whose change can change what runs. */
  get files(): ReadonlySet<string> {
    const { inputs, project } = this.#configuration
    const entries = Object.keys(project.settings.services).map((name) => this.#entry(name))
    return new Set([...inputs, ...entries, ...[...this.#inputs.values()].flat()])
  }

  /** Follows a change of files: builds what it touches, judges, and goes live. What does not get so far is told. */
  async follow(changed: ReadonlySet<string>): Promise<void> {
    try {
      await this.#step(changed)
    } catch (thrown) {
      this.#options.events.problem(thrown)
    }
    this.#options.loader.prepare()
  }

  get #project(): ConfiguredProject {
    return this.#configuration.project
  }

  async #step(changed: ReadonlySet<string>): Promise<void> {
    const { connection } = this.#options
    const touches = (inputs: readonly string[]) => inputs.some((input) => changed.has(input))
    for (const [name, inputs] of this.#inputs) if (touches(inputs)) this.#unbuilt.add(name)
    const reconfigured = touches(this.#configuration.inputs)
    if (reconfigured) await this.#reconfigure()
    // A file that no build has read may be the one that a broken build looks for: those are tried again in any case.
    const services = [...this.#unbuilt]
    if (services.length === 0 && !reconfigured) return
    const begun = performance.now()
    const [running] = await Promise.all([connection.running(), this.#build(services)])
    const built = performance.now()
    const candidate = await vetCandidate(this.#project, this.#releases, running.deployment)
    const vetted = performance.now()
    this.#tellFindings(candidate)
    await this.#goLive(candidate, { build: Math.round(built - begun), vet: Math.round(vetted - built) })
  }

  async #reconfigure(): Promise<void> {
    this.#configuration = await readAfresh(this.#project)
    const names = Object.keys(this.#project.settings.services)
    this.#releases = Object.fromEntries(
      Object.entries(this.#releases).filter(([name]) => names.includes(name)),
    )
    for (const name of [...this.#inputs.keys(), ...this.#unbuilt]) {
      if (names.includes(name)) continue
      this.#inputs.delete(name)
      this.#unbuilt.delete(name)
    }
    for (const name of names) {
      // Another entry module may stand there now.
      if (!(this.#inputs.get(name) ?? []).includes(this.#entry(name))) this.#unbuilt.add(name)
    }
  }

  /** All that can be built is; the first that cannot is told when the others are done. */
  async #build(services: readonly string[]): Promise<void> {
    const { loader } = this.#options
    const records = recordsOf(this.#project)
    const failures: unknown[] = []
    const waiting = [...services]
    const one = async () => {
      for (let service = waiting.shift(); service !== undefined; service = waiting.shift()) {
        try {
          const built = await buildReleases(this.#project, { services: [service], records, loader })
          this.#releases = { ...this.#releases, ...built }
          this.#unbuilt.delete(service)
          this.#inputs.set(service, records.inputs(this.#entry(service)))
        } catch (thrown) {
          failures.push(thrown)
        }
      }
    }
    await Promise.all(Array.from({ length: availableParallelism() }, one))
    if (failures.length > 0) throw failures[0]
  }

  #tellFindings({ verdict }: Candidate): void {
    const now = new Set(verdict.findings.map(({ fingerprint }) => fingerprint))
    const before = new Set(this.#findings.map(({ fingerprint }) => fingerprint))
    const news = verdict.findings.filter(({ fingerprint }) => !before.has(fingerprint))
    const gone = this.#findings.filter(({ fingerprint }) => !now.has(fingerprint))
    this.#findings = verdict.findings
    if (news.length + gone.length > 0) this.#options.events.findings(news, gone)
  }

  async #goLive(
    candidate: Candidate,
    steps: { readonly build: number; readonly vet: number },
  ): Promise<void> {
    const { events, connection } = this.#options
    if (candidate.unchanged) return events.unchanged()
    const services = Object.keys(candidate.verdict.candidate)
    if (!candidate.verdict.admitted) return events.refused(services)
    const begun = performance.now()
    const { generation, started } = await submit(this.#project, candidate, connection)
    const releases = started.map((name) => {
      const release = this.#releases[name]
      return release === undefined ? name : `${release.name}@${release.version}`
    })
    events.live({ generation, releases, steps: { ...steps, goLive: Math.round(performance.now() - begun) } })
  }

  #entry(service: string): string {
    const path = resolve(this.#project.root, this.#project.settings.services[service]?.entry ?? '')
    try {
      return realpathSync(path)
    } catch {
      return path
    }
  }
}
