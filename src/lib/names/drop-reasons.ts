// Owns the sFlow drop reasons, their codes and names, and which Linux reasons and devlink traps they stand for.
// Must not know samples or the kernel; how an agent chooses one is drop-reason-choice.ts. Start at dropReasons.

import { nameTable } from '../wire/name-table.ts'

/** A reason for which a packet was discarded. */
export interface DropReason {
  readonly code: number
  /** The specification's name, its typos too. */
  readonly name: string
  readonly group: DropGroup
  /** Where it is defined: the base document, sflow_drops.txt (October 2020), or only host-sflow's and sflowtool's headers. */
  readonly source: 'v5' | 'drops' | 'ext'
  /** Linux skb_drop_reason names, without their prefix, that hsflowd reports as this. */
  readonly linux: readonly string[]
  /** devlink traps and trap groups that hsflowd reports as this. */
  readonly traps: readonly string[]
}

/** Groups are ours, after the trap groups of devlink. */
export type DropGroup =
  | 'ICMP unreachable'
  | 'unknown'
  | 'L2'
  | 'L3'
  | 'L3 exception'
  | 'L3 host'
  | 'L4'
  | 'ACL'
  | 'buffer/queue'
  | 'tunnel'
  | 'parser'
  | 'host stack'

const row = (
  code: number,
  name: string,
  group: DropGroup,
  source: DropReason['source'],
  linux: readonly string[],
  traps: readonly string[],
): DropReason => Object.freeze({ code, name, group, source, linux, traps })

/**
 * All 133 reasons in order of code. 0 to 255 are ICMP unreachable codes, 256 up are sFlow's own. The list is open:
 * agents may send others, which stay numbers.
 * @see sflow_version_5.txt, "drop_reason"; sflow_drops.txt; host-sflow and sflowtool, sflow_drop.h
 */
export const dropReasons: readonly DropReason[] = Object.freeze([
  row(0, 'net_unreachable', 'ICMP unreachable', 'v5', ['IP_INNOROUTES'], []),
  row(1, 'host_unreachable', 'ICMP unreachable', 'v5', ['IP_INADDRERRORS'], []),
  row(2, 'protocol_unreachable', 'ICMP unreachable', 'v5', ['IP_NOPROTO'], []),
  row(3, 'port_unreachable', 'ICMP unreachable', 'v5', ['NO_SOCKET'], []),
  row(4, 'frag_needed', 'ICMP unreachable', 'v5', ['FRAG_REASM_TIMEOUT', 'FRAG_TOO_FAR'], []),
  row(5, 'src_route_failed', 'ICMP unreachable', 'v5', [], []),
  row(6, 'dst_net_unknown', 'ICMP unreachable', 'v5', ['IP_OUTNOROUTES'], ['ipv4_lpm_miss', 'ipv6_lpm_miss']),
  row(7, 'dst_host_unknown', 'ICMP unreachable', 'v5', ['OTHERHOST'], []),
  row(8, 'src_host_isolated', 'ICMP unreachable', 'v5', [], []),
  row(9, 'dst_net_prohibited', 'ICMP unreachable', 'v5', [], ['reject_route']),
  row(10, 'dst_host_prohibited', 'ICMP unreachable', 'v5', [], []),
  row(11, 'dst_net_tos_unreachable', 'ICMP unreachable', 'v5', [], []),
  row(12, 'dst_host_tos_unreacheable', 'ICMP unreachable', 'v5', [], []),
  row(13, 'comm_admin_prohibited', 'ICMP unreachable', 'v5', [], []),
  row(14, 'host_precedence_violation', 'ICMP unreachable', 'v5', [], []),
  row(15, 'precedence_cutoff', 'ICMP unreachable', 'v5', [], []),
  row(256, 'unknown', 'unknown', 'v5', ['NOT_SPECIFIED'], []),
  row(257, 'ttl_exceeded', 'L3 exception', 'v5', [], ['ttl_value_is_too_small']),
  row(
    258,
    'acl',
    'ACL',
    'v5',
    ['NETFILTER_DROP'],
    ['acl_drops', 'ingress_flow_action_drop', 'egress_flow_action_drop'],
  ),
  row(
    259,
    'no_buffer_space',
    'buffer/queue',
    'v5',
    ['SOCKET_RCVBUFF', 'PROTO_MEM', 'SOCKET_BACKLOG', 'FULL_RING', 'NOMEM'],
    ['tail_drop'],
  ),
  row(260, 'red', 'buffer/queue', 'v5', [], ['early_drop']),
  row(261, 'traffic_shaping', 'buffer/queue', 'v5', ['QDISC_DROP'], []),
  row(262, 'pkt_too_big', 'L3 exception', 'v5', ['PKT_TOO_BIG'], ['mtu_value_is_too_small']),
  row(263, 'src_mac_is_multicast', 'L2', 'drops', [], ['source_mac_is_multicast']),
  row(264, 'vlan_tag_mismatch', 'L2', 'drops', [], ['vlan_tag_mismatch']),
  row(265, 'ingress_vlan_filter', 'L2', 'drops', [], ['ingress_vlan_filter']),
  row(266, 'ingress_spanning_tree_filter', 'L2', 'drops', [], ['ingress_spanning_tree_filter']),
  row(267, 'port_list_is_empty', 'L2', 'drops', [], ['port_list_is_empty']),
  row(268, 'port_loopback_filter', 'L2', 'drops', [], ['port_loopback_filter']),
  row(269, 'blackhole_route', 'L3', 'drops', [], ['blackhole_route']),
  row(270, 'non_ip', 'L3', 'drops', [], ['non_ip']),
  row(271, 'uc_dip_over_mc_dmac', 'L3', 'drops', ['UNICAST_IN_L2_MULTICAST'], ['uc_dip_over_mc_dmac']),
  row(272, 'dip_is_loopback_address', 'L3', 'drops', [], ['dip_is_loopback_address']),
  row(273, 'sip_is_mc', 'L3', 'drops', [], ['sip_is_mc']),
  row(274, 'sip_is_loopback_address', 'L3', 'drops', [], ['sip_is_loopback_address']),
  row(275, 'ip_header_corrupted', 'L3', 'drops', [], ['ip_header_corrupted']),
  row(276, 'ipv4_sip_is_limited_bc', 'L3', 'drops', [], ['ipv4_sip_is_limited_bc']),
  row(277, 'ipv6_mc_dip_reserved_scope', 'L3', 'drops', [], ['ipv6_mc_dip_reserved_scope']),
  row(278, 'ipv6_mc_dip_interface_local_scope', 'L3', 'drops', [], ['ipv6_mc_dip_interface_local_scope']),
  row(
    279,
    'unresolved_neigh',
    'L3 exception',
    'drops',
    ['NEIGH_CREATEFAIL', 'NEIGH_FAILED', 'NEIGH_QUEUEFULL', 'NEIGH_DEAD'],
    ['unresolved_neigh'],
  ),
  row(280, 'mc_reverse_path_forwarding', 'L3 exception', 'drops', [], ['mc_reverse_path_forwarding']),
  row(281, 'non_routable_packet', 'L3', 'drops', [], ['non_routable_packet']),
  row(282, 'decap_error', 'tunnel', 'drops', [], ['decap_error']),
  row(283, 'overlay_smac_is_mc', 'tunnel', 'drops', [], ['overlay_smac_is_mc']),
  row(284, 'unknown_l2', 'L2', 'drops', [], ['l2_drops']),
  row(285, 'unknown_l3', 'L3', 'drops', [], ['l3_drops']),
  row(286, 'unknown_l3_exception', 'L3 exception', 'drops', [], ['l3_exceptions']),
  row(287, 'unknown_buffer', 'buffer/queue', 'drops', [], ['buffer_drops']),
  row(288, 'unknown_tunnel', 'tunnel', 'drops', [], ['tunnel_drops']),
  row(289, 'unknown_l4', 'L4', 'drops', [], []),
  row(290, 'sip_is_unspecified', 'L3', 'drops', [], ['sip_is_unspecified']),
  row(291, 'mlag_port_isolation', 'L2', 'drops', [], ['mlag_port_isolation']),
  row(292, 'blackhole_arp_neigh', 'L3', 'drops', [], ['blackhole_arp_neigh']),
  row(293, 'src_mac_is_dmac', 'L2', 'drops', [], ['src_mac_is_dmac']),
  row(294, 'dmac_is_reserved', 'L2', 'drops', [], ['dmac_is_reserved']),
  row(295, 'sip_is_class_e', 'L3', 'drops', [], ['sip_is_class_e']),
  row(296, 'mc_dmac_mismatch', 'L3', 'drops', [], ['mc_dmac_mismatch']),
  row(297, 'sip_is_dip', 'L3', 'drops', [], ['sip_is_dip']),
  row(298, 'dip_is_local_network', 'L3', 'drops', [], ['dip_is_local_network']),
  row(299, 'dip_is_link_local', 'L3', 'drops', [], ['dip_is_link_local']),
  row(300, 'overlay_smac_is_dmac', 'tunnel', 'drops', [], ['overlay_smac_is_dmac']),
  row(301, 'egress_vlan_filter', 'L2', 'drops', [], []),
  row(302, 'uc_reverse_path_forwarding', 'L3', 'drops', [], []),
  row(303, 'split_horizon', 'tunnel', 'drops', [], []),
  row(304, 'locked_port', 'L2', 'ext', [], ['locked_port']),
  row(305, 'dmac_filter', 'L2', 'ext', [], ['dmac_filter']),
  row(306, 'blackhole_nexthop', 'L3', 'ext', [], ['blackhole_nexthop']),
  row(307, 'vxlan_parsing', 'parser', 'ext', [], ['vxlan_parsing']),
  row(308, 'llc_snap_parsing', 'parser', 'ext', [], ['llc_snap_parsing']),
  row(309, 'vlan_parsing', 'parser', 'ext', [], ['vlan_parsing']),
  row(310, 'pppoe_ppp_parsing', 'parser', 'ext', [], ['pppoe_ppp_parsing']),
  row(311, 'mpls_parsing', 'parser', 'ext', [], ['mpls_parsing']),
  row(312, 'arp_parsing', 'parser', 'ext', [], ['arp_parsing']),
  row(313, 'ip_1_parsing', 'parser', 'ext', ['IP_CSUM', 'IP_INHDR'], ['ip_1_parsing']),
  row(314, 'ip_n_parsing', 'parser', 'ext', [], ['ip_n_parsing']),
  row(315, 'gre_parsing', 'parser', 'ext', [], ['gre_parsing']),
  row(316, 'udp_parsing', 'parser', 'ext', ['UDP_CSUM'], ['udp_parsing']),
  row(317, 'tcp_parsing', 'parser', 'ext', ['TCP_CSUM'], ['tcp_parsing']),
  row(318, 'ipsec_parsing', 'parser', 'ext', [], ['ipsec_parsing']),
  row(319, 'sctp_parsing', 'parser', 'ext', [], ['sctp_parsing']),
  row(320, 'dccp_parsing', 'parser', 'ext', [], ['dccp_parsing']),
  row(321, 'gtp_parsing', 'parser', 'ext', [], ['gtp_parsing']),
  row(322, 'esp_parsing', 'parser', 'ext', [], ['esp_parsing']),
  row(323, 'unknown_parsing', 'parser', 'ext', [], []),
  row(324, 'pkt_too_small', 'host stack', 'ext', ['PKT_TOO_SMALL', 'HDR_TRUNC'], []),
  row(325, 'unhandled_proto', 'host stack', 'ext', ['UNHANDLED_PROTO'], []),
  row(326, 'ipv6disabled', 'L3 host', 'ext', ['IPV6DISABLED'], []),
  row(327, 'invalid_proto', 'host stack', 'ext', ['INVALID_PROTO'], []),
  row(328, 'ip_noproto', 'host stack', 'ext', [], []),
  row(329, 'skb_csum', 'host stack', 'ext', ['SKB_CSUM'], []),
  row(330, 'skb_ucopy_fault', 'host stack', 'ext', ['SKB_UCOPY_FAULT'], []),
  row(331, 'dev_ready', 'host stack', 'ext', ['DEV_READY'], []),
  row(332, 'dev_hdr', 'host stack', 'ext', ['DEV_HDR'], []),
  row(333, 'dup_frag', 'host stack', 'ext', ['DUP_FRAG'], []),
  row(334, 'skb_gso_seg', 'host stack', 'ext', ['SKB_GSO_SEG'], []),
  row(335, 'reverse_path_forwarding', 'L3', 'ext', ['IP_RPFILTER'], []),
  row(336, 'icmp_parsing', 'parser', 'ext', ['ICMP_CSUM'], []),
  row(337, 'tcp_md5notfound', 'L4', 'ext', ['TCP_MD5NOTFOUND'], []),
  row(338, 'tcp_md5unexpected', 'L4', 'ext', ['TCP_MD5UNEXPECTED'], []),
  row(339, 'tcp_md5failure', 'L4', 'ext', ['TCP_MD5FAILURE'], []),
  row(340, 'tcp_flags', 'L4', 'ext', ['TCP_FLAGS'], []),
  row(341, 'tcp_zerowindow', 'L4', 'ext', ['TCP_ZEROWINDOW'], []),
  row(342, 'tcp_old_data', 'L4', 'ext', ['TCP_OLD_DATA'], []),
  row(343, 'tcp_overwindow', 'L4', 'ext', ['TCP_OVERWINDOW'], []),
  row(344, 'tcp_ofomerge', 'L4', 'ext', ['TCP_OFOMERGE'], []),
  row(345, 'tcp_rfc7323_paws', 'L4', 'ext', ['TCP_RFC7323_PAWS'], []),
  row(346, 'tcp_invalid_sequence', 'L4', 'ext', ['TCP_INVALID_SEQUENCE'], []),
  row(347, 'tcp_reset', 'L4', 'ext', ['TCP_RESET'], []),
  row(348, 'tcp_invalid_syn', 'L4', 'ext', ['TCP_INVALID_SYN'], []),
  row(349, 'tcp_close', 'L4', 'ext', ['TCP_CLOSE'], []),
  row(350, 'tcp_fastopen', 'L4', 'ext', ['TCP_FASTOPEN'], []),
  row(351, 'tcp_old_ack', 'L4', 'ext', ['TCP_OLD_ACK'], []),
  row(352, 'tcp_too_old_ack', 'L4', 'ext', ['TCP_TOO_OLD_ACK'], []),
  row(353, 'tcp_ack_unsent_data', 'L4', 'ext', ['TCP_ACK_UNSENT_DATA'], []),
  row(354, 'tcp_ofo_queue_prune', 'L4', 'ext', ['TCP_OFO_QUEUE_PRUNE'], []),
  row(355, 'tcp_ofo_drop', 'L4', 'ext', ['TCP_OFO_DROP'], []),
  row(356, 'tcp_minttl', 'L4', 'ext', ['TCP_MINTTL'], []),
  row(357, 'ipv6_bad_exthdr', 'L3 host', 'ext', ['IPV6_BAD_EXTHDR'], []),
  row(358, 'ipv6_ndisc_frag', 'L3 host', 'ext', ['IPV6_NDISC_FRAG'], []),
  row(359, 'ipv6_ndisc_hop_limit', 'L3 host', 'ext', ['IPV6_NDISC_HOP_LIMIT'], []),
  row(360, 'ipv6_ndisc_bad_code', 'L3 host', 'ext', ['IPV6_NDISC_BAD_CODE'], []),
  row(361, 'ipv6_ndisc_bad_options', 'L3 host', 'ext', ['IPV6_NDISC_BAD_OPTIONS'], []),
  row(362, 'ipv6_ndisc_ns_otherhost', 'L3 host', 'ext', ['IPV6_NDISC_NS_OTHERHOST'], []),
  row(363, 'tap_filter', 'host stack', 'ext', ['TAP_FILTER'], []),
  row(364, 'tap_txfilter', 'host stack', 'ext', ['TAP_TXFILTER'], []),
  row(365, 'tc_ingress', 'host stack', 'ext', ['TC_INGRESS'], []),
  row(366, 'tc_egress', 'host stack', 'ext', ['TC_EGRESS'], []),
  row(367, 'xdp', 'host stack', 'ext', ['XDP'], []),
  row(368, 'cpu_backlog', 'host stack', 'ext', ['CPU_BACKLOG'], []),
  row(369, 'bpf_cgroup_egress', 'host stack', 'ext', ['BPF_CGROUP_EGRESS'], []),
  row(370, 'xfrm_policy', 'host stack', 'ext', ['XFRM_POLICY'], []),
  row(371, 'socket_filter', 'host stack', 'ext', ['SOCKET_FILTER'], []),
  row(372, 'bgp_flowspec', 'ACL', 'ext', [], []),
])

/** Codes that agents in the field send by a slip in the headers they are built from (C1): 33 for 332, 36 for 366. */
const misprints: ReadonlyMap<number, number> = new Map([
  [33, 332],
  [36, 366],
])

const byCode: ReadonlyMap<number, DropReason> = new Map(dropReasons.map((x) => [x.code, x]))
const byName: ReadonlyMap<string, DropReason> = new Map(dropReasons.map((x) => [x.name, x]))

/** Name of each code, the two misprinted ones included; for the fields `reason` and interfaces of format 1. */
export const dropReasonNames = nameTable('drop_reason', 'sflow_drops.txt; host-sflow, sflow_drop.h', {
  ...Object.fromEntries(dropReasons.map((x) => [x.code, x.name])),
  ...Object.fromEntries([...misprints].map(([wire, code]) => [wire, byCode.get(code)!.name])),
})

/** Everything known of a code on the wire, or undefined where it is not assigned. 33 and 36 give 332 and 366 (C1). */
export function dropReasonOf(code: number): DropReason | undefined {
  return byCode.get(misprints.get(code) ?? code)
}

/** Name of a code on the wire, or undefined where it is not assigned. */
export function dropReasonName(code: number): string | undefined {
  return dropReasonNames.get(code)
}

/** Code of a name, for encoding and for filters; undefined where there is no such name. */
export function dropReasonCode(name: string): number | undefined {
  return byName.get(name)?.code
}

/**
 * The code under which a reason is counted. Different from the wire for the two misprints (C1), and for ip_noproto
 * (328), which hsflowd marks as replaced by protocol_unreachable (2) (C22).
 */
export function canonicalDropReason(code: number): number {
  return code === 328 ? 2 : (misprints.get(code) ?? code)
}
