import { messageOf, PlimsollError } from '@plimsoll/base'
import { startControlPlane } from '@plimsoll/control'
import { createLogger } from '@plimsoll/service'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { state: { type: 'string' }, 'trust-domain': { type: 'string' } },
})

try {
  const control = await startControlPlane({
    state: values.state ?? '.plimsoll',
    trustDomain: values['trust-domain'] ?? 'local',
    gatewayProgram: fileURLToPath(import.meta.resolve('@plimsoll/gateway-program')),
    logger: createLogger({
      service: 'control',
      instance: 'control/0',
      sink: (line) => process.stderr.write(line),
    }),
  })
  endWith(() => control.close())
  process.send?.({ type: 'ready', address: control.address })
} catch (thrown) {
  const { code, fix, place } =
    thrown instanceof PlimsollError ? thrown : { code: 'INTERNAL', fix: undefined, place: undefined }
  const failure = { type: 'failed', code, message: messageOf(thrown), fix, place }
  if (process.send === undefined) process.stderr.write(`${JSON.stringify(failure)}\n`)
  else process.send(failure)
  process.exitCode = 1
  process.disconnect?.()
}

/** Ends once, in good order: on a signal, or when the program that started this one is gone. */
function endWith(close: () => Promise<void>): void {
  let ending: Promise<void> | undefined
  const end = () => {
    ending ??= close().then(() => process.exit(0))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)
  if (process.send !== undefined) process.once('disconnect', end)
}
