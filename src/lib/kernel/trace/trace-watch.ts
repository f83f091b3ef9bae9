// Owns the seam between what follows packets through this host's kernel and what makes something of that.
// Must not know sFlow, a feature or the terminal. Start at TraceWatch; open-trace.ts opens one.

import type { WholeName } from '../../parse/whole-name.ts'
import type { ClassicProgram } from '../../pcap-filter/classic.ts'

/** Ways to hang at functions of the kernel, the best first: all at once, one by one by kprobe or by fentry, its tracepoints only. */
export const traceTiers = ['kprobe.multi', 'kprobe', 'fentry', 'tp_btf'] as const
export type TraceTier = (typeof traceTiers)[number]

/**
 * One function of the kernel (or tracepoint) reached by one socket buffer. The object and the bytes that it points to are reused:
 * valid only until the callback returns.
 */
export interface TraceEvent {
  /** CLOCK_REALTIME, ns since 1970, in two parts. */
  seconds: number
  nanoseconds: number
  /** Address of the buffer, in two halves of 32 bits. */
  skbHigh: number
  skbLow: number
  /** Where buffers are followed (TraceWish.track): the number of the packet, the same for its clones; else 0. */
  packet: number
  /** Function by name as in kallsyms, `ip_rcv`; of a tracepoint its name, `net_dev_queue`. */
  functionName: string
  isTracepoint: boolean
  /** Name of the drop reason that the function was given, without the common beginning: `NETFILTER_DROP`; empty where it has none. */
  reason: string
  /** Of the tracepoint kfree_skb: the function that dropped it, with the offset behind; empty elsewhere or where not permitted to know. */
  dropFunction: string
  dropOffset: number
  cpu: number
  pid: number
  process: string
  /** Inode of the network namespace of the buffer's device, else of its socket; 0 where not known. */
  netns: number
  mark: number
  /** ifIndex of the buffer's device, 0 where it has none; counts in the network namespace above. */
  interfaceIndex: number
  interfaceName: string
  /** skb->protocol in host order: 0x0800; 0 where not set (yet). */
  ethertype: number
  /** Of the device; 0 where there is none. */
  mtu: number
  /** skb->len. */
  length: number
  /** Where `bytes` begin: at the Ethernet header, or at the network header where there is no link layer (yet). */
  beginsAt: 'link' | 'network'
  bytes: Uint8Array
  offset: number
  /** Bytes that are there: at most FILTER_BYTES. */
  headerBytes: number
  /** Function that called this one, `nf_hook_slow+0x5e`; empty unless asked for, or where not known. */
  caller: string
  /** The way into it, nearest first, `ip_rcv+0x10` each; empty unless asked for. */
  stack: readonly string[]
  /** Values of TraceWish.meta in its order; undefined where a pointer on the way was null. */
  meta: readonly (bigint | undefined)[]
}

/** What is to be seen. Everything here is decided in the kernel. */
export interface TraceWish {
  /** The same expression compiled for frames (LINKTYPE_ETHERNET) and for packets that begin at their network header (LINKTYPE_RAW). */
  readonly filter: { readonly link: ClassicProgram; readonly network: ClassicProgram } | undefined
  /** Undefined: all (or, where they hang one by one, a short list). */
  readonly functions: WholeName | undefined
  /** Modules whose functions are traced as well: names, `all`, or none. */
  readonly modules: readonly string[] | 'all'
  /** Only buffers at this interface, or in this network namespace (inode), or with this mark under the mask. */
  readonly interfaceName: string | undefined
  readonly netns: number | undefined
  readonly mark: { readonly value: number; readonly mask: number } | undefined
  /** Follow a buffer once seen, though the filter no longer fits it (NAT, encapsulation), and its clones. */
  readonly track: boolean
  readonly caller: boolean
  readonly stack: boolean
  /** Fields as in C, from the buffer on: `skb->dev->ifindex`. At most 4. */
  readonly meta: readonly string[]
  /** Only this way; undefined: the best that works. */
  readonly tier: TraceTier | undefined
  /** Size of the ring: a power of two, at least a page; undefined: 8 MiB. */
  readonly ringBytes?: number | undefined
}

/** Since the beginning. */
export interface TraceCounts {
  /** Times that a function was reached by a buffer, and those of them that nothing was told of because the filters refused. */
  readonly seen: number
  readonly refused: number
  /** Events that the ring had no room for. */
  readonly ringFull: number
  /** Times that the kernel did not ask, since an interrupt had come between while it was asking already on the same CPU. */
  readonly missed: number
}

/** Follows packets. */
export interface TraceWatch {
  readonly tier: TraceTier
  /** Why not each better way, a clause each: `kprobe.multi: EOPNOTSUPP, this kernel has no fprobe`. */
  readonly why: readonly string[]
  /** Functions (or tracepoints) that it hangs at, those that refused, and how long attaching took. */
  readonly attached: number
  readonly refusedNames: readonly string[]
  readonly attachMs: number
  /** What a person should know beside that, a sentence each: functions that the kernel hides. */
  readonly notices: readonly string[]
  /**
   * Hands on all that wait; behind `stop` really all, so that none comes later. Never blocks; to be called every 20 ms or so.
   * @returns how many
   */
  drain(take: (event: TraceEvent) => void): number
  counts(): TraceCounts
  /**
   * Ends it for all functions in one instant: nothing is noted or counted any more. What waits in the ring stays to be drained; then
   * what was handed on is, with `refused` and `ringFull`, `seen` to the last one. Takes some 10 ms. Safe to repeat.
   */
  stop(): void
  /** Takes it off, without `stop` at whatever is under way; one by one that takes seconds. What the kernel holds goes away with the process, too. */
  close(): void
}

/**
 * Opens a watch (open-trace.ts): tries the tiers in order.
 * @param progress told now and then while it attaches, since one by one may take seconds; false ends it there and works with what hangs
 * @throws BpfRefusal where no tier works; InputError for a field, function or module that this kernel has not
 */
export type OpenTrace = (
  wish: TraceWish,
  progress?: (attached: number, wanted: number) => boolean,
) => Promise<TraceWatch>
