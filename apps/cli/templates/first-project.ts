/** The files of a first project, by path. */
export function firstProject(options: { name: string; version: string }): Readonly<Record<string, string>> {
  return {
    'package.json': packageManifest(options),
    'tsconfig.json': typescriptSettings,
    '.gitignore': 'node_modules/\n.plimsoll/\n',
    'services/greeting/contract.ts': contract,
    'services/greeting/service.ts': service,
    'plimsoll.config.ts': configuration(options.name),
  }
}

function packageManifest({ name, version }: { name: string; version: string }): string {
  const manifest = {
    name,
    private: true,
    type: 'module',
    scripts: { start: 'plimsoll up', check: 'tsc' },
    dependencies: {
      '@plimsoll/architecture': version,
      '@plimsoll/contract': version,
      '@plimsoll/service': version,
      plimsoll: version,
      zod: '^4.6.7',
    },
    devDependencies: { '@types/node': '^26.0.0', typescript: '^7.0.2' },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

const typescriptSettings = `{
  "compilerOptions": {
    "target": "esnext",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "types": ["node"],
    "skipLibCheck": true
  },
  "include": ["services", "plimsoll.config.ts"]
}
`

const contract = `import { defineContract } from '@plimsoll/contract'
import * as z from 'zod'

export const greeting = defineContract({
  name: 'greeting',
  version: '1.0.0',
  operations: {
    greet: {
      http: 'GET /greetings/{name}',
      input: z.object({ name: z.string().min(1).max(40) }),
      output: z.object({ text: z.string().max(100) }),
      access: 'public',
      deadline: '100ms',
    },
  },
})
`

const service = `import { implement } from '@plimsoll/service'
import { greeting } from './contract.ts'

export const service = implement(greeting, {
  operations: {
    greet: ({ name }) => ({ text: \`Hello, \${name}\` }),
  },
})
`

function configuration(name: string): string {
  return `import { defineArchitecture } from '@plimsoll/architecture'

export const architecture = defineArchitecture({
  name: '${name}',
  services: {
    greeting: { entry: 'services/greeting/service.ts', replicas: 2 },
  },
  gateway: { port: 8443, replicas: 2 },
  policy: { operatorCalls: true },
})
`
}
