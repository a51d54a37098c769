import type { Architecture, Component } from '@plimsoll/architecture'
import { addCircle, routeClassifiedOut, shareStore } from './calls.ts'
import {
  betweenServices,
  chained,
  eachCall,
  eachComponent,
  fact,
  inner,
  needed,
  running,
  type Operator,
} from './change.ts'

const unpublished = ({ published }: Component) => (published?.value.length ?? 0) === 0
const behindGateway = (component: Component, { components }: Architecture) =>
  unpublished(component) &&
  components.some(({ kind, published }) => kind.value === 'gateway' && (published?.value.length ?? 0) > 0)

/** What can become worse, and the rules of which one has to notice. */
export const operators: readonly Operator[] = [
  [
    'drop a replica',
    /^AV/,
    eachComponent(running, { before: { replicas: fact(2) }, after: { replicas: fact(1) } }, needed),
  ],
  [
    'publish a port of a store, broker or cache',
    /^IF(?:1|4|11|13)/,
    eachComponent(inner, { after: { published: fact([{ port: '5432' }]) } }, unpublished),
  ],
  [
    'a way around the gateway',
    /^IF4/,
    eachComponent(['service'], { after: { published: fact([{ port: '8080' }]) } }, behindGateway),
  ],
  [
    'stack retries',
    /^CF3/,
    chained((_at, when) => ({ synchronous: fact(true), attempts: fact(when === 'before' ? 1 : 3) })),
  ],
  [
    'shorten a deadline',
    /^CF2/,
    chained((at, when) => ({
      synchronous: fact(true),
      attempts: fact(1),
      timeoutMs: fact(at === 1 ? 1_000 : when === 'before' ? 3_000 : 200),
    })),
  ],
  [
    'remove an authentication',
    /^IF(?:1|3|5|20|22)/,
    eachCall({ authentication: fact('mutual-tls') }, { authentication: fact('none') }, betweenServices),
  ],
  [
    'remove an audience check',
    /^IF6/,
    eachCall(
      { tokenPassedOn: fact(true), audienceChecked: fact(true), carries: fact('user') },
      { tokenPassedOn: fact(true), audienceChecked: fact(false), carries: fact('user') },
      betweenServices,
    ),
  ],
  [
    'remove an encryption',
    /^IF9/,
    eachCall({ encrypted: fact(true) }, { encrypted: fact(false) }, betweenServices),
  ],
  ['share a store', /^CF9/, shareStore],
  ['route classified data out', /^IF10/, routeClassifiedOut],
  ['wait in a circle', /^CF7/, addCircle],
  [
    'mount the engine’s socket',
    /^RH3/,
    eachComponent(
      ['service'],
      { after: { hardening: { engineSocket: fact(true) } } },
      ({ hardening }) => hardening?.engineSocket?.value !== true,
    ),
  ],
  [
    'run privileged',
    /^RH(?:1|3)/,
    eachComponent(
      ['service', 'store'],
      { before: {}, after: { hardening: { privileged: fact(true) } } },
      ({ hardening }) => hardening?.privileged?.value !== true,
    ),
  ],
  [
    'write a secret down',
    /^IF17/,
    eachComponent(
      ['service'],
      { after: { plainSecrets: fact(['PAYMENT_KEY']) } },
      ({ plainSecrets }) => plainSecrets === undefined,
    ),
  ],
  [
    'take the memory limit away',
    /^RH4/,
    eachComponent(['service'], {
      before: { hardening: { memoryLimit: fact('256Mi') } },
      after: { hardening: { memoryLimit: fact(false as const) } },
    }),
  ],
]
