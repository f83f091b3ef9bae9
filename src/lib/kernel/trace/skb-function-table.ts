// Owns the short list of functions that tell most of a packet's way, for kernels where each costs an attachment of its own.
// See trace-watch.ts for the folder.

/**
 * The most telling first. Names of Linux 6.1 to 7.x: a kernel has those that it has, and of each pair of an old and a new name one.
 * None is a mere wrapper that is called beside another of the list for the same step, but where versions differ in which one is inlined.
 */
export const shortSkbFunctions: readonly string[] = [
  // Ends: dropped or consumed. Without these a route has no end.
  ...['sk_skb_reason_drop', 'kfree_skb_reason', 'kfree_skb_list_reason', 'consume_skb', '__consume_stateless_skb'],
  ...['skb_attempt_defer_free', '__kfree_skb', 'kfree_skbmem', 'napi_consume_skb'],
  // Receive.
  ...[
    'ip_rcv',
    'ip_rcv_core',
    'ip_rcv_finish',
    'ip_local_deliver',
    'ip_local_deliver_finish',
    'ip_protocol_deliver_rcu',
  ],
  ...['tcp_v4_rcv', 'udp_rcv', '__udp4_lib_rcv', 'icmp_rcv'],
  // Send, and forward.
  ...['__dev_queue_xmit', 'dev_hard_start_xmit', 'ip_output', 'ip_finish_output', 'ip_finish_output2'],
  ...['__ip_local_out', 'ip_local_out', '__ip_queue_xmit', 'ip_forward', 'ip_forward_finish'],
  // Firewalls.
  ...['nf_hook_slow', 'nf_hook_slow_list', 'nf_queue', 'nf_nat_packet', 'nf_nat_inet_fn', 'nf_conntrack_in'],
  // From and to devices.
  ...['netif_receive_skb', '__netif_receive_skb', '__netif_receive_skb_one_core'],
  ...[
    'netif_receive_skb_internal',
    'netif_rx_internal',
    'netif_rx',
    '__netif_rx',
    'enqueue_to_backlog',
    'napi_gro_receive',
  ],
  ...['loopback_xmit', 'veth_xmit', 'sch_direct_xmit', 'validate_xmit_skb', 'tcf_classify'],
  // TCP, UDP, ICMP behind their entries.
  ...[
    'tcp_v4_do_rcv',
    'tcp_rcv_established',
    'tcp_rcv_state_process',
    'tcp_data_queue',
    'tcp_queue_rcv',
    'tcp_add_backlog',
  ],
  ...['tcp_conn_request', 'tcp_v4_send_reset', '__tcp_transmit_skb', 'tcp_filter'],
  ...[
    'udp_queue_rcv_skb',
    'udp_queue_rcv_one_skb',
    '__udp_enqueue_schedule_skb',
    'udp_unicast_rcv_skb',
    'udp_send_skb',
  ],
  ...['__icmp_send', 'icmp_echo', 'icmp_unreach', 'ping_rcv', 'sk_filter_trim_cap', 'sock_queue_rcv_skb_reason'],
  // IPv6.
  ...['ipv6_rcv', 'ip6_rcv_core', 'ip6_rcv_finish', 'ip6_input', 'ip6_input_finish', 'ip6_protocol_deliver_rcu'],
  ...['ip6_output', 'ip6_finish_output', 'ip6_finish_output2', 'ip6_forward', 'ip6_xmit', '__ip6_local_out'],
  ...['tcp_v6_rcv', 'udpv6_rcv', 'icmpv6_rcv', 'ndisc_rcv'],
  // Copies, and buffers that become others.
  ...['skb_clone', 'skb_copy', 'pskb_copy', '__pskb_copy_fclone', 'skb_segment', '__skb_gso_segment', 'ip_defrag'],
  ...['ip_do_fragment', 'ip_fragment', 'ip6_fragment'],
  // ARP, bridges, VLANs, tunnels.
  ...[
    'arp_rcv',
    'arp_process',
    'br_handle_frame',
    'br_handle_frame_finish',
    'br_forward',
    '__br_forward',
    'br_dev_queue_push_xmit',
  ],
  ...['vlan_dev_hard_start_xmit', 'vxlan_rcv', 'vxlan_xmit', 'iptunnel_xmit', 'ip_tunnel_xmit'],
  ...['__skb_checksum_complete', 'skb_ensure_writable', 'skb_release_data', 'ip_error', 'ip_route_input_noref'],
]
