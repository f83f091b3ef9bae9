// Owns which functions and tracepoints of a kernel take a socket buffer, and as which argument: read from its types (BTF). Pure.
// See trace-watch.ts for the folder; traceable-functions.ts says at which of them programs may hang.

import { type Btf, btfKind, TYPE_BYTES } from '../bpf/btf.ts'
import type { KernelBtf } from '../bpf/kernel-btf.ts'

/** A function that takes a `struct sk_buff *`, or a tracepoint that does. */
export interface SkbFunction {
  /** As in /proc/kallsyms; of a tracepoint without `btf_trace_`: `net_dev_queue`. */
  readonly name: string
  /** Module that it belongs to; empty for the kernel itself. */
  readonly module: string
  /** Position of the (first) buffer: 0 to 4, of a tracepoint without the hidden first argument. */
  readonly skb: number
  /** Position of the `enum skb_drop_reason`, -1 where it has none. */
  readonly reason: number
}

/** Arguments that lie in registers on every architecture (arm64 has 8, x86-64 has 6), and whose number fits into a cookie. */
const MOST_ARGUMENTS = 6
const LAST_SKB_POSITION = 4
const PARAMETER_BYTES = 8
const TRACEPOINT = 'btf_trace_'
/** Bigger ones take two registers, or none, and move those behind them. */
const REGISTER_BYTES = 8

/** What the kernel makes for each tracepoint: they would tell of each of its events again. */
const ownOfTracing =
  /^(__bpf_trace_|__probestub_|__traceiter_|perf_trace_|trace_event_raw_event_|trace_event_get_offsets_)/

/** They only hand a reason on, and are given "not specified" for buffers that came to a good end. */
const withoutReason: readonly string[] = ['skb_release_data', 'skb_release_all']

/** Functions of a kernel or, for types of a module, of that module only. One pass over the types: some ten milliseconds. */
export function findSkbFunctions(types: KernelBtf, module = ''): SkbFunction[] {
  const { btf } = types
  const search = new Search(btf)
  const found: SkbFunction[] = []
  for (let id = btf.firstId; id < btf.count; id++) {
    if (btf.kind(id) !== btfKind.func) continue
    const places = search.places(btf.sizeOrType(id), 0)
    if (places === undefined) continue
    const name = btf.name(id)
    if (ownOfTracing.test(name)) continue
    found.push({ name, module, skb: places.skb, reason: withoutReason.includes(name) ? -1 : places.reason })
  }
  return found
}

/** Tracepoints of a kernel or of a module, likewise. */
export function findSkbTracepoints(types: KernelBtf, module = ''): SkbFunction[] {
  const { btf } = types
  const search = new Search(btf)
  const found: SkbFunction[] = []
  for (let id = btf.firstId; id < btf.count; id++) {
    if (btf.kind(id) !== btfKind.typedef) continue
    const pointer = btf.sizeOrType(id)
    if (btf.kind(pointer) !== btfKind.ptr || btf.kind(btf.sizeOrType(pointer)) !== btfKind.funcProto) continue
    const name = btf.name(id)
    if (!name.startsWith(TRACEPOINT)) continue
    const places = search.places(btf.sizeOrType(pointer), 1)
    if (places) found.push({ name: name.slice(TRACEPOINT.length), module, ...places })
  }
  return found
}

interface Places {
  readonly skb: number
  readonly reason: number
}

/** Looks at types of functions; each once, though many functions have the same. */
class Search {
  readonly #btf: Btf
  readonly #skb: number | undefined
  readonly #reason: number | undefined
  readonly #known = new Map<number, Places | undefined>()

  constructor(btf: Btf) {
    this.#btf = btf
    this.#skb = btf.findBelow(btfKind.struct, 'sk_buff')
    this.#reason = btf.findBelow(btfKind.enum, 'skb_drop_reason')
  }

  /** @param hidden arguments before the first that counts */
  places(prototype: number, hidden: number): Places | undefined {
    // The same type is never that of a function and of a tracepoint: those have the hidden argument.
    if (this.#known.has(prototype)) return this.#known.get(prototype)
    const places = this.#search(prototype, hidden)
    this.#known.set(prototype, places)
    return places
  }

  #search(prototype: number, hidden: number): Places | undefined {
    const owner = this.#btf.ownerOf(prototype)
    if (this.#skb === undefined || owner.kind(prototype) !== btfKind.funcProto) return undefined
    const at = owner.at(prototype) + TYPE_BYTES
    const count = Math.min(owner.memberCount(prototype), hidden + MOST_ARGUMENTS)
    let skb = -1
    let reason = -1
    for (let i = hidden; i < count; i++) {
      const type = owner.resolve(owner.view.getUint32(at + PARAMETER_BYTES * i + 4, true))
      const kind = owner.kind(type)
      if (kind === btfKind.ptr) {
        if (skb < 0 && owner.resolve(owner.sizeOrType(type)) === this.#skb) skb = i - hidden
      } else if (kind === btfKind.enum) {
        if (reason < 0 && type === this.#reason) reason = i - hidden
      } else if ((kind === btfKind.struct || kind === btfKind.union) && owner.sizeOrType(type) > REGISTER_BYTES) {
        break
      }
    }
    return skb < 0 || skb > LAST_SKB_POSITION ? undefined : { skb, reason }
  }
}
