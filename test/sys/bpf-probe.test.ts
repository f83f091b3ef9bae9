import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { probeBpf } from '../../src/lib/sys/bpf-probe.ts'
import { libc, noLibc } from '../helpers/libc.ts'

function openPrograms(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('bpf')
    } catch {
      return false // the descriptor of the list itself
    }
  }).length
}

test('the kernel answers both questions, and no program stays', { skip: noLibc }, (t) => {
  const probe = probeBpf(libc)!
  t.diagnostic(JSON.stringify(probe))
  for (const answer of [probe.load, probe.tcx]) assert.match(answer, /^ok$|^E[A-Z]+$/)
  // The attributes are well-formed: no kernel complains of their size or address.
  assert.notEqual(probe.load, 'EINVAL')
  for (const answer of [probe.load, probe.tcx]) assert.ok(!['E2BIG', 'EFAULT'].includes(answer), answer)
  assert.equal(openPrograms(), 0)
})
