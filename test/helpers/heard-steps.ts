// A trace for tests as root. Only what was met in the test's own namespaces is kept: the machine may have other packets meanwhile.

import { setTimeout as sleep } from 'node:timers/promises'
import { BpfRefusal } from '../../src/lib/kernel/bpf/refusal.ts'
import { openTrace } from '../../src/lib/kernel/trace/open-trace.ts'
import type { TraceEvent, TraceWatch, TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'
import type { ClassicProgram } from '../../src/lib/pcap-filter/classic.ts'
import { noNamespaces } from './namespaces.ts'
import { everything, named } from './trace-wish.ts'

/** Everything, by the tracepoints, which every kernel has. */
export const byTracepoints: TraceWish = { ...everything, tier: 'tp_btf' }

/** For `test(name, { skip: noTrace }, ...)`: no namespaces, or the kernel does not let packets be followed. */
export const noTrace: string | false = noNamespaces || (await whyNone())

async function whyNone(): Promise<string | false> {
  try {
    const watch = await openTrace({ ...byTracepoints, functions: named('kfree_skb') })
    watch.close()
    return false
  } catch (error) {
    if (error instanceof BpfRefusal) return error.message
    throw error
  }
}

/** A copy: what a watch hands on is valid until it returns. */
export type HeardStep = Omit<TraceEvent, 'offset' | 'headerBytes'> & { readonly skb: string }

/** A trace that keeps what was met in some namespaces. Close it. */
export class HeardSteps {
  readonly steps: HeardStep[] = []
  readonly watch: TraceWatch
  readonly #netns: ReadonlySet<number>

  private constructor(watch: TraceWatch, netns: readonly number[]) {
    this.watch = watch
    this.#netns = new Set(netns)
  }

  static async open(netns: readonly number[], wish: Partial<TraceWish> = {}): Promise<HeardSteps> {
    return new HeardSteps(await openTrace({ ...byTracepoints, ...wish }), netns)
  }

  drain(): void {
    this.watch.drain((event) => {
      if (!this.#netns.has(event.netns)) return
      const { offset, headerBytes, ...rest } = event
      const bytes = event.bytes.slice(offset, offset + headerBytes)
      const skb = `${event.skbHigh.toString(16)}${event.skbLow.toString(16).padStart(8, '0')}`
      this.steps.push({ ...rest, bytes, skb, meta: [...event.meta], stack: [...event.stack] })
    })
  }

  /** Until that holds, for five seconds at most; and a little longer, so that one too many is seen too. */
  async until(isEnough: (steps: readonly HeardStep[]) => boolean): Promise<readonly HeardStep[]> {
    const end = performance.now() + 5000
    for (;;) {
      this.drain()
      if (isEnough(this.steps) || performance.now() > end) break
      await sleep(10)
    }
    await sleep(50)
    this.drain()
    return this.steps
  }

  close(): void {
    this.watch.close()
  }
}

/** Instructions `[code, ifTrue, ifFalse, k]` as a program. */
export function assemble(...lines: readonly (readonly [number, number, number, number])[]): ClassicProgram {
  return {
    code: Uint16Array.from(lines, ([code]) => code),
    ifTrue: Uint8Array.from(lines, ([, ifTrue]) => ifTrue),
    ifFalse: Uint8Array.from(lines, ([, , ifFalse]) => ifFalse),
    k: Uint32Array.from(lines, ([, , , k]) => k),
  }
}

const LDH_ABS = 0x28
const LDB_ABS = 0x30
const LD_ABS = 0x20
const LDXB_MSH = 0xb1
const LDH_IND = 0x48
const JEQ = 0x15
const RET = 0x06

/** `udp dst port PORT` of IPv4, by hand: the compiler has tests of its own. */
export function udpTo(port: number): NonNullable<TraceWish['filter']> {
  return {
    link: assemble(
      [LDH_ABS, 0, 0, 12],
      [JEQ, 0, 6, 0x0800],
      [LDB_ABS, 0, 0, 23],
      [JEQ, 0, 4, 17],
      [LDXB_MSH, 0, 0, 14],
      [LDH_IND, 0, 0, 16],
      [JEQ, 0, 1, port],
      [RET, 0, 0, 0x40000],
      [RET, 0, 0, 0],
    ),
    network: assemble(
      [LDB_ABS, 0, 0, 9],
      [JEQ, 0, 4, 17],
      [LDXB_MSH, 0, 0, 0],
      [LDH_IND, 0, 0, 2],
      [JEQ, 0, 1, port],
      [RET, 0, 0, 0x40000],
      [RET, 0, 0, 0],
    ),
  }
}

/** `src host ADDRESS` of IPv4, the address as a number. */
export function fromHost(address: number): NonNullable<TraceWish['filter']> {
  return {
    link: assemble(
      [LDH_ABS, 0, 0, 12],
      [JEQ, 0, 3, 0x0800],
      [LD_ABS, 0, 0, 26],
      [JEQ, 0, 1, address],
      [RET, 0, 0, 0x40000],
      [RET, 0, 0, 0],
    ),
    network: assemble([LD_ABS, 0, 0, 12], [JEQ, 0, 1, address], [RET, 0, 0, 0x40000], [RET, 0, 0, 0]),
  }
}
