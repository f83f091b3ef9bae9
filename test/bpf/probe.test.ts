import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { probeBpf } from '../../src/lib/kernel/bpf/probe.ts'
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

test('the kernel answers all questions, and no program stays', { skip: noLibc }, (t) => {
  const probe = probeBpf(libc)!
  t.diagnostic(JSON.stringify(probe))
  const answers = Object.values(probe) as string[]
  assert.equal(answers.length, 4)
  for (const answer of answers) assert.match(answer, /^ok$|^none$|^E[A-Z]+$/)
  // The attributes are well-formed: no kernel complains of their size or address.
  assert.notEqual(probe.load, 'EINVAL')
  for (const answer of answers) assert.ok(!['E2BIG', 'EFAULT'].includes(answer), answer)
  assert.equal(openPrograms(), 0)
})
