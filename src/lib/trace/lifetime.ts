// Owns where the life of a socket buffer ends, and whether a step at a known address is still the same packet. See packets.ts.

import type { TraceStep, Tuple } from './step.ts'

/**
 * What a function means for the buffer's life (net/core/skbuff.c): `end`: its last holder let it go, its memory is given back;
 * `release`: a holder lets it go, perhaps not the last one; `after`: also called in the middle of a life, but part of the end
 * where it follows one (destructors).
 */
export type Ending = 'end' | 'release' | 'after' | undefined

/** Of functions; the tracepoints kfree_skb and consume_skb are behind the count of holders: they are ends. */
const endings: ReadonlyMap<string, Ending> = new Map<string, Ending>([
  ['__kfree_skb', 'end'],
  ['skb_release_all', 'end'],
  ['skb_release_head_state', 'end'],
  ['kfree_skbmem', 'end'],
  ['napi_skb_cache_put', 'end'],
  ['kfree_skb', 'release'],
  ['kfree_skb_reason', 'release'],
  ['__kfree_skb_reason', 'release'],
  ['sk_skb_reason_drop', 'release'],
  ['__sk_skb_reason_drop', 'release'],
  ['kfree_skb_list_reason', 'release'],
  ['kfree_skb_partial', 'release'],
  ['consume_skb', 'release'],
  ['__consume_stateless_skb', 'release'],
  ['napi_consume_skb', 'release'],
  ['__napi_kfree_skb', 'release'],
  ['napi_skb_free_stolen_head', 'release'],
  ['skb_attempt_defer_free', 'release'],
  ['dev_kfree_skb_any_reason', 'release'],
  ['dev_kfree_skb_irq_reason', 'release'],
  ['__dev_kfree_skb_any', 'release'],
  ['__dev_kfree_skb_irq', 'release'],
  ['__skb_free_datagram_locked', 'release'],
  ['skb_free_datagram', 'release'],
  ['tcp_eat_recv_skb', 'release'],
  // skb_release_data is called by pskb_expand_head of a buffer that lives on, too.
  ['skb_release_data', 'after'],
  ['skb_free_head', 'after'],
  ['skb_orphan_partial', 'after'],
  ['sock_wfree', 'after'],
  ['__sock_wfree', 'after'],
  ['sock_rfree', 'after'],
  ['sock_efree', 'after'],
  ['sock_edemux', 'after'],
  ['sock_pfree', 'after'],
  ['tcp_wfree', 'after'],
  ['skb_zcopy_clear', 'after'],
  ['skb_dst_drop', 'after'],
  ['nf_bridge_put', 'after'],
  ['tpacket_destruct_skb', 'after'],
])

/** What a step means for its buffer's life. */
export function endingOf({ functionName, isTracepoint }: TraceStep): Ending {
  const ending = endings.get(functionName)
  return isTracepoint && ending === 'release' ? 'end' : ending
}

/** Functions that are told of drops alone, on kernels that give no reason. */
const dropping: ReadonlySet<string> = new Set([
  'kfree_skb',
  'kfree_skb_reason',
  '__kfree_skb_reason',
  'sk_skb_reason_drop',
  '__sk_skb_reason_drop',
])
/** Reasons that are none: enum skb_drop_reason begins with these two. */
const notDrops: ReadonlySet<string> = new Set(['SKB_CONSUMED', 'SKB_NOT_DROPPED_YET', 'CONSUMED', 'NOT_DROPPED_YET'])

/** Whether the step says that the packet was dropped. Before Linux 5.17 there are no reasons: then the function says it. */
export function isDrop({ functionName, reason }: TraceStep): boolean {
  return reason === '' ? dropping.has(functionName) : !notDrops.has(reason)
}

/** Ways into an interface or a layer behind it: reached again only by a packet that was sent in between. */
const received: ReadonlySet<string> = new Set([
  'napi_gro_frags_entry',
  'napi_gro_receive_entry',
  'netif_receive_skb_entry',
  'netif_receive_skb_list_entry',
  'netif_rx_entry',
  'netif_rx',
  'netif_receive_skb',
  '__netif_receive_skb_core',
  'ip_rcv',
  'ip_rcv_core',
  'ipv6_rcv',
  'ip6_rcv_core',
])
/** Ways out of an interface: reached again at the same one only by a packet that was received in between. */
const sent: ReadonlySet<string> = new Set([
  'net_dev_queue',
  '__dev_queue_xmit',
  'net_dev_start_xmit',
  'net_dev_xmit',
  'dev_hard_start_xmit',
  'loopback_xmit',
  'veth_xmit',
])
/** Of those, the ones that a busy device does not have repeated. */
const queued: ReadonlySet<string> = new Set(['net_dev_queue', '__dev_queue_xmit'])

/**
 * Whether a step at a buffer whose end was not seen belongs to another packet at the same address. Not all ends are seen: TCP frees
 * what it has read by __kfree_skb, which no tracepoint tells of, and `--func` may leave the ends out. Three signs:
 * - it is where the packet began, at the same interface, and the step before does not lead there;
 * - its addresses are those of an answer;
 * - it is of a protocol that carries no others (TCP, ICMP, ARP), as was the one before, and of another protocol, or has no address
 *   or port in common.
 * NAT, encapsulation, forwarding and loops through several namespaces show none of these.
 * @param tuple the last that was known of the packet
 */
export function beginsAnother(first: TraceStep, last: TraceStep, tuple: Tuple | undefined, step: TraceStep): boolean {
  if (step.functionName === first.functionName && isSamePlace(step, first)) {
    if (received.has(step.functionName) && !sent.has(last.functionName)) return true
    if (queued.has(step.functionName)) {
      const comesBack = received.has(last.functionName) && last.netns === step.netns && last.interfaceName !== 'lo'
      if (!comesBack) return true
    }
  }
  return tuple !== undefined && step.tuple !== undefined && areOthers(tuple, step.tuple)
}

function isSamePlace(a: TraceStep, b: TraceStep): boolean {
  return a.netns === b.netns && a.interfaceIndex === b.interfaceIndex && a.interfaceName === b.interfaceName
}

/** Protocols that carry no packets of others: a packet of one never becomes one of another. */
const plain: ReadonlySet<string> = new Set(['tcp', 'icmp', 'icmp6', 'arp'])

function areOthers(a: Tuple, b: Tuple): boolean {
  if (a === b) return false
  const isBack = a.source === b.destination && a.destination === b.source
  if (a.protocol !== b.protocol) {
    return (isBack && a.source !== a.destination) || (plain.has(a.protocol) && plain.has(b.protocol))
  }
  if (isBack && a.sourcePort === b.destinationPort && a.destinationPort === b.sourcePort) {
    return a.source !== a.destination || a.sourcePort !== a.destinationPort
  }
  if (!plain.has(a.protocol)) return false
  if (a.source === b.source || a.destination === b.destination) return false
  const hasPort = a.sourcePort !== undefined && a.destinationPort !== undefined
  return !hasPort || (a.sourcePort !== b.sourcePort && a.destinationPort !== b.destinationPort)
}
