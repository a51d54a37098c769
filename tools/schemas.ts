// Why: the published JSON Schemas are made from the types that the code uses, so that they cannot tell something else. `--check` says
// whether they are up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, type ESTree } from 'rolldown/utils'

const root = join(import.meta.dirname, '..')

interface Published {
  readonly file: string
  readonly id: string
  readonly type: string
  readonly title: string
  /** Sources whose types it is made of. */
  readonly sources: readonly string[]
  /** Types that another schema describes, by its id. */
  readonly elsewhere: Readonly<Record<string, string>>
}

const published: readonly Published[] = [
  {
    file: 'packages/architecture/architecture.schema.json',
    id: 'urn:plimsoll:schema:architecture:1',
    type: 'Architecture',
    title: 'Everything that runs together, as one graph',
    sources: ['packages/architecture/model.ts', 'packages/base/errors.ts', 'packages/base/json.ts'],
    elsewhere: {},
  },
  {
    file: 'packages/vetting/reports/report.schema.json',
    id: 'urn:plimsoll:schema:report:1',
    type: 'Report',
    title: 'What one judgement of an architecture says',
    sources: [
      'packages/vetting/reports/report.ts',
      'packages/vetting/reports/coverage.ts',
      'packages/vetting/reports/delta.ts',
      'packages/vetting/finding.ts',
      'packages/architecture/deployment.ts',
      'packages/architecture/model.ts',
      'packages/base/errors.ts',
      'packages/base/json.ts',
    ],
    elsewhere: { Architecture: 'urn:plimsoll:schema:architecture:1' },
  },
]

type Schema = Readonly<Record<string, unknown>>

/** Declarations of some sources by name, and what is needed to turn one into a schema. */
class Types {
  readonly #declared = new Map<string, { readonly node: ESTree.Node; readonly doc: string }>()
  readonly #elsewhere: Readonly<Record<string, string>>
  readonly used = new Map<string, Schema>()

  constructor({ sources, elsewhere }: Published) {
    this.#elsewhere = elsewhere
    for (const source of sources) this.#collect(readFileSync(join(root, source), 'utf8'), source)
  }

  #collect(text: string, source: string): void {
    const { program, errors, comments } = parseSync(source, text, { lang: 'ts' })
    if (errors.length > 0) throw new Error(`${source} does not parse`)
    const docs = comments.filter(({ value }) => value.startsWith('*'))
    const docBefore = (start: number) => {
      const doc = docs.findLast(({ end }) => end <= start)
      return doc !== undefined && text.slice(doc.end, start).trim() === '' ? wordsOf(doc.value) : ''
    }
    for (const statement of program.body) {
      const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
      if (node === null) continue
      const add = (name: string) => {
        this.#declared.set(name, { node, doc: docBefore(statement.start) })
        this.#docs.set(node, docBefore)
      }
      if (node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration') add(node.id.name)
      const [constant] = node.type === 'VariableDeclaration' ? node.declarations : []
      if (constant?.id.type === 'Identifier') add(constant.id.name)
    }
  }

  readonly #docs = new WeakMap<ESTree.Node, (start: number) => string>()

  /** A reference to a declared type, which becomes a definition of its own. */
  reference(name: string): Schema {
    const id = this.#elsewhere[name]
    if (id !== undefined) return { $ref: id }
    if (!this.used.has(name)) {
      this.used.set(name, {})
      const { node, doc } = this.#find(name)
      const schema =
        node.type === 'TSInterfaceDeclaration' ? this.#object(this.#members(name)) : this.#alias(node)
      this.used.set(name, { ...(doc === '' ? {} : { description: doc }), ...schema })
    }
    return { $ref: `#/$defs/${name}` }
  }

  #find(name: string) {
    const found = this.#declared.get(name)
    if (found === undefined) throw new Error(`there is no type ${name} among the sources of the schema`)
    return found
  }

  #alias(node: ESTree.Node): Schema {
    if (node.type !== 'TSTypeAliasDeclaration') throw new Error(`${node.type} is no type`)
    const { typeAnnotation: type } = node
    const isDigest = type.type === 'TSTemplateLiteralType'
    return isDigest ? { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } : this.schema(type, node)
  }

  /** Members of an interface with those of what it extends. */
  #members(name: string): Map<string, Member> {
    const { node } = this.#find(name)
    const members = new Map<string, Member>()
    if (node.type === 'TSTypeAliasDeclaration') return this.#membersOfType(node.typeAnnotation)
    if (node.type !== 'TSInterfaceDeclaration') throw new Error(`${name} is no object`)
    for (const { expression, typeArguments } of node.extends) {
      const parent = expression.type === 'Identifier' ? expression.name : ''
      for (const [key, member] of this.#membersOf(parent, typeArguments?.params ?? []))
        members.set(key, member)
    }
    return new Map([...members, ...this.#signatures(node.body.body, node)])
  }

  /** Of a type, or of `Pick<X, …>` and `Omit<X, …>`. */
  #membersOf(name: string, parameters: readonly ESTree.TSType[]): Map<string, Member> {
    return parameters.length === 0 ? this.#members(name) : this.#chosen(name, parameters)
  }

  #signatures(nodes: readonly ESTree.TSSignature[], within: ESTree.Node): Map<string, Member> {
    const found = new Map<string, Member>()
    for (const node of nodes) {
      if (node.type !== 'TSPropertySignature' || node.key.type !== 'Identifier') continue
      const doc = this.#docs.get(within)?.(node.start) ?? ''
      found.set(node.key.name, {
        type: node.typeAnnotation?.typeAnnotation,
        optional: node.optional,
        doc,
        within,
      })
    }
    return found
  }

  #chosen(utility: string, [type, keys]: readonly ESTree.TSType[]): Map<string, Member> {
    const names = new Set((keys?.type === 'TSUnionType' ? keys.types : [keys]).map((key) => literalOf(key)))
    const members = type === undefined ? new Map<string, Member>() : this.#membersOfType(type)
    return new Map([...members].filter(([name]) => names.has(name) === (utility === 'Pick')))
  }

  #membersOfType(type: ESTree.TSType): Map<string, Member> {
    if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier')
      throw new Error(`${type.type} is no object`)
    return this.#membersOf(type.typeName.name, type.typeArguments?.params ?? [])
  }

  #object(members: ReadonlyMap<string, Member>): Schema {
    const properties: Record<string, Schema> = {}
    for (const [name, { type, doc, within }] of members) {
      if (type === undefined) continue
      properties[name] = { ...(doc === '' ? {} : { description: doc }), ...this.schema(type, within) }
    }
    const required = [...members].filter(([, { optional }]) => !optional).map(([name]) => name)
    return {
      type: 'object',
      properties,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    }
  }

  /** @param within the declaration that the type stands in, for the docstrings of its members */
  schema(type: ESTree.TSType, within: ESTree.Node): Schema {
    const plain = keywords[type.type]
    if (plain !== undefined) return plain
    switch (type.type) {
      case 'TSLiteralType':
        return { const: literalOf(type) }
      case 'TSParenthesizedType':
        return this.schema(type.typeAnnotation, within)
      case 'TSArrayType':
        return { type: 'array', items: this.schema(type.elementType, within) }
      case 'TSTypeOperator':
        return this.schema(type.typeAnnotation, within)
      case 'TSUnionType':
        return this.#union(type, within)
      case 'TSTypeReference':
        return this.#reference(type, within)
      case 'TSIndexedAccessType':
        return this.#oneOfConstants(type)
      case 'TSTypeLiteral':
        return this.#object(this.#signatures(type.members, within))
      default:
        throw new Error(`the schemas do not know ${type.type}`)
    }
  }

  #union(type: ESTree.TSUnionType, within: ESTree.Node): Schema {
    const parts = type.types.filter((part) => part.type !== 'TSUndefinedKeyword')
    const literals = parts.map((part) => (part.type === 'TSLiteralType' ? literalOf(part) : undefined))
    if (literals.every((literal) => literal !== undefined))
      return literals.length === 1 ? { const: literals[0] } : { enum: literals }
    const schemas = parts.map((part) => this.schema(part, within))
    return schemas.length === 1 ? (schemas[0] ?? {}) : { anyOf: schemas }
  }

  #reference(type: ESTree.TSTypeReference, within: ESTree.Node): Schema {
    const name = type.typeName.type === 'Identifier' ? type.typeName.name : ''
    const parameters = type.typeArguments?.params ?? []
    const [first, second] = parameters
    if (first === undefined) return this.reference(name)
    if (name === 'Readonly' || name === 'Partial') return this.schema(first, within)
    if (name === 'Record' && second !== undefined) {
      const keys = first.type === 'TSStringKeyword' ? {} : { propertyNames: this.schema(first, within) }
      return { type: 'object', ...keys, additionalProperties: this.schema(second, within) }
    }
    if (name === 'Fact') return this.#fact(this.schema(first, within))
    return this.#object(this.#chosen(name, parameters))
  }

  #fact(value: Schema): Schema {
    const properties = { value, evidence: this.reference('Evidence') }
    return { type: 'object', properties, required: ['value', 'evidence'], additionalProperties: false }
  }

  /** `(typeof names)[number]` */
  #oneOfConstants({ objectType }: ESTree.TSIndexedAccessType): Schema {
    const query = objectType.type === 'TSParenthesizedType' ? objectType.typeAnnotation : objectType
    const name =
      query.type === 'TSTypeQuery' && query.exprName.type === 'Identifier' ? query.exprName.name : ''
    const { node } = this.#find(name)
    const value = node.type === 'VariableDeclaration' ? node.declarations[0]?.init : undefined
    const list = value?.type === 'TSAsExpression' ? value.expression : value
    if (list?.type !== 'ArrayExpression') throw new Error(`${name} is no list`)
    return { enum: list.elements.map((element) => (element?.type === 'Literal' ? element.value : undefined)) }
  }
}

const keywords: Readonly<Record<string, Schema>> = {
  TSStringKeyword: { type: 'string' },
  TSNumberKeyword: { type: 'number' },
  TSBooleanKeyword: { type: 'boolean' },
  TSUnknownKeyword: {},
}

interface Member {
  readonly type: ESTree.TSType | undefined
  readonly optional: boolean
  readonly doc: string
  readonly within: ESTree.Node
}

function literalOf(type: ESTree.Node | undefined): unknown {
  return type?.type === 'TSLiteralType' && type.literal.type === 'Literal' ? type.literal.value : undefined
}

/** A docstring as one line. */
function wordsOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*+ ?/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('@'))
    .join(' ')
    .trim()
}

let stale = 0
for (const description of published) {
  const types = new Types(description)
  const { $ref } = types.reference(description.type) as { readonly $ref: string }
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: description.id,
    title: description.title,
    $ref,
    $defs: Object.fromEntries([...types.used].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
  const text = `${JSON.stringify(schema, null, 2)}\n`
  const path = join(root, description.file)
  if (existsSync(path) && sameJson(readFileSync(path, 'utf8'), text)) continue
  if (process.argv.includes('--check')) {
    console.error(`${description.file} is not up to date: node tools/schemas.ts`)
    stale += 1
  } else {
    writeFileSync(path, text)
  }
}
process.exitCode = stale === 0 ? 0 : 1
console.log(`${published.length} schemas`)

/** Whatever the formatter made of it. */
function sameJson(a: string, b: string): boolean {
  return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b))
}
