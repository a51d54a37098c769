import type { Field } from '../field.ts'

export type Labels = ReadonlyMap<string, string>

/** What picks objects by their labels. */
export interface Selector {
  /** It has no condition. Whether that means all or none is up to who asks. */
  readonly empty: boolean
  /** As people write it on a command line: `app=cart,tier in (web)`. */
  readonly text: string
  matches(labels: Labels): boolean
}

interface Condition {
  readonly text: string
  matches(labels: Labels): boolean
}

/** The labels, or annotations, that stand at a field. */
export function labelsOf(field: Field): Labels {
  const pairs = field.members().flatMap(([key, member]) => {
    const value = member.word()
    return value === undefined ? [] : [[key, value] as const]
  })
  return new Map(pairs)
}

/** A selector with `matchLabels` and `matchExpressions`, as all but Services and replication controllers have. */
export function selectorOf(field: Field): Selector {
  return allOf([
    ...equalities(field.at('matchLabels')),
    ...field.at('matchExpressions').items().map(expressionOf),
  ])
}

/** A selector that is a plain map of labels. */
export function plainSelectorOf(field: Field): Selector {
  return allOf(equalities(field))
}

function allOf(conditions: readonly Condition[]): Selector {
  return {
    empty: conditions.length === 0,
    text: conditions
      .map(({ text }) => text)
      .toSorted()
      .join(','),
    matches: (labels) => conditions.every((condition) => condition.matches(labels)),
  }
}

function equalities(field: Field): readonly Condition[] {
  return [...labelsOf(field)].map(([key, value]) => ({
    text: `${key}=${value}`,
    matches: (labels) => labels.get(key) === value,
  }))
}

/** `NotIn` and `DoesNotExist` also match where the label is absent (Kubernetes, "Labels and selectors"). */
function expressionOf(field: Field): Condition {
  const key = field.at('key').word() ?? ''
  const operator = field.at('operator').text() ?? ''
  const values = field.at('values').texts()
  const list = `(${values.join(', ')})`
  switch (operator) {
    case 'In':
      return { text: `${key} in ${list}`, matches: (labels) => values.includes(labels.get(key) ?? '\0') }
    case 'NotIn':
      return { text: `${key} notin ${list}`, matches: (labels) => !values.includes(labels.get(key) ?? '\0') }
    case 'Exists':
      return { text: key, matches: (labels) => labels.has(key) }
    case 'DoesNotExist':
      return { text: `!${key}`, matches: (labels) => !labels.has(key) }
    default:
      field.note('the operator is none of In, NotIn, Exists, DoesNotExist; the expression selects nothing')
      return { text: `${key} ${operator} ${list}`, matches: () => false }
  }
}
