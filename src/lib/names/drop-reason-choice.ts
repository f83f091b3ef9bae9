// Owns how a drop that the Linux kernel reports becomes an sFlow drop reason, as hsflowd does it (mod_dropmon).
// Must not know how the kernel is asked. Start at chooseDropReason.

import { dropReasonCode, dropReasons } from './drop-reasons.ts'

/** What is known of a drop; what is not known is left out or empty. */
export interface KernelDrop {
  /** skb_drop_reason without its prefix, as `NO_SOCKET`; kernel 6.1 and later. */
  readonly reason?: string | undefined
  /** devlink trap, for drops in hardware. */
  readonly trap?: string | undefined
  /** devlink trap group, for drops in hardware. */
  readonly group?: string | undefined
  /** Kernel function that dropped the packet, as `tcp_v4_rcv+0x7c`. */
  readonly symbol?: string | undefined
}

const UNKNOWN = dropReasonCode('unknown')!
const UNKNOWN_L2 = dropReasonCode('unknown_l2')!
const UNKNOWN_L3 = dropReasonCode('unknown_l3')!
const UNKNOWN_L4 = dropReasonCode('unknown_l4')!

/** Says that the event is no drop to report. */
const NONE = -1

/** Linux reason to code. All others are unknown: newer kernels have more names, which extended_linux_drop_reason keeps. */
export const linuxReasons: ReadonlyMap<string, number> = new Map([
  ...dropReasons.flatMap((x) => x.linux.map((name): [string, number] => [name, x.code])),
  ['NOT_DROPPED_YET', NONE],
])

/** devlink trap or trap group to code. */
export const devlinkTraps: ReadonlyMap<string, number> = new Map(
  dropReasons.flatMap((x) => x.traps.map((name): [string, number] => [name, x.code])),
)

/** devlink traps and groups that report no drop: the packet went to the CPU or was only looked at (C16 for parser_error_drops). */
export const ignoredTraps: ReadonlySet<string> = new Set([
  'stp',
  'lacp',
  'lldp',
  'mc_snooping',
  'dhcp',
  'neigh_discovery',
  'bfd',
  'ospf',
  'bgp',
  'vrrp',
  'pim',
  'uc_loopback',
  'local_delivery',
  'external_delivery',
  'ipv6',
  'ptp_event',
  'ptp_general',
  'acl_sample',
  'acl_trap',
  'parser_error_drops',
  'eapol',
  'igmp_query',
  'igmp_v1_report',
  'igmp_v2_report',
  'igmp_v3_report',
  'igmp_v2_leave',
  'mld_query',
  'mld_v1_report',
  'mld_v2_report',
  'mld_v1_done',
  'ipv4_dhcp',
  'ipv6_dhcp',
  'arp_request',
  'arp_response',
  'arp_overlay',
  'ipv6_neigh_solicit',
  'ipv6_neigh_advert',
  'ipv4_bfd',
  'ipv6_bfd',
  'ipv4_ospf',
  'ipv6_ospf',
  'ipv4_bgp',
  'ipv6_bgp',
  'ipv4_vrrp',
  'ipv6_vrrp',
  'ipv4_pim',
  'ipv6_pim',
  'local_route',
  'external_route',
  'ipv6_uc_dip_link_local_scope',
  'ipv6_dip_all_nodes',
  'ipv6_dip_all_routers',
  'ipv6_router_solicit',
  'ipv6_router_advert',
  'ipv6_redirect',
  'ipv4_router_alert',
  'ipv6_router_alert',
  'flow_action_sample',
  'flow_action_trap',
])

/** Beginnings of the names of kernel functions, lower case; the first that fits wins. All others are unknown. */
export const symbolReasons: ReadonlyArray<readonly [prefix: string, code: number]> = [
  ['tcp_', UNKNOWN_L4],
  ['udp_', UNKNOWN_L4],
  ['__udp4_', UNKNOWN_L4],
  ['__udp6_', UNKNOWN_L4],
  ['icmp_', UNKNOWN_L3],
  ['icmpv6_', UNKNOWN_L3],
  ['ip_', UNKNOWN_L3],
  ['ipv4_', UNKNOWN_L3],
  ['ip6_', UNKNOWN_L3],
  ['ipv6_', UNKNOWN_L3],
  ['raw_', UNKNOWN_L3],
  ['rawv6_', UNKNOWN_L3],
  ['br_', UNKNOWN_L2],
  ['__br_', UNKNOWN_L2],
  ['sk_stream_kill_queues', NONE],
  ['skb_release_data', NONE],
  ['skb_queue_purge', NONE],
]

/**
 * The sFlow drop reason of a drop in the kernel.
 * Asks the reason first, then the hardware trap where that gave nothing better than unknown, then the function.
 * @returns a code, or undefined where hsflowd reports nothing
 * @see host-sflow, mod_dropmon
 */
export function chooseDropReason(drop: KernelDrop): number | undefined {
  let code: number | undefined
  if (drop.reason) code = linuxReasons.get(drop.reason) ?? UNKNOWN
  if ((code === undefined || code === UNKNOWN) && (drop.trap || drop.group)) {
    code = trapReason(drop.trap ?? '', drop.group ?? '') ?? code
  }
  if ((code === undefined || code === UNKNOWN) && drop.symbol) code = symbolReason(drop.symbol)
  return code === NONE ? undefined : code
}

/** The trap's name says more than its group. */
function trapReason(trap: string, group: string): number | undefined {
  for (const name of [trap, group]) {
    const code = devlinkTraps.get(name)
    if (code !== undefined) return code
    if (ignoredTraps.has(name)) return NONE
  }
  return trap.startsWith('vpp_') ? UNKNOWN : undefined
}

function symbolReason(symbol: string): number {
  const name = symbol.toLowerCase()
  for (const [prefix, code] of symbolReasons) if (name.startsWith(prefix)) return code
  return UNKNOWN
}
