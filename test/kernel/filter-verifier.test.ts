// Filters as eBPF before this kernel's verifier, and run by it. Nothing is attached anywhere. Debian's kernels: test/vm.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNoBpf } from '../helpers/bpf.ts'
import { verifyFilters } from '../helpers/filter-verifier.ts'

test("the verifier takes tcpdump's programs and random ones, and they answer as classic BPF does", {
  skip: await whyNoBpf(),
}, async (t) => {
  const { programs, runs, accepted } = await verifyFilters(500)
  t.diagnostic(`${programs} programs, ${runs} runs, ${accepted} accepted`)
  assert.equal(programs, 36 + 25 + 500)
  assert.ok(runs > 30_000 && accepted > 5_000, `${runs} runs, ${accepted} accepted`)
})
