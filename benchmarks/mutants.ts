// Why: does the gate notice when a real architecture gets worse, and keep quiet when nothing changes? Counted, not believed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import {
  defaultDataClasses,
  emptyArchitecture,
  entriesOf,
  graphOf,
  read,
  type Architecture,
  type Call,
  type Component,
  type Fact,
  type SourceFile,
} from '@plimsoll/architecture'
import { vet, type VettedFinding } from '@plimsoll/vetting'
import { sketch } from '../packages/vetting/rules/example.ts'
import { table } from './table.ts'
import { rewritings } from './mutants/rewritings.ts'

/** One architecture before and after one thing was made worse. */
interface Mutant {
  readonly operator: string
  /** What was changed; the finding has to name it. */
  readonly about: string
  readonly before: Architecture
  readonly after: Architecture
  /** Ids of the rules of which one has to notice. */
  readonly rule: RegExp
}

const evidence = { file: 'mutant.yaml', line: 1 }
const fact = <T>(value: T): Fact<T> => ({ value, evidence })
const mostPerOperator = 16
/** Rules that look at one component alone: what linters of one file see. */
const linter = /^(?:RH|SC|IF17|AV2|AV4|OP1)/

/** Prints the table, what was missed, and the figures; the last line is one JSON object. */
export function run(): void {
  const sources = corpus()
  const mutants = [...sources.map(({ architecture }) => architecture), shop()].flatMap(mutantsOf)
  const outcomes = mutants.map((mutant) => ({ mutant, fresh: freshFindings(mutant) }))
  const noticed = (outcome: (typeof outcomes)[number], rule = outcome.mutant.rule) =>
    outcome.fresh.some((finding) => rule.test(finding.rule) && names(finding, outcome.mutant.about))
  const byOperator = Map.groupBy(outcomes, ({ mutant }) => mutant.operator)
  const rows = [...byOperator].map(([operator, list]) => {
    const killed = list.filter((outcome) => noticed(outcome)).length
    const seen = list.filter(({ fresh }) => fresh.some(({ rule }) => linter.test(rule))).length
    return [operator, String(list.length), percent(killed, list.length), percent(seen, list.length)]
  })
  const killed = outcomes.filter((outcome) => noticed(outcome)).length
  const seen = outcomes.filter(({ fresh }) => fresh.some(({ rule }) => linter.test(rule))).length
  const total = [
    'all',
    String(outcomes.length),
    percent(killed, outcomes.length),
    percent(seen, outcomes.length),
  ]
  console.log(
    table([
      ['made worse', 'mutants', 'noticed by the right rule', 'by rules of one component alone'],
      ...rows,
      total,
    ]),
  )
  console.log(
    `ratio to single-component rules, as file linters have them: ${(killed / Math.max(1, seen)).toFixed(2)} ×\n`,
  )
  for (const outcome of outcomes.filter((one) => !noticed(one)).slice(0, 30)) {
    const rules = outcome.fresh.map(({ rule }) => rule).join(' ')
    console.log(
      `missed  ${outcome.mutant.before.name}: ${outcome.mutant.operator} ${outcome.mutant.about} (new: ${rules === '' ? 'nothing' : rules})`,
    )
  }
  const alarms = falseAlarms(sources)
  console.log(`\n${alarms.edits} edits that change nothing: ${alarms.findings} new findings`)
  console.log(
    JSON.stringify({
      mutants: outcomes.length,
      killed: Number((killed / outcomes.length).toFixed(4)),
      edits: alarms.edits,
      falseAlarms: alarms.findings,
    }),
  )
}

function percent(part: number, whole: number): string {
  return `${((part / Math.max(1, whole)) * 100).toFixed(1)} %`
}

/** What is new in the architecture after, or worse. */
function freshFindings({ before, after }: Pick<Mutant, 'before' | 'after'>): readonly VettedFinding[] {
  const { findings } = vet({
    before,
    after,
    alone: emptyArchitecture(after.name),
    candidate: {},
    policy: { failOn: 'low', operatorCalls: false } as never,
    waivers: [],
  })
  return findings.filter(({ origin }) => origin !== 'existing')
}

function names({ subject, message, path, evidence: places, members }: VettedFinding, about: string): boolean {
  const parts = about.split(' -> ')
  const text = JSON.stringify([subject, message, path, places, members])
  return parts.some((part) => text.includes(part))
}

interface Source {
  readonly files: readonly SourceFile[]
  readonly environment: Readonly<Record<string, string>>
  readonly architecture: Architecture
}

/** Every architecture of the corpus; sock-shop in both of its forms. */
function corpus(): readonly Source[] {
  const folder = join(process.env['PLIMSOLL_CORPUS'] ?? '../shared/corpus', 'architectures')
  if (!existsSync(folder)) throw new Error(`there is no corpus at ${folder}: set PLIMSOLL_CORPUS`)
  return readdirSync(folder).flatMap((name) => {
    const names_ = readdirSync(join(folder, name)).filter((file) => /\.ya?ml$/.test(file))
    const groups = [
      ...Map.groupBy(names_, (file) => (/compose/.test(file) ? 'compose' : 'kubernetes')).values(),
    ]
    const env = join(folder, name, '.env')
    const environment = existsSync(env) ? (parseEnv(readFileSync(env, 'utf8')) as Record<string, string>) : {}
    return groups.map((group) => {
      const files = group.map((file) => ({
        name: file,
        text: readFileSync(join(folder, name, file), 'utf8'),
      }))
      return { files, environment, architecture: read(files, { environment, name }) }
    })
  })
}

/** A shop with everything declared, as Plimsoll's own reader gives it: operations, deadlines, scopes, data classes. */
function shop(): Architecture {
  const secured = { encrypted: true, authentication: 'mutual-tls', synchronous: true, required: true }
  return sketch({
    name: 'shop',
    zones: { core: { clearance: 'personal' } },
    components: {
      anyone: { kind: 'client', receives: 'public', scopes: [] },
      storefront: { kind: 'client', receives: 'internal', scopes: ['orders:write'] },
      gateway: { kind: 'gateway', replicas: 2, zone: 'core', published: [{ port: '443' }] },
      ...Object.fromEntries(
        ['catalog', 'pricing', 'orders', 'payments', 'receipts'].map((id) => [
          id,
          { replicas: 2, zone: 'core' },
        ]),
      ),
      'orders-data': { kind: 'store', technology: 'postgres', replicas: 2, zone: 'core' },
      bank: { kind: 'external', receives: 'internal', address: 'https://bank.example' },
    },
    operations: {
      'catalog.lookup': operation({ deadlineMs: 150, access: 'services' }),
      'pricing.quote': operation({ deadlineMs: 400, access: 'consumers', scopes: ['orders:write'] }),
      'orders.place': operation({
        deadlineMs: 2_000,
        access: 'consumers',
        scopes: ['orders:write'],
        safe: false,
      }),
      'payments.charge': operation({ deadlineMs: 800, access: 'services' }),
      'receipts.show': operation({ deadlineMs: 900, access: 'consumers', scopes: ['orders:write'] }),
    },
    calls: {
      'storefront -> orders.place': { through: 'gateway', ...secured, authentication: 'api-key' },
      'storefront -> pricing.quote': { through: 'gateway', ...secured, authentication: 'api-key' },
      'storefront -> receipts.show': { through: 'gateway', ...secured, authentication: 'api-key' },
      'orders.place -> pricing.quote': { ...secured, timeoutMs: 400, attempts: 1 },
      'orders.place -> payments.charge': { ...secured, timeoutMs: 800, attempts: 1 },
      'pricing.quote -> catalog.lookup': { ...secured, timeoutMs: 150, attempts: 1 },
      'receipts.show -> catalog.lookup': { ...secured, timeoutMs: 150, attempts: 1 },
      'payments.charge -> bank': {
        encrypted: true,
        timeoutMs: 400,
        attempts: 1,
        synchronous: true,
        required: true,
        sends: ['internal'],
      },
      'orders -> orders-data': { synchronous: true, required: true },
    },
  })
}

function operation(facts: object): object {
  return { scopes: [], dataIn: [], dataOut: [], openOutput: false, idempotent: true, safe: true, ...facts }
}

function mutantsOf(architecture: Architecture): readonly Mutant[] {
  return operators.flatMap(([operator, rule, apply]) =>
    [...apply(architecture)]
      .slice(0, mostPerOperator)
      .map(([about, before, after]) => ({ operator, rule, about, before, after })),
  )
}

type Change = readonly [about: string, before: Architecture, after: Architecture]
type Operator = readonly [name: string, rule: RegExp, apply: (architecture: Architecture) => Iterable<Change>]

function withComponent(architecture: Architecture, id: string, facts: Partial<Component>): Architecture {
  return {
    ...architecture,
    components: architecture.components.map((one) => (one.id === id ? { ...one, ...facts } : one)),
  }
}

function withCalls(
  architecture: Architecture,
  change: (call: Call) => Call,
  more: readonly Call[] = [],
): Architecture {
  const calls = [...architecture.calls.map(change), ...more]
  return { ...architecture, calls: calls.toSorted((a, b) => (a.from + a.to < b.from + b.to ? -1 : 1)) }
}

/** The same fact for each component of some kinds, one component at a time. */
function eachComponent(
  kinds: readonly string[],
  facts: { readonly before?: Partial<Component>; readonly after: Partial<Component> },
  where: (component: Component, architecture: Architecture) => boolean = () => true,
) {
  return function* (architecture: Architecture): Iterable<Change> {
    for (const component of architecture.components) {
      if (!kinds.includes(component.kind.value) || !where(component, architecture)) continue
      const before =
        facts.before === undefined ? architecture : withComponent(architecture, component.id, facts.before)
      yield [
        component.id,
        before,
        withComponent(before, component.id, mergedHardening(component, facts.after)),
      ]
    }
  }
}

function mergedHardening({ hardening, traits }: Component, facts: Partial<Component>): Partial<Component> {
  return {
    ...facts,
    ...(facts.hardening === undefined ? {} : { hardening: { ...hardening, ...facts.hardening } }),
    ...(facts.traits === undefined ? {} : { traits: { ...traits, ...facts.traits } }),
  }
}

const running = ['service', 'gateway', 'store', 'broker', 'cache']
const inner = ['store', 'broker', 'cache']

/** Needed by an entry: what nobody needs may run once. */
function needed({ id }: Component, architecture: Architecture): boolean {
  const graph = graphOf(architecture)
  const seen = new Set(entriesOf(graph).map((entry) => graph.ownerOf(entry.id)?.id ?? entry.id))
  for (const from of seen) {
    for (const call of architecture.calls) {
      if (
        graph.ownerOf(call.from)?.id !== from ||
        call.required?.value === false ||
        call.synchronous?.value === false
      )
        continue
      const to = graph.ownerOf(call.to)?.id
      if (to !== undefined) seen.add(to)
    }
  }
  return seen.has(id)
}

/** Two calls one after another between three different components. */
function* chains(architecture: Architecture): Iterable<readonly [Call, Call]> {
  const graph = graphOf(architecture)
  const entries = new Set(entriesOf(graph).map(({ id }) => id))
  for (const first of architecture.calls) {
    const to = graph.ownerOf(first.to)
    if (!entries.has(first.from) || to?.kind.value !== 'service') continue
    for (const second of graph.callsOf(first.to)) {
      const last = graph.ownerOf(second.to)
      if (last === undefined || last.id === to.id || last.id === graph.ownerOf(first.from)?.id) continue
      yield [first, second]
    }
  }
}

function chained(facts: (position: 0 | 1, when: 'before' | 'after') => Partial<Call>) {
  return function* (architecture: Architecture): Iterable<Change> {
    for (const [first, second] of chains(architecture)) {
      const at = (when: 'before' | 'after') =>
        withCalls(architecture, (call) =>
          call === first
            ? { ...call, ...facts(0, when) }
            : call === second
              ? { ...call, ...facts(1, when) }
              : call,
        )
      yield [`${second.from} -> ${second.to}`, at('before'), at('after')]
    }
  }
}

const eachCall = (
  before: Partial<Call>,
  after: Partial<Call>,
  where: (call: Call, architecture: Architecture) => boolean,
) =>
  function* (architecture: Architecture): Iterable<Change> {
    for (const one of architecture.calls) {
      if (!where(one, architecture)) continue
      const with_ = (facts: Partial<Call>) =>
        withCalls(architecture, (call) => (call === one ? { ...call, ...facts } : call))
      yield [`${one.from} -> ${one.to}`, with_(before), with_(after)]
    }
  }

const betweenServices = ({ from, to }: Call, architecture: Architecture) => {
  const graph = graphOf(architecture)
  const kinds = [graph.ownerOf(from)?.kind.value, graph.ownerOf(to)?.kind.value]
  return kinds.every((kind) => kind === 'service' || kind === 'gateway')
}

function* shareStore(architecture: Architecture): Iterable<Change> {
  const graph = graphOf(architecture)
  const services = architecture.components.filter(({ kind }) => kind.value === 'service')
  for (const store of architecture.components.filter(({ kind }) => kind.value === 'store')) {
    const users = new Set(graph.callsTo(store.id).map(({ from }) => graph.ownerOf(from)?.id))
    if (users.size === 0) continue
    for (const service of services.filter(({ id }) => !users.has(id)).slice(0, 3)) {
      const call: Call = { from: service.id, to: store.id, protocol: fact('tcp'), evidence }
      yield [store.id, architecture, withCalls(architecture, (one) => one, [call])]
    }
  }
}

function* routeClassifiedOut(architecture: Architecture): Iterable<Change> {
  const outside: Component = {
    id: 'analytics-vendor',
    kind: fact('external'),
    receives: fact('public'),
    evidence,
  }
  const base = {
    ...architecture,
    dataClasses: architecture.dataClasses.length > 0 ? architecture.dataClasses : defaultDataClasses,
    components: [...architecture.components, outside].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  }
  for (const { id } of architecture.components.filter(({ kind }) => kind.value === 'service')) {
    const call = (sends: readonly string[]): Call => ({
      from: id,
      to: outside.id,
      protocol: fact('https'),
      encrypted: fact(true),
      sends: fact(sends),
      evidence,
    })
    yield [
      `${id} -> ${outside.id}`,
      withCalls(base, (one) => one, [call(['public'])]),
      withCalls(base, (one) => one, [call(['personal'])]),
    ]
  }
}

function* addCircle(architecture: Architecture): Iterable<Change> {
  for (const { from, to } of architecture.calls.filter((call) => betweenServices(call, architecture))) {
    const known = withCalls(architecture, (call) =>
      call.from === from && call.to === to ? { ...call, synchronous: fact(true) } : call,
    )
    const back: Call = { from: to, to: from, synchronous: fact(true), protocol: fact('http'), evidence }
    yield [`${to} -> ${from}`, known, withCalls(known, (call) => call, [back])]
  }
}

const unpublished = ({ published }: Component) => (published?.value.length ?? 0) === 0
const behindGateway = (component: Component, { components }: Architecture) =>
  unpublished(component) &&
  components.some(({ kind, published }) => kind.value === 'gateway' && (published?.value.length ?? 0) > 0)

const operators: readonly Operator[] = [
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

/** Edits of the files that change nothing: each must give exactly the findings that were there. */
function falseAlarms(sources: readonly Source[]): { readonly edits: number; readonly findings: number } {
  let edits = 0
  let findings = 0
  for (const { files, environment, architecture } of sources) {
    for (const [edit, rewritten] of rewritings(files)) {
      edits += 1
      const after = read(rewritten, { environment, name: architecture.name })
      const fresh = freshFindings({ before: architecture, after })
      findings += fresh.length
      for (const { rule, subject } of fresh)
        console.log(`false alarm  ${architecture.name}: ${edit}: ${rule} ${subject}`)
    }
  }
  return { edits, findings }
}
