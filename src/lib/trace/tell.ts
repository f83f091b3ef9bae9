// Owns making steps of what the kernel tells: plain data that may be kept. See step.ts for the folder. Start at Teller.

import type { TraceEvent } from '../kernel/trace/trace-watch.ts'
import type { TraceStep } from './step.ts'
import { TupleReader } from './tuple.ts'

/** Texts that are kept of addresses of buffers. */
const MOST_TEXTS = 8192

const noMeta: Readonly<Record<string, bigint | null>> = Object.freeze({})
const noStack: readonly string[] = Object.freeze([])

/** Makes steps. */
export class Teller {
  readonly #netnsName: (inode: number) => string
  readonly #meta: readonly string[]
  readonly #tuples = new TupleReader()
  /** By the lower half of the address; the upper one is nearly always the same. */
  readonly #skbs = new Map<number, { readonly high: number; readonly text: string }>()

  /**
   * @param netnsName the name of a network namespace, empty where it has none
   * @param meta fields in the order of TraceEvent.meta
   */
  constructor(netnsName: (inode: number) => string, meta: readonly string[]) {
    this.#netnsName = netnsName
    this.#meta = meta
  }

  /** A step of an event; nothing of the event is kept. */
  tell(event: TraceEvent): TraceStep {
    const { dropFunction, netns, stack } = event
    return {
      time: BigInt(event.seconds) * 1_000_000_000n + BigInt(event.nanoseconds),
      skb: this.#skb(event.skbHigh, event.skbLow),
      packet: event.packet,
      cpu: event.cpu,
      pid: event.pid,
      process: event.process,
      netns,
      netnsName: netns === 0 ? '' : this.#netnsName(netns),
      mark: event.mark,
      interfaceIndex: event.interfaceIndex,
      interfaceName: event.interfaceName,
      ethertype: event.ethertype,
      mtu: event.mtu,
      length: event.length,
      tuple: this.#tuples.read(event.bytes, event.offset, event.headerBytes, event.beginsAt, event.ethertype),
      functionName: event.functionName,
      isTracepoint: event.isTracepoint,
      reason: event.reason,
      droppedIn: dropFunction === '' ? '' : `${dropFunction}+0x${event.dropOffset.toString(16)}`,
      caller: event.caller,
      stack: stack.length === 0 ? noStack : [...stack],
      meta: this.#meta.length === 0 ? noMeta : this.#metaOf(event),
    }
  }

  #metaOf({ meta }: TraceEvent): Record<string, bigint | null> {
    const values: Record<string, bigint | null> = {}
    for (const [i, field] of this.#meta.entries()) values[field] = meta[i] ?? null
    return values
  }

  #skb(high: number, low: number): string {
    const known = this.#skbs.get(low)
    if (known?.high === high) return known.text
    if (this.#skbs.size >= MOST_TEXTS) this.#skbs.clear()
    const text = `0x${hex(high).replace(/^0+(?=.)/, '')}${hex(low)}`
    this.#skbs.set(low, { high, text })
    return text
  }
}

/** Eight digits; the halves may come signed. */
function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0')
}
