import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDocuments } from './document.ts'

function only(text: string, name = 'compose.yaml') {
  const { documents, problems } = parseDocuments({ name, text })
  assert.deepEqual(problems, [])
  const [document] = documents
  assert.ok(document)
  return document
}

test('a value of YAML has the place of its key, through aliases and merge keys', () => {
  const document = only('x: &base\n  image: shop\nservices:\n  cart:\n    <<: *base\n    ports: [80]\n')
  assert.deepEqual(document.place(['services', 'cart', 'ports']), {
    file: 'compose.yaml',
    line: 6,
    column: 5,
    field: 'services.cart.ports',
  })
  assert.equal(document.place(['services', 'cart', 'image']).line, 4)
})

test('a value of JSON has the same place as in YAML', () => {
  const text =
    '{\n  "services": {\n    "ca\\"rt": { "ports": [ "80", {"target": 81} ] }\n  },\n  "a": [1, 2 ]\n}\n'
  const json = only(text, 'shop.json')
  assert.deepEqual(json.place(['services', 'ca"rt', 'ports', 1, 'target']).column, 35)
  assert.equal(json.place(['services', 'ca"rt', 'ports', 1, 'target']).line, 3)
  assert.deepEqual(json.place(['a', 1]), { file: 'shop.json', line: 5, column: 12, field: 'a.1' })
  assert.equal(json.place(['services', 'missing']).line, 2)
})

test('a JSON value a line is a document a line', () => {
  const { documents } = parseDocuments({ name: 'traces.json', text: '{"a":1}\n\n{"b":[2]}\n' })
  assert.deepEqual(
    documents.map(({ value }) => value),
    [{ a: 1 }, { b: [2] }],
  )
  assert.equal(documents[1]?.place(['b', 0]).line, 3)
})

test('the tag at a path is told', () => {
  const document = only('services:\n  cart:\n    ports: !reset []\n')
  assert.equal(document.tag?.(['services', 'cart', 'ports']), '!reset')
})

test('a broken document is a problem with its line and column; the others are read', () => {
  const { documents, problems } = parseDocuments({ name: 'all.yaml', text: 'a: 1\n---\nb: [\n---\nc: 3\n' })
  assert.ok(documents.length >= 1)
  assert.equal(problems[0]?.place?.file, 'all.yaml')
  assert.ok((problems[0]?.place?.line ?? 0) >= 3)
})

test('an alias bomb, a bottomless document and a huge file are refused before they grow', () => {
  const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`)
  const hostile = [
    ['bomb.yaml', `l0: &l0 x\n${levels.join('\n')}`],
    ['deep.yaml', '- '.repeat(5_000)],
    ['deep.json', '['.repeat(200_000)],
    ['closed.json', '['.repeat(5_000) + ']'.repeat(5_000)],
    ['huge.yaml', `a: ${'x'.repeat(50 * 1_048_576)}`],
  ] as const
  for (const [name, text] of hostile) {
    const { documents, problems } = parseDocuments({ name, text })
    assert.deepEqual(documents, [], name)
    assert.equal(problems[0]?.place?.file, name)
  }
})

test('a template says that it is one, and where', () => {
  const text =
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include "shop.name" . }}\n  labels:\n    {{- include "x" . | nindent 4 }}\n'
  const { documents, problems } = parseDocuments({ name: 'templates/service.yaml', text })
  assert.equal(documents.length, 0)
  assert.equal(problems.length, 1)
  assert.match(problems[0]?.message ?? '', /template.*helm template/)
  assert.deepEqual(problems[0]?.place, { file: 'templates/service.yaml', line: 4, column: 9 })
})

test('the documents of a file beside a template are still read', () => {
  const text = '{{- if .Values.cart }}\na: b\n{{- end }}\n---\nservices: {}\n'
  const { documents, problems } = parseDocuments({ name: 'all.yaml', text })
  assert.deepEqual(
    documents.map(({ value }) => value),
    [{ services: {} }],
  )
  assert.match(problems[0]?.message ?? '', /template/)
})

test('braces in quotes make no template', () => {
  const { problems } = parseDocuments({ name: 'alerts.yaml', text: 'a: "{{ $labels.job }}"\nb: [\n' })
  assert.doesNotMatch(problems[0]?.message ?? '', /template/)
})
