import { run } from '@plimsoll/gateway'

await run()
