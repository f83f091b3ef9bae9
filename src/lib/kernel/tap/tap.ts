// Owns the seam between what takes packet samples out of this host's kernel and what makes something of them.
// Must not know sFlow, a feature or the terminal. Start at PacketTap; tcx-tap.ts and packet-socket-tap.ts are the two there are.

/** Which packets of an interface are sampled: those that come in, those that go out, or both. */
export type TapDirection = 'ingress' | 'egress' | 'both'

/** What is wanted of one interface. */
export interface TapWish {
  readonly interfaceIndex: number
  readonly name: string
  /** One packet in so many; 1 takes each. */
  readonly rate: number
  readonly direction: TapDirection
  /** Bytes of the packet's beginning that are wanted: 14 to 256. */
  readonly headerBytes: number
}

/** In `inputIndex` and `outputIndex`: not known. The kernel gives no interface this index. */
export const UNKNOWN_INTERFACE = 0
/** In `inputIndex` and `outputIndex`: this host itself sent the packet, or it stays here. */
export const THIS_HOST = -1

/**
 * One sample: one packet on the wire. Where the kernel has several in one buffer (GSO, GRO), each of these packets is sampled with
 * the same probability; its header is then what that segment has on the wire (segments.ts). The object and the bytes that it points
 * to are reused: valid only until the callback returns.
 */
export interface TappedPacket {
  interfaceIndex: number
  direction: 'ingress' | 'egress'
  /** ifIndex the packet came in by; THIS_HOST where it is this host's own; UNKNOWN_INTERFACE. */
  inputIndex: number
  /**
   * ifIndex it leaves by; THIS_HOST where it stays here; UNKNOWN_INTERFACE, also of a packet that came in and has several ways of
   * equal cost, if the kernel chooses by a hash that came with the packet.
   */
  outputIndex: number
  /**
   * Bytes of one packet on the wire, without FCS and without the tag that is in `vlanTag`: of one segment where the kernel has
   * several in one buffer (GSO, GRO).
   */
  frameBytes: number
  /** How many packets on the wire the buffer became that this one is of; at least 1. */
  segments: number
  /** VLAN tag control word that the card took off the frame; undefined where there was none. */
  vlanTag: number | undefined
  /** That tag's ethertype: 0x8100, or 0x88a8 for an outer tag (IEEE 802.1ad). Of no meaning without `vlanTag`. */
  vlanProtocol: number
  /** The packet's beginning from the link layer on. */
  bytes: Uint8Array
  offset: number
  length: number
  /** CLOCK_REALTIME, ns since 1970, in two parts. */
  seconds: number
  nanoseconds: number
  /** The next hop's address (4 or 16 bytes) where the kernel's table of routes told it; undefined otherwise. */
  nextHop: Uint8Array | undefined
}

/** What a tap has counted of one interface in one direction since it was attached. */
export interface TapCount {
  readonly interfaceIndex: number
  readonly direction: 'ingress' | 'egress'
  /** Packets on the wire that could have been sampled: sFlow's sample_pool, before its wrap. See `measuresPool`. */
  readonly pool: number
  /** Samples handed on by `drain`. */
  readonly samples: number
  /** Samples taken and lost, since the ring was full: sFlow's drops. After a last `drain`, samples + lost is all that were taken. */
  readonly lost: number
}

/** Takes samples of packets from the kernel. One object serves all interfaces of a network namespace. */
export interface PacketTap {
  /** `tcx` or `af_packet`, for the line that says which one runs. */
  readonly kind: 'tcx' | 'af_packet'
  /** Whether the pool is counted packet by packet. If not it is an estimate: each sample, lost or not, stands for as many as the rate says. */
  readonly measuresPool: boolean
  /** Why not a better one, as a clause: `LINK_CREATE: EINVAL, this kernel has no TCX`. */
  readonly why: string | undefined
  /**
   * Begins to sample. A second wish for the same interface replaces the first, and its counts go on; after a `detach` they begin at 0.
   * @throws SystemCallError or BpfRefusal, both with `code`: ENODEV where there is no such interface (any more)
   */
  attach(wish: TapWish): void
  /**
   * Ends it; unknown or vanished interfaces are no error. Call it for an interface that is gone, too: one that moved to another
   * namespace is sampled on until then. `drain` first: what waits may go with it. Counts of it are kept until the next `attach`.
   */
  detach(interfaceIndex: number): void
  /** Hands on all samples that wait. Never blocks; to be called every 20 ms or so. @returns how many */
  drain(take: (packet: TappedPacket) => void): number
  counts(): readonly TapCount[]
  /** Takes everything off. What the kernel holds goes away with the process, too. */
  close(): void
}
