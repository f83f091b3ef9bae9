// Owns `sonde trace`: what becomes of the events of a trace (run.ts): lines, NDJSON, routes. Must not know how the kernel is asked
// (../kernel/open-trace.ts) or the terminal. Start at run.ts; this file has what an event is once it is kept.

/** Of a step's packet, as far as its header tells. IPv6 without brackets. */
export interface Tuple {
  readonly source: string
  readonly destination: string
  /** Undefined where the protocol has none, or it is a later fragment. */
  readonly sourcePort: number | undefined
  readonly destinationPort: number | undefined
  /** `tcp`, `udp`, `icmp`, `icmp6`, `arp` and a few more (tuple.ts), else the number as text. */
  readonly protocol: string
  /** `SYN,ACK`, of TCP only. */
  readonly flags: string | undefined
  /** What ICMP, ICMPv6 or ARP say: `echo request`, `port unreachable`, `reply`. */
  readonly message?: string | undefined
}

/**
 * One event as it is kept: all that the columns, NDJSON, routes and the screen show. Plain data: made from a TraceEvent (tell.ts) or
 * from a line of recorded NDJSON (read.ts), and alike in both.
 */
export interface TraceStep {
  /** ns since 1970. */
  readonly time: bigint
  /** `0xffff970bc5f568e8`. */
  readonly skb: string
  /** 0 where packets are not followed. */
  readonly packet: number
  readonly cpu: number
  readonly pid: number
  readonly process: string
  readonly netns: number
  /** Name of the network namespace where one is known (`ip netns`), else empty. */
  readonly netnsName: string
  readonly mark: number
  readonly interfaceIndex: number
  readonly interfaceName: string
  readonly ethertype: number
  readonly mtu: number
  readonly length: number
  /** Undefined where the header says nothing of addresses (yet). */
  readonly tuple: Tuple | undefined
  readonly functionName: string
  readonly isTracepoint: boolean
  /** `NETFILTER_DROP`; empty where there is none. */
  readonly reason: string
  /** `nft_do_chain+0x3e8`: where it was dropped, of the tracepoint kfree_skb. */
  readonly droppedIn: string
  readonly caller: string
  readonly stack: readonly string[]
  /** By the field as it was asked for. */
  readonly meta: Readonly<Record<string, bigint | null>>
}
