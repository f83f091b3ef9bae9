// The ways of hanging at functions of the kernel, tried one by one in the guest: what this machine's own kernel may not have.

import { openBpf } from '../../../src/lib/kernel/bpf/loader.ts'
import { readBpfObject } from '../../../src/lib/kernel/bpf/object-files.ts'
import { BpfRefusal } from '../../../src/lib/kernel/bpf/refusal.ts'
import {
  type HangWish,
  type Hung,
  hangAtAll,
  hangByKprobe,
  shortList,
} from '../../../src/lib/kernel/trace/trace-attach.ts'
import { TracePrograms, traceCookie } from '../../../src/lib/kernel/trace/trace-programs.ts'
import type { TraceWish } from '../../../src/lib/kernel/trace/trace-watch.ts'
import { listSkbFunctions, readTraceable } from '../../../src/lib/kernel/trace/traceable-functions.ts'
import { Arena } from '../../../src/lib/sys/arena.ts'
import { must, sleep } from './commands.ts'

export const everything: TraceWish = {
  filter: undefined,
  functions: undefined,
  modules: [],
  interfaceName: undefined,
  netns: undefined,
  mark: undefined,
  track: false,
  caller: false,
  stack: false,
  meta: [],
  tier: undefined,
}

/** How many programs the kernel has (BPF_PROG_GET_NEXT_ID). */
export async function programsInKernel(): Promise<number> {
  const { libc } = await openBpf()
  const arena = new Arena(libc, 4096)
  let count = 0
  for (let id = 0; ; count++) {
    arena.u32[0] = id
    arena.u32[1] = 0
    if (libc.syscall(process.arch === 'x64' ? 321 : 280, 11, arena.address, 12, 0, 0, 0) < 0) break
    id = arena.u32[1]!
  }
  arena.close()
  return count
}

/** @throws Error where there are more than before, still after a while: the kernel lets programs go behind a grace period. */
export async function mustBeGone(before: number): Promise<void> {
  let left = 0
  for (let i = 0; i < 100; i++) {
    left = (await programsInKernel()) - before
    if (left <= 0) return
    await sleep(100)
  }
  throw new Error(`${left} programs are left`)
}

/** What a way did: `1598 functions in 812 ms, 3 refused; 123 times reached by a ping; taken off in 600 ms`, or why not. */
export async function tryWay(
  way: 'kprobe.multi' | 'kprobe',
): Promise<{ attached: number; reached: number; said: string }> {
  const before = await programsInKernel()
  const begin = performance.now()
  const bpf = await openBpf()
  const traceable = readTraceable(bpf.libc)
  const all = listSkbFunctions(bpf.kernelBtf(), [], traceable)
  const listed = performance.now()
  const programs = new TracePrograms(bpf, readBpfObject('trace'), everything, [])
  const functions = way === 'kprobe.multi' ? all : shortList(all)
  const wish: HangWish = { functions, cookieOf: (index, one) => traceCookie(index, one, false) }
  const loaded = performance.now()
  let hung: Hung
  try {
    if (way === 'kprobe.multi') hung = hangAtAll(programs.load('trace_multi'), wish)
    else hung = hangByKprobe(programs.load('trace_kprobe'), wish, 10_000)
  } catch (error) {
    bpf.close()
    if (error instanceof BpfRefusal)
      return { attached: 0, reached: 0, said: `${error.code}: ${error.clause} ${error.nextSteps}` }
    throw error
  }
  const attached = performance.now()
  await must('/bin/ip netns exec a /bin/ping -q -c 2 -i 0.1 10.9.0.2')
  const reached = programs.map('counts').sum(0)
  const closing = performance.now()
  bpf.close()
  const closed = performance.now()
  await mustBeGone(before)
  const said = [
    `${hung.attached} of ${all.length} functions (by ${traceable.from}) in ${(attached - loaded).toFixed(0)} ms`,
    `listed in ${(listed - begin).toFixed(0)} ms`,
    `${hung.refusedNames.length} refused: ${hung.refusedNames.slice(0, 5)}`,
    `${reached} times reached by two pings`,
    `taken off in ${(closed - closing).toFixed(0)} ms`,
  ]
  return { attached: hung.attached, reached, said: said.join('; ') }
}
