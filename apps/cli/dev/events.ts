import type { Finding, VettedFinding } from '@plimsoll/vetting/gate'
import { formatPlace } from '@plimsoll/base'
import { harmless, reportError, type Terminal } from '../terminal.ts'

/** How long the steps of a change took, in milliseconds. */
interface Steps {
  readonly build: number
  readonly vet: number
  readonly goLive?: number
}

/** What is told while one works: lines for people, or one line of JSON for each event. */
export interface Events {
  problem(thrown: unknown): void
  findings(news: readonly VettedFinding[], gone: readonly Finding[]): void
  unchanged(): void
  refused(services: readonly string[]): void
  live(event: {
    readonly generation: number
    readonly releases: readonly string[]
    readonly steps: Steps
  }): void
}

const stays = 'what ran runs on'

export function tellEvents(terminal: Terminal): Events {
  const line = (event: string, facts: object) => {
    if (terminal.json)
      process.stdout.write(`${JSON.stringify({ event, at: new Date().toISOString(), ...facts })}\n`)
  }
  const say = (text: string) => terminal.say(`${terminal.style('dim', clock())}  ${text}`)
  return {
    problem(thrown) {
      if (terminal.json) return line('problem', problemFacts(thrown))
      reportError(thrown, terminal)
      say(`${terminal.style('yellow', 'not live')}: ${stays}`)
    },
    findings(news, gone) {
      line('findings', { new: news, gone })
      for (const finding of news) {
        say(`${terminal.style(finding.refuses ? 'red' : 'yellow', '+ new')}   ${findingLine(finding)}`)
        terminal.say(`            ${terminal.style('dim', 'fix')} ${harmless(finding.fix)}`)
      }
      for (const finding of gone) say(`${terminal.style('green', '- gone')}  ${findingLine(finding)}`)
    },
    unchanged() {
      line('unchanged', {})
      say('unchanged: exactly this runs already')
    },
    refused(services) {
      line('refused', { services })
      say(`${terminal.style(['bold', 'red'], 'REFUSED')} ${services.join(', ')}: ${stays}`)
    },
    live({ generation, releases, steps }) {
      line('live', { generation, releases, steps })
      const total = steps.build + steps.vet + (steps.goLive ?? 0)
      const parts = `build ${steps.build}, vet ${steps.vet}, go live ${steps.goLive ?? 0}`
      say(
        `${terminal.style(['bold', 'green'], 'LIVE')} ${releases.join(', ') || 'settings'} (${total} ms: ${parts})`,
      )
    },
  }
}

function findingLine({ severity, rule, message, evidence }: Finding): string {
  const place = evidence
    .map(({ file, line }) => (file === undefined ? '' : formatPlace({ file, line })))
    .find((text) => text !== '')
  return harmless(`${severity} ${rule} ${message}${place === undefined ? '' : `  ${place}`}`)
}

function problemFacts(thrown: unknown): object {
  const { code, message, problems } = thrown as { code?: unknown; message?: unknown; problems?: unknown }
  return { code: typeof code === 'string' ? code : 'INTERNAL', message, problems }
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8)
}
