// `npm run soak`, for 20 seconds of its ten minutes.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { repositoryRoot } from '../helpers/cli.ts'

test('20 seconds of loss, reordering, duplicates, restarts and garbage', { timeout: 120_000 }, (t) => {
  const args = ['--import', 'tsx', 'test/soak/soak.ts', '--seconds', '20']
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: repositoryRoot, encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  const last = stdout.trimEnd().split('\n').at(-1)!
  assert.match(last, /^right: [1-9]\d* lost, all counted; memory -?[\d.]+ MiB up$/)
  t.diagnostic(last)
})
