import { graphOf } from '@plimsoll/architecture'
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { notEvidenced, together, weigh, type Case } from './cases.ts'
import { sketch } from './example.ts'

const graph = graphOf(
  sketch({
    name: 'shop',
    components: {
      cart: { hardening: { root: true } },
      orders: { hardening: { root: false } },
      payments: {},
    },
  }),
)
const roots = (id: string, detail?: string): Case => ({
  id,
  note: detail,
  detail,
  evidence: { file: 'compose.yaml' },
})
const telling = {
  message: (names: string, count: number) => `${count}: ${names}.`,
  fix: (names: string) => names,
}

suite('cases of one habit', () => {
  test('are told apart from what is not known', () => {
    const { cases, unknown } = weigh(graph.architecture.components, {
      fact: ({ hardening }) => hardening?.root,
      bad: (root) => root,
    })
    assert.deepEqual(
      cases.map(({ id }) => id),
      ['cart'],
    )
    assert.deepEqual(unknown, ['payments'])
  })

  test('are one finding, about the architecture where they are several', () => {
    assert.deepEqual(together(graph, [], telling), [])
    assert.equal(together(graph, [roots('cart')], telling)[0]?.subject, 'cart')
    const [both] = together(graph, [roots('orders'), roots('cart')], telling)
    assert.equal(both?.subject, 'shop')
    assert.equal(both?.message, '2: cart and orders.')
  })

  test('name every place in any order, and a second one at the same place', () => {
    const members = (...cases: readonly Case[]) => together(graph, cases, telling)[0]?.members
    assert.deepEqual(members(roots('orders'), roots('cart')), members(roots('cart'), roots('orders')))
    assert.notDeepEqual(
      members(roots('cart', 'KEY')),
      members(roots('cart', 'KEY'), roots('cart', 'PASSWORD')),
    )
  })

  test('are counted, not listed, where they are many', () => {
    const many = Array.from({ length: 40 }, (_, at) => roots(`service-${String(at).padStart(2, '0')}`))
    const [finding] = together(graph, many, telling)
    assert.match(finding?.message ?? '', /^40: .*service-05 and 34 more\.$/)
    assert.equal(finding?.members?.length, 40)
  })

  test('of which nothing is known are said once', () => {
    const [only, ...others] = notEvidenced(graph, ['orders', 'cart', 'cart'], (names) => `how ${names} run`)
    assert.deepEqual(others, [])
    assert.equal(only?.message, 'how cart and orders run')
  })
})
