// A trace for tests as root. Only what was met in the test's own namespaces is kept: the machine may have other packets meanwhile.

import { setTimeout as sleep } from 'node:timers/promises'
import { BpfRefusal } from '../../src/lib/kernel/bpf/refusal.ts'
import { openTrace } from '../../src/lib/kernel/trace/open-trace.ts'
import type { TraceEvent, TraceWatch, TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'
import { filterNames } from '../../src/lib/pcap-filter/names.ts'
import { compileFilters } from '../../src/lib/trace/filters.ts'
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

  /** Until that holds, for twenty seconds at most; and a little longer, so that one too many is seen too. */
  async until(isEnough: (steps: readonly HeardStep[]) => boolean): Promise<readonly HeardStep[]> {
    const end = performance.now() + 20_000
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

/** `udp dst port PORT` over IPv4. */
export const udpTo = (port: number) => compileFilters(`ip and udp dst port ${port}`, filterNames())

/** `src host ADDRESS` over IPv4. */
export const fromHost = (address: string) => compileFilters(`ip src host ${address}`, filterNames())
