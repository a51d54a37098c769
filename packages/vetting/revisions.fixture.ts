// Why: random changes of an architecture, for properties that hold of every change.
import { defaultDataClasses, traits, type Architecture, type Component } from '@plimsoll/architecture'
import {
  callFacts,
  callOf,
  componentFacts,
  componentOf,
  fact,
  flag,
  hardeningFacts,
  oneOf,
  operationFacts,
  operationOf,
  placeOf,
  sorted,
  upTo,
  type Drawing,
  type Random,
} from './architectures.fixture.ts'

type Drafted<Part> = { -readonly [Key in keyof Part]: Part[Key] }
type Draft = Drafted<Architecture>
type Edit = (draft: Draft, random: Random) => void

function idsOf({ components, operations }: Architecture): readonly string[] {
  return [...components, ...operations].map(({ id }) => id)
}

function replaced<Part>(
  list: readonly Part[],
  random: Random,
  change: (part: Part) => Part | undefined,
): readonly Part[] {
  const at = Math.floor(random() * list.length)
  return list.flatMap((part, index) => (index === at ? (change(part) ?? []) : [part]))
}

/** One fact more, less or different. */
function refact<Part extends object>(part: Part, drawing: Drawing, random: Random): Part {
  const [name, draw] = oneOf(...Object.entries(drawing))(random)
  const { [name]: _dropped, ...rest } = part as Readonly<Record<string, unknown>>
  return (random() < 0.3 && name !== 'kind' ? rest : { ...rest, [name]: fact(draw(random), random) }) as Part
}

function refactIn(component: Component, member: 'traits' | 'hardening', random: Random): Component {
  const drawing =
    member === 'traits' ? Object.fromEntries(traits.map((name) => [name, flag])) : hardeningFacts
  return { ...component, [member]: refact(component[member] ?? {}, drawing, random) }
}

const edits: readonly Edit[] = [
  (draft, random) => {
    const id = `${oneOf('a', 'c', 'x')(random)}${10 + upTo(20)(random)}`
    if (idsOf(draft).includes(id)) return
    draft.components = [...draft.components, componentOf(id, random, 0.3)]
    if (random() < 0.7) draft.operations = [...draft.operations, operationOf(id, 'quote', random, 0.4)]
    const own = idsOf(draft).filter((each) => each.startsWith(id))
    for (let at = upTo(3)(random); at > 0; at -= 1) {
      const call = callOf(idsOf(draft), random, 0.3)
      draft.calls = [
        ...draft.calls,
        random() < 0.5 ? { ...call, from: oneOf(...own)(random) } : { ...call, to: oneOf(...own)(random) },
      ]
    }
  },
  (draft, random) => {
    const gone = oneOf(...draft.components)(random)
    draft.components = draft.components.filter((component) => component !== gone)
    if (random() < 0.7) {
      draft.operations = draft.operations.filter(({ component }) => component !== gone.id)
      draft.calls = draft.calls.filter(({ from, to }) =>
        [from, to].every((id) => id.split('.')[0] !== gone.id),
      )
    }
  },
  (draft, random) => {
    draft.components = replaced(draft.components, random, (part) => refact(part, componentFacts, random))
  },
  (draft, random) => {
    draft.components = replaced(draft.components, random, (part) => refactIn(part, 'traits', random))
  },
  (draft, random) => {
    draft.components = replaced(draft.components, random, (part) => refactIn(part, 'hardening', random))
  },
  (draft, random) => {
    draft.operations = replaced(draft.operations, random, (part) => refact(part, operationFacts, random))
  },
  (draft, random) => {
    draft.operations = replaced(draft.operations, random, () => undefined)
  },
  (draft, random) => {
    const { id } = oneOf(...draft.components)(random)
    const name = `more${upTo(3)(random)}`
    if (!idsOf(draft).includes(`${id}.${name}`))
      draft.operations = [...draft.operations, operationOf(id, name, random, 0.4)]
  },
  (draft, random) => {
    draft.calls = [...draft.calls, callOf(idsOf(draft), random, 0.4)]
  },
  (draft, random) => {
    draft.calls = replaced(draft.calls, random, () => undefined)
  },
  (draft, random) => {
    const names = draft.components.map(({ id }) => id)
    draft.calls = replaced(draft.calls, random, (part) => refact(part, callFacts(names), random))
  },
  (draft, random) => {
    draft.calls = replaced(draft.calls, random, (part) => ({ ...part, evidence: placeOf(random) }))
  },
]

const rareEdits: readonly Edit[] = [
  (draft, random) => {
    draft.zones = replaced(draft.zones, random, (zone) =>
      refact(zone, { clearance: oneOf(...defaultDataClasses) }, random),
    )
  },
  (draft, random) => {
    draft.networks = [{ id: 'front', evidence: placeOf(random) }]
  },
  (draft) => {
    draft.dataClasses = draft.dataClasses.toReversed()
  },
  (draft) => {
    draft.components = draft.components.toReversed()
    draft.calls = draft.calls.toReversed()
  },
  (draft) => {
    draft.name = `${draft.name}-2`
  },
  (draft, random) => {
    const again = oneOf(...draft.components)(random)
    draft.components = [...draft.components, { ...again, evidence: placeOf(random) }]
  },
]

/** The architecture after one to five changes: parts added, removed and changed, and seldom the whole turned round. */
export function revised(architecture: Architecture, random: Random): Architecture {
  const draft: Draft = { ...architecture }
  for (let at = 1 + upTo(4)(random); at > 0; at -= 1) {
    if (draft.components.length > 0) oneOf(...edits)(random)(draft, random)
  }
  const isSorted = random() < 0.9
  if (random() < 0.08 && draft.components.length > 0) oneOf(...rareEdits)(random)(draft, random)
  return isSorted && random() < 0.8 ? sorted(draft) : draft
}
