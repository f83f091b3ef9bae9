// Owns the seam between what hears of packets that this host's kernel drops and what makes something of them.
// Must not know sFlow, a feature or the terminal. Start at DropWatch.

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
  /** ifIndex of the packet's device; 0 where it has none. Counts in the network namespace below only. */
  interfaceIndex: number
  interfaceName: string
  /** Inode of the network namespace, as `stat -L /run/netns/NAME` shows it; 0 where not known. */
  netns: number
  /** Process that ran when it happened (for packets that come in often an unrelated one, or 0 for the idle task). */
  pid: number
  process: string
  cpu: number
  /** Ethertype of the packet (host order); 0 where not known. */
  ethertype: number
  /** Bytes of the whole packet, from where `bytes` begin. */
  frameBytes: number
  /** Where `bytes` begin: at the link layer, or at the network layer where the packet has no link layer (yet). */
  beginsAt: 'link' | 'network'
  bytes: Uint8Array
  offset: number
  length: number
}

export interface DropWatchOptions {
  /** Only of this network namespace (inode); undefined for all. */
  readonly netns: number | undefined
  /** Bytes of each packet's beginning: 14 to 256. */
  readonly headerBytes: number
}

/** Hears of dropped packets. */
export interface DropWatch {
  /** `tp_btf` or `raw_tp`, for the line that says which one runs. */
  readonly kind: 'tp_btf' | 'raw_tp'
  readonly why: string | undefined
  /** Hands on all that wait. Never blocks; to be called every 20 ms or so. @returns how many */
  drain(take: (packet: DroppedPacket) => void): number
  /** Drops that the ring had no room for, since the beginning. */
  lost(): number
  close(): void
}
