import { readTelemetry } from '../telemetry/reading.ts'
import { Telemetry } from '../telemetry/telemetry.ts'
import type { EngineChannel } from './channel.ts'
import type { Bootstrap } from './protocol.ts'

/** The telemetry of this process, and the answers to the engine that asks for it; nobody else is told of it. */
export function answerForTelemetry(service: string, bootstrap: Bootstrap, channel: EngineChannel): Telemetry {
  const { instance, manifest, snapshot } = bootstrap
  const version = manifest?.contract.version
  const telemetry = new Telemetry({ service, instance, version, sampling: snapshot.sampling })
  channel.onMessage((message) => {
    if (message.type === 'snapshot') telemetry.sampling = message.snapshot.sampling ?? 1
    if (message.type !== 'telemetry-request') return
    const { id, since, metrics } = message
    void channel.send({ type: 'telemetry', id, told: readTelemetry(telemetry, { since, metrics }) })
  })
  return telemetry
}
