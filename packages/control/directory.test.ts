import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallDirectory } from './directory.ts'

const open = () =>
  new CallDirectory({
    trustDomain: 'shop.internal',
    operators: [],
    consumerKeys: () => [],
    endpoints: () => ({}),
  })

test('each snapshot is newer than the one before, also those of a control plane that was started again', () => {
  const before = open()
  const revisions = Array.from({ length: 500 }, () => before.snapshotFor('pricing').revision)
  assert.ok(revisions.every((revision, at) => at === 0 || revision > (revisions[at - 1] ?? 0)))
  const until = Date.now() + 2
  while (Date.now() < until || Date.now() <= (revisions.at(-1) ?? 0));
  assert.ok(open().snapshotFor('pricing').revision > (revisions.at(-1) ?? 0))
})
