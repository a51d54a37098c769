import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { Digest } from '@plimsoll/base'
import { deploymentOf } from '../shop.fixture.ts'
import { openState, type NewGeneration } from '../state.ts'
import type { CanaryRecord } from './canary-log.ts'

const digest: Digest = `sha256:${'0'.repeat(64)}`
const generation: NewGeneration = {
  kind: 'change',
  deployment: deploymentOf({}),
  before: digest,
  after: digest,
  candidate: {},
  policy: digest,
  attestation: {},
}

const recordOf = (number: number): CanaryRecord => ({
  generation: number,
  plan: { steps: [{ share: 0.1, milliseconds: 100 }], falseAlarm: 0.01, slower: 2, withoutCalls: 'go-on' },
  compared: [{ service: 'pricing', running: digest, candidate: digest }],
  step: 0,
  since: '2026-11-24T00:00:00.000Z',
  evidence: [],
})

/** What is in the file at a moment, as a control plane finds it that was killed then: nothing of it was closed. */
function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-canary-'))
  try {
    work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

suite('a control plane that was killed', () => {
  test('before a canary was written down has gone back', () =>
    inFolder((folder) => {
      const killed = openState(folder)
      killed.begin(generation)
      const next = openState(folder)
      assert.deepEqual([next.canaries.open(), next.generations(1)[0]?.status], [undefined, 'failed'])
      next.close()
      killed.close()
    }))

  test('in a step goes on with that step and its evidence', () =>
    inFolder((folder) => {
      const killed = openState(folder)
      const record = recordOf(killed.begin(generation))
      killed.canaries.write(record)
      killed.canaries.write({ ...record, step: 1 })
      const next = openState(folder)
      assert.deepEqual(next.canaries.open(), { ...record, step: 1 })
      assert.equal(next.generations(1)[0]?.status, 'rolling')
      next.close()
      killed.close()
    }))

  test('after it wrote down that the candidate is out, or is live, has no canary', () =>
    inFolder((folder) => {
      for (const end of ['fail', 'promote'] as const) {
        const killed = openState(folder)
        const number = killed.begin(generation)
        killed.canaries.write(recordOf(number))
        if (end === 'fail') killed.fail(number, 'more calls failed')
        else killed.promote(number)
        const next = openState(folder)
        assert.deepEqual(
          [next.canaries.open(), next.generation(number)?.status],
          [undefined, end === 'fail' ? 'failed' : 'live'],
        )
        next.close()
        killed.close()
      }
    }))
})
