// When a run has failed in sending.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasFailed, type TargetAccount } from '../../src/lib/push/account.ts'

const account = (sent: number, refused: number, unsent = 0): TargetAccount => ({
  ...{ target: 'http://x', waiting: 0, requests: 1, retries: 0 },
  ...{ sent, lost: { queue: 0, refused, unsent } },
})

test('a recording fails with any lost value, a live run where a server took none', () => {
  for (const [accounts, recorded, live] of [
    [[], false, false],
    [[account(0, 0)], false, false],
    [[account(9, 0)], false, false],
    [[account(9, 1)], true, false],
    [[account(0, 1)], true, true],
    [[account(0, 0, 3)], true, true],
    [[account(9, 0), account(0, 9)], true, true],
  ] as const) {
    assert.deepEqual([hasFailed(accounts, true), hasFailed(accounts, false)], [recorded, live])
  }
})
