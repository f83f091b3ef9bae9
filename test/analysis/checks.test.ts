// --fail-if over windows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Checks } from '../../src/lib/analysis/checks.ts'

const names = [
  { name: 'lost', unit: 'count', doc: '' },
  { name: 'rows[].share', unit: 'share', doc: '' },
] as const

test('each condition is told when it is first true, with what it found, and how often in all', () => {
  const checks = new Checks(['lost > 1', 'rows[0].share >= 50 %'], names)
  assert.equal(checks.any, true)
  assert.deepEqual(checks.test({ lost: 1, rows: [] }, 'the first'), [])
  assert.equal(checks.failed, false)
  assert.deepEqual(checks.test({ lost: 2, rows: [{ share: 0.5 }] }, 'the second'), [
    "--fail-if 'lost > 1' is true of the second: lost is 2.",
    "--fail-if 'rows[0].share >= 50 %' is true of the second: rows[0].share is 50 %.",
  ])
  assert.deepEqual(checks.test({ lost: 7, rows: [{ share: 0.1 }] }, 'the third'), [])
  assert.equal(checks.failed, true)
  assert.deepEqual(checks.close(), ["--fail-if 'lost > 1' was true in 2 windows."])
})

test('no window at all: nothing is known but the counts of the run', () => {
  const checks = new Checks(['lost = null', 'rows[0].share = null'], names)
  assert.deepEqual(checks.test({ lost: 0 }, undefined), [
    "--fail-if 'rows[0].share = null' is true: rows[0].share is not known.",
  ])
})

test('none', () => {
  const checks = new Checks([], names)
  assert.equal(checks.any, false)
  assert.deepEqual(checks.close(), [])
})
