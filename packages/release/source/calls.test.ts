import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UseDocument } from '@plimsoll/contract'
import * as fc from 'fast-check'
import { parseSync } from 'rolldown/utils'
import { callsOf, type InlineHandler } from './calls.ts'

const facts = { attempts: 1, timeoutMs: 250, optional: false } as const
const uses: readonly UseDocument[] = [
  {
    kind: 'operation',
    alias: 'catalog',
    service: 'catalog',
    operation: 'lookup',
    contractVersion: '1.0.0',
    ...facts,
  },
  {
    kind: 'operation',
    alias: 'catalog',
    service: 'catalog',
    operation: 'search',
    contractVersion: '1.0.0',
    ...facts,
  },
  {
    kind: 'operation',
    alias: 'stock',
    service: 'inventory',
    operation: 'reserve',
    contractVersion: '1.0.0',
    ...facts,
  },
  { kind: 'external', alias: 'provider', external: 'card-provider', sends: [], ...facts },
]
const every = ['card-provider', 'catalog.lookup', 'catalog.search', 'inventory.reserve']

function inferred(handler: string): string[] | 'every' {
  const { program, errors } = parseSync('handler.ts', `const operations = { ${handler} }`, { lang: 'ts' })
  assert.deepEqual(errors, [])
  const [statement] = program.body
  assert.ok(statement?.type === 'VariableDeclaration')
  const literal = statement.declarations[0]?.init
  assert.ok(literal?.type === 'ObjectExpression')
  const [property] = literal.properties
  assert.ok(property?.type === 'Property')
  const calls = callsOf(property.value as InlineHandler, uses)
  return calls === undefined ? 'every' : [...calls.keys()].toSorted()
}

const lookup = ['catalog.lookup']
const catalog = ['catalog.lookup', 'catalog.search']

const shapes: readonly [string, string, string[] | 'every'][] = [
  ['no context', 'quote(input) { return input }', []],
  ['no parameters', 'quote() { return 1 }', []],
  ['a bound client that is not used', 'quote(input, { catalog }) { return input }', []],
  ['a call', 'async quote(input, { catalog }) { return await catalog.lookup(input) }', lookup],
  ['an arrow function', 'quote: async (input, { catalog }) => catalog.lookup(input)', lookup],
  ['a function expression', 'quote: function (input, { catalog }) { return catalog.lookup(input) }', lookup],
  ['an optional chain', 'quote(input, { catalog }) { return catalog?.lookup?.(input) }', lookup],
  ['a renamed client', 'quote(input, { catalog: shelf }) { return shelf.lookup(input) }', lookup],
  ['a quoted name', "quote(input, { 'catalog': shelf }) { return shelf.lookup(input) }", lookup],
  ['a default', 'quote(input, { catalog = undefined }) { return catalog.lookup(input) }', lookup],
  [
    'a renamed client with a default',
    'quote(input, { catalog: c = 1 as any }) { return c.lookup(input) }',
    lookup,
  ],
  [
    'a default for the whole context',
    'quote(input, { catalog } = {} as any) { return catalog.lookup(input) }',
    lookup,
  ],
  [
    'types on parameters',
    'quote(input: Input, { catalog }: Context) { return catalog.lookup(input) }',
    lookup,
  ],
  [
    'two clients',
    'quote(i, { catalog, stock }) { catalog.search(i); return stock.reserve(i) }',
    ['catalog.search', 'inventory.reserve'],
  ],
  ['an external', 'pay(i, { provider }) { return provider.fetch("/charges") }', ['card-provider']],
  ['an external passed on', 'pay(i, { provider }) { return charge(provider) }', ['card-provider']],
  ['a nested function', 'quote(i, { catalog }) { return i.map((one) => () => catalog.lookup(one)) }', lookup],
  [
    'a class in the handler',
    'quote(i, { catalog }) { return new (class { go() { return catalog.lookup(i) } })() }',
    lookup,
  ],
  ['an operation passed on as a function', 'quote(i, { catalog }) { return i.map(catalog.lookup) }', lookup],
  ['a tagged template', 'quote(i, { catalog }) { return catalog.lookup`${i}` }', lookup],
  ['destructuring in the parameters', 'quote(i, { catalog: { lookup } }) { return lookup(i) }', lookup],
  [
    'destructuring with a rename',
    'quote(i, { catalog: { lookup: find = null } }) { return find(i) }',
    lookup,
  ],
  ['destructuring with a rest', 'quote(i, { catalog: { lookup, ...rest } }) { return lookup(i) }', catalog],
  ['destructuring with a computed name', 'quote(i, { catalog: { [i.name]: go } }) { return go(i) }', catalog],
  ['destructuring an array', 'quote(i, { catalog: [first] }) { return first(i) }', catalog],
  [
    'destructuring in the body',
    'quote(i, { catalog }) { const { lookup } = catalog; return lookup(i) }',
    catalog,
  ],
  ['a computed operation', 'quote(i, { catalog }) { return catalog[i.name](i) }', catalog],
  ['a client passed on', 'quote(i, { catalog }) { return helper(catalog) }', catalog],
  ['a client in an object', 'quote(i, { catalog }) { return helper({ catalog }) }', catalog],
  [
    'a client under another name',
    'quote(i, { catalog }) { const shelf = catalog; return shelf.lookup(i) }',
    catalog,
  ],
  ['a client kept outside', 'quote(i, { catalog }) { saved = catalog }', catalog],
  ['a client in parentheses', 'quote(i, { catalog }) { return (catalog).lookup(i) }', catalog],
  ['a cast client', 'quote(i, { catalog }) { return (catalog as any).secret(i) }', catalog],
  ['a client spread', 'quote(i, { catalog }) { return helper(...catalog, { ...catalog }) }', catalog],
  ['a client returned', 'quote(i, { catalog }) { return catalog }', catalog],
  ['a client by its own method', 'quote(i, { catalog }) { return catalog.valueOf()[i.name](i) }', catalog],
  [
    'a client in a default of a later parameter',
    'quote(i, { catalog, go = catalog }) { return go[i.name](i) }',
    catalog,
  ],
  [
    'a shadowing name counts too',
    'quote(i, { catalog }) { return i.map((catalog) => catalog.lookup) }',
    catalog,
  ],
  [
    'a property of the same name is no client',
    'quote(i, { catalog }) { return i.catalog.search + catalog.lookup(i) }',
    lookup,
  ],
  [
    'a key of the same name is no client',
    'quote(i, { catalog }) { return { catalog: catalog.lookup(i) } }',
    lookup,
  ],
  ['a rest in the context', 'quote(i, { catalog, ...rest }) { return catalog.lookup(i) }', 'every'],
  ['a computed name in the context', 'quote(i, { [i.name]: client }) { return client.lookup(i) }', 'every'],
  ['a prototype in the context', 'quote(i, { __proto__: base }) { return base }', 'every'],
  ['an array for the context', 'quote(i, [catalog]) { return catalog.lookup(i) }', 'every'],
  ['rest parameters', 'quote(...all) { return all[1].catalog.lookup(all[0]) }', 'every'],
  ['a rest after the input', 'quote(i, ...all) { return all[0].catalog.lookup(i) }', 'every'],
  ['arguments', 'quote: function (i) { return arguments[1].catalog.lookup(i) }', 'every'],
  ['eval', 'quote(i, { catalog }) { return eval(i) }', 'every'],
  ['a whole context', 'quote(i, context) { return context.catalog.lookup(i) }', lookup],
  [
    'a whole context with optional chains',
    'quote(i, context) { return context?.catalog?.lookup(i) }',
    lookup,
  ],
  [
    'a whole context for its facts',
    'quote(i, context) { context.log("seen"); return context.caller.name }',
    [],
  ],
  ['a whole context, a client passed on', 'quote(i, context) { return helper(context.catalog) }', catalog],
  [
    'a whole context, a computed operation',
    'quote(i, context) { return context.catalog[i.name](i) }',
    catalog,
  ],
  ['a whole context, computed', 'quote(i, context) { return context[i.name].lookup(i) }', 'every'],
  ['a whole context passed on', 'quote(i, context) { return helper(i, context) }', 'every'],
  [
    'a whole context taken apart',
    'quote(i, context) { const { catalog } = context; return catalog.lookup(i) }',
    'every',
  ],
  ['a whole context by its own method', 'quote(i, context) { return context.valueOf()[i.name] }', 'every'],
  [
    'a whole context under another name',
    'quote(i, context) { let c = context; return c.catalog.lookup(i) }',
    'every',
  ],
  [
    'a whole context with a default',
    'quote(i, context = other) { return context.stock.reserve(i) }',
    ['inventory.reserve'],
  ],
]

for (const [title, handler, expected] of shapes) {
  test(`calls of a handler with ${title}`, () => assert.deepEqual(inferred(handler), expected))
}

test('the place of a call is where it is first made', () => {
  const source = '({ quote(i, { catalog }) { if (i) return catalog.lookup(i); return catalog.lookup(1) } })'
  const { program } = parseSync('handler.ts', source, { lang: 'ts', preserveParens: false })
  const [statement] = program.body
  assert.ok(statement?.type === 'ExpressionStatement' && statement.expression.type === 'ObjectExpression')
  const [property] = statement.expression.properties
  assert.ok(property?.type === 'Property')
  const calls = callsOf(property.value as InlineHandler, uses)
  assert.equal(calls?.get('catalog.lookup'), source.indexOf('catalog.lookup'))
})

test('a very deep expression is read without exhausting the stack', () => {
  const sum = Array.from({ length: 3_000 }, () => 'input').join(' + ')
  assert.deepEqual(inferred(`quote(input, { catalog }) { return catalog.lookup(${sum}) }`), lookup)
})

/** Runs a handler with clients that note what is called. */
function called(handler: string): string[] {
  const made = new Set<string>()
  const client = (alias: string): object =>
    Object.fromEntries(
      uses
        .filter((use) => use.alias === alias)
        .map((use) =>
          use.kind === 'operation'
            ? [use.operation, () => made.add(`${use.service}.${use.operation}`)]
            : ['fetch', () => made.add(use.external)],
        ),
    )
  const context = { catalog: client('catalog'), stock: client('stock'), provider: client('provider') }
  // The source is made of the fixed parts below; running it is the point: what it calls is the truth to compare with.
  // oxlint-disable-next-line typescript/no-implied-eval
  const operations = new Function(`"use strict"; return { ${handler} }`)() as {
    quote: (...all: unknown[]) => void
  }
  try {
    operations.quote({ name: 'search', list: [1] }, context)
  } catch {
    // A generated handler may throw, such as for a client that it does not have: what it called before still counts.
  }
  return [...made]
}

const parameter = fc.constantFrom(
  '{ catalog, stock, provider }',
  '{ catalog: stock, stock: catalog, provider }',
  '{ catalog, ...stock }',
  '{ catalog: { lookup, ...provider }, stock }',
  '{ stock, catalog = stock, provider = catalog }',
  '{ catalog = null, stock: { reserve }, provider: { fetch: lookup } }',
  'catalog',
  'context',
  '...catalog',
  '{ ["cata" + "log"]: catalog, stock }',
)
const expression = fc.letrec<{ value: string; client: string }>((tie) => ({
  client: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'catalog',
      'stock',
      'provider',
      'context',
      'context.catalog',
      'context.stock',
      'lookup',
      'reserve',
    ),
    tie('client').map((client) => `(${client})`),
    tie('client').map((client) => `[${client}][0]`),
    tie('client').map((client) => `({ client: ${client} }).client`),
    tie('client').map((client) => `(() => ${client})()`),
    tie('client').map((client) => `(function () { return ${client} })()`),
    tie('client').map((client) => `${client}.valueOf()`),
    fc
      .tuple(tie('client'), fc.constantFrom('catalog', 'stock', 'provider'))
      .map(([client, name]) => `${client}?.${name}`),
    fc.constant('arguments[1]'),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(tie('client'), fc.constantFrom('lookup', 'search', 'reserve', 'fetch'))
      .map(([client, name]) => `${client}.${name}()`),
    tie('client').map((client) => `${client}?.search?.(1)`),
    tie('client').map((client) => `${client}[input.name]()`),
    tie('client').map((client) => `input.list.map(${client}.lookup)`),
    tie('client').map((client) => `(({ search }) => search())(${client})`),
    tie('client').map((client) => `((catalog) => catalog.lookup())(${client})`),
    tie('client').map((client) => `Object.values(${client}).forEach((go) => go())`),
    tie('value').map((value) => `[1].map(() => ${value})`),
    tie('client').map((client) => `${client}()`),
  ),
}))
const statement = fc.oneof(
  expression.value.map((value) => `try { ${value} } catch {}`),
  expression.client.map((client) => `try { var { search: go } = ${client}; go() } catch {}`),
  fc
    .tuple(expression.client, expression.value)
    .map(([client, value]) => `{ const stock = ${client}; ${value} }`),
  fc.tuple(expression.client, expression.client).map(([to, from]) => `try { ${to} = ${from} } catch {}`),
)

test('whatever a handler calls when it runs, its source has told', () => {
  fc.assert(
    fc.property(parameter, fc.array(statement, { minLength: 1, maxLength: 4 }), (parameter, body) => {
      const parameters = parameter.startsWith('...') ? parameter : `input, ${parameter}`
      const handler = `quote(${parameters}) { ${parameters === parameter ? 'const input = catalog[0];' : ''} ${body.join('; ')} }`
      fc.pre(parseSync('h.ts', `({ ${handler} })`, { lang: 'ts' }).errors.length === 0)
      const told = inferred(handler)
      const known: readonly string[] = told === 'every' ? every : told
      for (const call of called(handler)) assert.ok(known.includes(call), `${call} of ${handler}`)
    }),
    { numRuns: 3_000 },
  )
})
