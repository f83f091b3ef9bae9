// Owns src/bpf/trace.bpf.c as it is loaded for one wish: constants, filters, maps that all its programs share. See open-trace.ts.

import { BugError } from '../../errors.ts'
import { classicToEbpf } from '../../pcap-filter/ebpf.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { Bpf, BpfMap, BpfProgram, LoadedObject, LoadOptions } from '../bpf/bpf.ts'
import type { BpfObject } from '../bpf/bpf-object.ts'
import { type MetaPath, MOST_META_STEPS } from './meta-path.ts'
import type { SkbFunction } from './skb-functions.ts'
import type { TraceWish } from './trace-watch.ts'

/** 29,000 events: looked at every 20 ms that is 1.4 million a second. */
const RING_BYTES = 8 << 20
/** Buffers that are followed at once, and their data, each some 70 bytes of the kernel's memory. */
const FOLLOWED = 16_384
/** Fields of a buffer that an event has room for. */
export const MOST_META_FIELDS = 4
/** IFNAMSIZ. */
const NAME_BYTES = 16

// What the cookie's upper bits say: trace.bpf.c.
const ENDS = 1n << 40n
const LETS_GO = 1n << 41n
const HAS_LOCATION = 1n << 42n
const ENTERS = 1n << 43n
const CALLER_DROPS = 1n << 44n

/** Tracepoints and functions that are more than a place on the way. */
const flags: Readonly<Record<string, bigint>> = {
  // At the tracepoints of these names nobody else has the buffer any more; the functions are called with others still having it.
  'tracepoint kfree_skb': ENDS | LETS_GO | HAS_LOCATION,
  'tracepoint consume_skb': ENDS | LETS_GO,
  'tracepoint napi_gro_receive_entry': ENTERS,
  'tracepoint napi_gro_frags_entry': ENTERS,
  kfree_skbmem: ENDS,
  skb_release_data: LETS_GO,
  napi_gro_receive: ENTERS,
  sk_skb_reason_drop: CALLER_DROPS,
  kfree_skb_reason: CALLER_DROPS,
  kfree_skb: CALLER_DROPS,
}

/** Whether it tells where the buffer was dropped; of functions only a kprobe can. */
export function placeOfDrop(name: string, isTracepoint: boolean): boolean {
  const known = flags[isTracepoint ? `tracepoint ${name}` : name] ?? 0n
  return (known & (HAS_LOCATION | CALLER_DROPS)) !== 0n
}

/** What a program is told of the function that it was called at; see trace.bpf.c. `index` is its number in the reader's list. */
export function traceCookie(index: number, { name, skb, reason }: SkbFunction, isTracepoint: boolean): bigint {
  const known = flags[isTracepoint ? `tracepoint ${name}` : name] ?? 0n
  return BigInt(index) | (BigInt(skb) << 32n) | (BigInt(reason + 1) << 36n) | known
}

const programs = ['trace_multi', 'trace_kprobe', 'trace_fentry', 'trace_tracepoint', 'trace_freed'] as const
export type TraceProgram = (typeof programs)[number]

/** Maps that all share, whoever is loaded first. */
const shared = ['counts', 'scratches', 'ways', 'buffers', 'heads', 'last_packet', 'ring', '.bss'] as const

/** Loads programs for one wish, one after another. */
export class TracePrograms {
  readonly #bpf: Bpf
  readonly #object: BpfObject
  readonly #options: LoadOptions
  readonly #constants: Readonly<Record<string, number | bigint>>
  readonly #meta: readonly MetaPath[]
  readonly #maps = new Map<string, BpfMap>()
  readonly #loaded: LoadedObject[] = []
  readonly #telling: BpfProgram[] = []

  /**
   * @param meta of the wish's fields
   * @throws InputError for a filter that has no form in the kernel
   */
  constructor(bpf: Bpf, object: BpfObject, wish: TraceWish, meta: readonly MetaPath[]) {
    this.#bpf = bpf
    this.#object = object
    this.#meta = meta
    this.#constants = constantsOf(wish)
    const followed = wish.track ? FOLLOWED : 1
    this.#options = {
      maxEntries: { ring: wish.ringBytes ?? RING_BYTES, buffers: followed, heads: followed },
      ...(wish.filter && {
        bodies: {
          filter_link: classicToEbpf(wish.filter.link),
          filter_network: classicToEbpf(wish.filter.network),
        },
      }),
    }
  }

  /**
   * One of those that tell first, `trace_freed` behind them.
   * @param target function or tracepoint, for the kinds that are loaded for one only
   * @throws BpfRefusal
   */
  load(name: TraceProgram, target?: string, cookie = 0n): BpfProgram {
    const loaded = this.#bpf.load(this.#object, {
      ...this.#options,
      programs: [name],
      constants: { ...this.#constants, own_cookie: cookie },
      maps: Object.fromEntries(this.#maps),
      ...(target !== undefined && { targets: { [name]: target } }),
    })
    this.#loaded.push(loaded)
    if (this.#maps.size === 0) {
      for (const map of shared) this.#maps.set(map, loaded.map(map))
      for (const [i, path] of this.#meta.entries()) this.map('ways').update(i, wayOf(path))
    }
    const program = loaded.program(name)
    if (name !== 'trace_freed') this.#telling.push(program)
    return program
  }

  /** One of the shared maps; there when a program is loaded. */
  map(name: (typeof shared)[number]): BpfMap {
    const map = this.#maps.get(name)
    if (map === undefined) throw new BugError(`no program is loaded that made the map ${name}`)
    return map
  }

  /**
   * From here on no program tells or counts anything: those that begin see the mark, and those that had begun are waited for. That is
   * the same instant for all of them, and takes some 10 ms; to take off hundreds one by one takes seconds, in which packets meet some
   * functions and others not. And where a link is gone its program may still run, or (fentry) be about to.
   */
  silence(): void {
    const isOver = this.#loaded[0]?.variable('is_over')
    isOver?.view.setUint32(isOver.at, 1, true)
    try {
      this.#bpf.settle()
    } catch (error) {
      // No memory or descriptor left for it: no reason to lose a trace's end. A program takes some µs, unless its CPU is taken from it.
      if (!(error instanceof SystemCallError)) throw error
    }
  }

  /** Times that the kernel passed over a program that tells, since it was in it already on that CPU. */
  misses(): number {
    return this.#telling.reduce((sum, program) => sum + program.statistics().misses, 0)
  }

  /** Takes all off, the last first: what the first one made is shared. */
  close(): void {
    for (const loaded of this.#loaded.reverse()) loaded.close()
    this.#loaded.length = 0
    this.#telling.length = 0
    this.#maps.clear()
  }
}

/** struct way. */
function wayOf({ offsets, bytes }: MetaPath): Uint8Array {
  const way = new Uint32Array(2 + MOST_META_STEPS)
  way.set([offsets.length, bytes, ...offsets])
  return new Uint8Array(way.buffer)
}

function constantsOf(wish: TraceWish): Record<string, number | bigint> {
  const { words, masks } = nameWords(wish.interfaceName)
  return {
    only_netns: wish.netns ?? 0,
    only_name_0: words[0]!,
    only_name_1: words[1]!,
    only_name_mask_0: masks[0]!,
    only_name_mask_1: masks[1]!,
    only_mark: wish.mark === undefined ? 0 : (wish.mark.value & wish.mark.mask) >>> 0,
    only_mark_mask: wish.mark?.mask ?? 0,
    has_filter: wish.filter === undefined ? 0 : 1,
    track: wish.track ? 1 : 0,
    stack_kind: wish.stack ? 2 : wish.caller ? 1 : 0,
    meta_fields: wish.meta.length,
    is_arm64: process.arch === 'arm64' ? 1 : 0,
  }
}

/** A name with its zero as two words of 64 bits, and which of their bits count: what is behind the zero may be anything. */
function nameWords(name: string | undefined): { words: BigUint64Array; masks: BigUint64Array } {
  const words = new BigUint64Array(2)
  const masks = new BigUint64Array(2)
  if (name !== undefined) {
    const bytes = new TextEncoder().encode(name).subarray(0, NAME_BYTES - 1)
    new Uint8Array(words.buffer).set(bytes)
    new Uint8Array(masks.buffer).fill(0xff, 0, bytes.length + 1)
  }
  return { words, masks }
}
