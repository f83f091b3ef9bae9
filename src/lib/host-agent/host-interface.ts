// Owns the seam between the interfaces of this host and what the agent tells of them: the part of kernel/interfaces.ts that is
// used here. Must not know how the kernel is asked. Start at InterfaceReader.

/** An interface of this network namespace. */
export interface HostInterface {
  readonly index: number
  readonly name: string
  /** What made it: `veth`, `vlan`, `bridge`, `bond`, `tun`; empty for a card and for loopback. */
  readonly kind: string
  /** ifType of IANA: 6 Ethernet, 24 loopback, 131 a tunnel. */
  readonly interfaceType: number
  /** Whether its packets begin with an Ethernet header; else with IP. */
  readonly hasEthernet: boolean
  /** Six bytes of an Ethernet interface; empty for others. */
  readonly mac: Uint8Array
  readonly isUp: boolean
  /** Carrier is there. */
  readonly isRunning: boolean
  readonly isLoopback: boolean
  readonly isPromiscuous: boolean
}

/** Counters of struct rtnl_link_stats64; linux/if_link.h says which of IEEE 802.3 each is. */
export interface InterfaceCounters {
  readonly rxPackets: bigint
  readonly txPackets: bigint
  readonly rxBytes: bigint
  readonly txBytes: bigint
  readonly rxErrors: bigint
  readonly txErrors: bigint
  readonly rxDropped: bigint
  readonly txDropped: bigint
  readonly multicast: bigint
  readonly rxCrcErrors: bigint
  readonly rxFrameErrors: bigint
  readonly rxMissedErrors: bigint
  readonly txAbortedErrors: bigint
  readonly txCarrierErrors: bigint
  readonly txHeartbeatErrors: bigint
  readonly txWindowErrors: bigint
}

/** What the driver says of the line. */
export interface LineSpeed {
  /** bit/s; undefined where not known. */
  readonly speed: number | undefined
  readonly duplex: 'full' | 'half' | undefined
}

/** What became of an interface between two looks. One that was deleted and made again has another index. */
export type InterfaceChange =
  | { readonly kind: 'come'; readonly now: HostInterface }
  | { readonly kind: 'gone'; readonly before: HostInterface }
  | { readonly kind: 'changed'; readonly before: HostInterface; readonly now: HostInterface }

/** Reads them. Interfaces come and go: one that is gone has no counters. */
export interface InterfaceReader {
  all(): readonly HostInterface[]
  /** Since the last call; costs nothing much where there is no news. */
  changes(): readonly InterfaceChange[]
  counters(index: number): InterfaceCounters | undefined
  line(port: HostInterface): LineSpeed
}

/** A card, or what stands for one in a virtual machine: not a bridge, bond, VLAN, veth or tunnel. */
export function isPhysical({ kind, isLoopback }: HostInterface): boolean {
  return kind === '' && !isLoopback
}
