// Owns the seam between what hears of packets that this host's kernel drops and what makes something of them.
// Must not know sFlow, a feature or the terminal. Start at DropWatch; bpf-drop-watch.ts is the one there is.

/** One dropped packet. The object and the bytes that it points to are reused: valid only until the callback returns. */
export interface DroppedPacket {
  /** CLOCK_REALTIME, ns since 1970, in two parts. */
  seconds: number
  nanoseconds: number
  /** The kernel's reason as a number (its subsystem in the upper 16 bits), and its name by the running kernel's BTF without the common beginning: `NO_SOCKET`. */
  reason: number
  reasonName: string
  /** Function in which it was dropped, by kallsyms: `__udp4_lib_rcv`; with the offset behind it in `functionOffset`. Empty where not permitted to know. */
  functionName: string
  functionOffset: number
  /** ifIndex of the packet's device; 0 where it has none (any more). Counts in the network namespace below only. */
  interfaceIndex: number
  interfaceName: string
  /** Whether it was to leave by that device; else it came in by it, or that is not known. */
  isLeaving: boolean
  /** Of a packet that is leaving: ifIndex that it came in by, in the same namespace; 0 where it is this host's own. */
  inputIndex: number
  /** Inode of the device's network namespace (of the socket's where there is no device), as `stat -L /run/netns/NAME` shows it; 0 where not known. */
  netns: number
  /** Process that ran when it happened (for packets that come in often an unrelated one, or 0 for the idle task). */
  pid: number
  process: string
  cpu: number
  /** Ethertype of the packet (host order); 0 where not known. */
  ethertype: number
  /** Packets on the wire that the dropped buffer stands for (GSO, GRO); at least 1. */
  segments: number
  /** Bytes of one packet on the wire, from where `bytes` begin, without FCS. */
  frameBytes: number
  /** Where `bytes` begin: at the link layer (Ethernet), or at the network layer where the packet has no link layer (yet). */
  beginsAt: 'link' | 'network'
  bytes: Uint8Array
  offset: number
  length: number
}

export interface DropWatchOptions {
  /** Only of this network namespace (inode); undefined for all. */
  readonly netns?: number | undefined
  /** Bytes of each packet's beginning: 14 to 256, default 128. */
  readonly headerBytes?: number | undefined
  /** Packets told a second at most, the rest is counted; undefined: as many as come. */
  readonly limit?: number | undefined
  /** Size of the ring: a power of two, at least a page. Default 4 MiB, which holds some 13,000 drops. */
  readonly ringBytes?: number | undefined
}

/** Drops that were not handed on, since the beginning. */
export interface UntoldDrops {
  /** The ring had no room for them. */
  readonly ringFull: number
  /** More than the limit in their second. */
  readonly limited: number
}

/** Hears of dropped packets. */
export interface DropWatch {
  /** `tp_btf` or `raw_tp`, for the line that says which one runs. */
  readonly kind: 'tp_btf' | 'raw_tp'
  /** Why not a better one, as a clause. */
  readonly why: string | undefined
  /** What a person should know beside that, a sentence each: functions that the kernel hides. */
  readonly notices: readonly string[]
  /** Hands on all that wait. Never blocks; to be called every 20 ms or so. @returns how many */
  drain(take: (packet: DroppedPacket) => void): number
  untold(): UntoldDrops
  /** Takes it off. What the kernel holds goes away with the process, too. */
  close(): void
}
