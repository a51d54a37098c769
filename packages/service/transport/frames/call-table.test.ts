import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { CallTable } from './call-table.ts'

suite('a table of calls', () => {
  test('holds what a Map would hold, whatever numbers the other end chooses', () => {
    const number = fc.oneof(
      fc.nat(40),
      fc.nat(20).map((at) => at * 8_192),
      fc.constantFrom(1, 0xffff_ffff),
    )
    const steps = fc.array(fc.tuple(fc.boolean(), number), { maxLength: 400 })
    fc.assert(
      fc.property(steps, (taken) => {
        const table = new CallTable<{ readonly id: number }>()
        const model = new Map<number, { readonly id: number }>()
        for (const [adds, id] of taken) {
          if (adds && !model.has(id)) {
            const call = { id }
            table.add(call)
            model.set(id, call)
          } else if (!adds) {
            assert.equal(table.delete(id), model.get(id))
            model.delete(id)
          }
          assert.equal(table.get(id), model.get(id))
          assert.equal(table.size, model.size)
        }
        for (const [id, call] of model) assert.equal(table.get(id), call)
        assert.deepEqual(new Set(table.list()), new Set(model.values()))
      }),
    )
  })

  test('keeps a call that runs while the numbers come round', () => {
    const table = new CallTable<{ readonly id: number }>()
    const patient = { id: 7 }
    table.add(patient)
    for (let id = 8; id < 50_000; id += 1) {
      table.add({ id })
      assert.equal(table.delete(id)?.id, id)
    }
    assert.equal(table.get(7), patient)
    assert.equal(table.delete(7), patient)
    assert.equal(table.size, 0)
  })
})
