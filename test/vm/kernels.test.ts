// Boots Debian's cloud kernels under qemu (TCG, no KVM) and runs test/vm/guest there: what this machine's own kernel has not, and
// whether old verifiers take the committed objects. Needs root, apt and Debian's archive; says what is missing, and skips.
//
// While one test is written: SONDE_VM_ONLY, a regular expression without spaces, chooses tests, SONDE_VM_ROW a kernel (6.12).
// SONDE_VM_DIR keeps kernels and the image between runs (default: a folder in the system's place for temporary files).

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Boot, boot, type Kernel, readKernels } from './boot.ts'
import { guestTests } from './guest/names.ts'

const folder = process.env.SONDE_VM_DIR ?? join(tmpdir(), 'sonde-vm')
/** One guest a core, and two at most: more only take each other's time. */
const AT_ONCE = 2

const prepared = spawnSync('bash', ['scripts/vm/prepare.sh', folder], { encoding: 'utf8', timeout: 280_000 })
const lastLine = `${prepared.stdout}${prepared.stderr}`.trim().split('\n').at(-1) ?? ''

if (prepared.status === 3) {
  test('kernels under qemu', { skip: lastLine }, () => undefined)
} else {
  assert.equal(prepared.status, 0, `scripts/vm/prepare.sh: ${lastLine}`)
  const { kernels: all, skipped } = readKernels(folder)
  // The newest takes longest: the others run beside it, one after the other.
  const kernels = all.filter(({ row }) => row === (process.env.SONDE_VM_ROW ?? row)).reverse()
  for (const { row, reason } of skipped) test(`kernel ${row}`, { skip: reason }, () => undefined)
  test('kernels under qemu', { concurrency: AT_ONCE }, async (context) => {
    await Promise.all(
      kernels.map((kernel) => context.test(`kernel ${kernel.row} (${kernel.release})`, (t) => judge(t, kernel))),
    )
  })
}

async function judge(context: { test: typeof test; diagnostic(text: string): void }, kernel: Kernel): Promise<void> {
  const run: Boot = await boot(folder, kernel)
  context.diagnostic(`${kernel.release}: ${run.seconds.toFixed(0)} s`)
  const only = new RegExp(process.env.SONDE_VM_ONLY ?? '')
  for (const name of guestTests) {
    if (!only.test(name)) continue
    await context.test(name, (t) => {
      const result = run.results.find((each) => each.name === name)
      assert.ok(result, `the guest did not come to this test; its console ended with\n${run.console.slice(-2000)}`)
      t.diagnostic(`${kernel.row}: ${name}: ${result.seconds.toFixed(1)} s${result.note ? `; ${result.note}` : ''}`)
      if (result.skipped !== undefined) return t.skip(result.skipped)
      assert.ok(result.ok, result.detail)
    })
  }
  assert.equal(
    run.end,
    0,
    `the guest's tests ended with ${run.end}; its console ended with\n${run.console.slice(-2000)}`,
  )
}
