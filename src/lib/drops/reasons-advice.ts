// Owns what to look at for each reason, in a sentence: the words are ours. What a reason means is names/drop-reason-sentences.ts.
// See drops.ts for the folder. Start at adviceOf.

import { dropReasonSentence } from '../names/drop-reason-sentences.ts'
import type { Detail, Reason, Victim } from './snapshot.ts'

const route = 'Look at the routes of the node: does one lead to the destination, and is its port up?'
const rules = 'Look at the access lists and firewall rules of the node for these addresses.'
const headers =
  'Does one source send it? Then its program or adapter; do errors of the port grow? Then the cable or transceiver.'
const spoofed = 'No such packet should be on the wire: look at what the source runs, and whether it is spoofed.'
const neighbour =
  'Is the next hop up, in this VLAN, and does it answer ARP or neighbour discovery? Many at once may be a scan.'
const vlan = 'Compare the VLANs that both ends of the link allow, and the native one.'
const loop = 'Look at where traffic of this VLAN should go: MAC table, spanning tree, LAG members.'
const tunnel = 'Compare both ends of the tunnel: VNI, addresses, MTU, and what is routed into it.'
const loops = 'Is it traceroute? Else look for a loop: sonde path shows the TTL at each hop.'
const precedence = 'Which precedence (upper bits of DSCP) do these packets have, and what sets or limits it on the way?'
const policy = 'It is meant so by the configuration of this host: look there if it should not be.'
const tcp =
  'TCP of the receiving host does so by itself; many of them point to a middlebox, a restart, or loss on the way.'
const reverse =
  'Is the way back to the source another one (asymmetric routing)? Then loose reverse path filtering; else it is spoofed.'
const shaped = 'Compare the configured rate and burst of the shaper with what is sent; who sends most is in --culprits.'
const untold = 'What is in the columns of trap and function may tell more; the node can tell the rest.'

const byCode: Readonly<Record<number, string>> = {
  0: route,
  1: neighbour,
  2: 'Should this host speak that protocol? Else look at why the source sends it.',
  3: 'Is the service running there, and bound to that address and port?',
  4: 'Path MTU discovery must get its ICMP answers; compare MTUs on the way, tunnels too. Lost fragments look so too.',
  5: 'Source routes are switched off nearly everywhere, for good reason: look at who sends them.',
  6: route,
  7: 'Flooded frames of other hosts are dropped so; many of them: a MAC table that is too small or flaps, or a mirror.',
  8: 'Ask the node why it isolates this source: an access list, port isolation, or quarantine of the host.',
  9: rules,
  10: rules,
  13: rules,
  14: precedence,
  15: precedence,
  256: untold,
  257: loops,
  258: rules,
  260: 'Congestion: ECN would mark instead of dropping. Look at the thresholds, and at who fills the queue (--culprits).',
  261: shaped,
  262: 'Compare the MTUs of the ports on the way, tunnels too.',
  263: spoofed,
  264: vlan,
  265: vlan,
  266: 'Normal on a blocked port. Much of it: has the topology just changed, or does the other end not block?',
  267: loop,
  268: loop,
  269: 'A route to nowhere is meant so: is the prefix too wide, or is it an attack that is being discarded?',
  279: neighbour,
  280: 'Look at the multicast routes and at the unicast route back to the source.',
  282: tunnel,
  283: tunnel,
  284: untold,
  285: 'On Linux these are routes to nowhere (blackhole, unreachable, prohibit) and impossible sources; the function tells them apart.',
  286: untold,
  287: 'As a full queue: which class is it in, and who fills it? --culprits.',
  288: tunnel,
  289: untold,
  291: loop,
  292: neighbour,
  300: tunnel,
  301: vlan,
  302: reverse,
  303: tunnel,
  304: 'Port security: is that host allowed at this port, or has it moved?',
  305: 'Port security: is that MAC address meant to be filtered?',
  306: 'A route to nowhere is meant so: look at what installed it.',
  324: 'Who sends such short packets: is it one source or program? If of many, the port or the adapter cuts them.',
  325: 'Nothing here speaks that Ethernet type: look at who sends it, and whether it should come here.',
  326: policy,
  327: 'Compare what the sender speaks with what listens there: the protocol of the socket, or the kind of tunnel.',
  328: 'Should this host speak that protocol? Else look at why the source sends it.',
  329: 'Does one source send it? Then its adapter or checksum offload; of many: the cable, transceiver or memory on the way.',
  330: 'The program gave a buffer that can not be read or written, or went away: look at the program.',
  331: 'Was the interface or its tunnel just set up, taken down or reset? Look at its state and the log of its driver.',
  332: 'Link headers that the driver does not understand: compare encapsulation and VLAN offload at both ends; look at the log of its driver.',
  333: 'Does the sender or the network duplicate packets, or do two hosts have the same address and IDs? Look for a loop or a mirror.',
  334: 'Segmentation in software failed: look at the GSO and checksum offloads of tunnels and virtual ports, and at memory.',
  335: reverse,
  357: headers,
  358: 'Such messages must not be fragmented (RFC 6980): look at the source, and whether it is an attack.',
  359: 'It came through a router, or is forged: neighbour discovery stays on its link. Look at the source.',
  360: headers,
  361: headers,
  362: 'Normal in a small number: the solicited address is not of this host. Many of them: a scan, or flooded multicast.',
  363: policy,
  364: policy,
  365: policy,
  366: policy,
  367: policy,
  368: 'The CPU is too slow for what comes: spread interrupts over CPUs (RSS, RPS), raise net.core.netdev_max_backlog.',
  369: policy,
  370: policy,
  371: policy,
  372: 'Look at the FlowSpec rules that BGP distributes, and at who announced them.',
}

const byGroup: Readonly<Record<string, string>> = {
  'ICMP unreachable': route,
  L2: loop,
  L3: spoofed,
  'L3 exception': neighbour,
  'L3 host': headers,
  L4: tcp,
  ACL: rules,
  tunnel,
  parser: headers,
  'host stack': untold,
  unknown: untold,
}

const NO_BUFFER = 259
const IP_PARSING = 313
/** Of these Linux reasons the queue is one of a host: a socket's, or of memory. */
const ofSocket = /^(SOCKET_RCVBUFF|PROTO_MEM|SOCKET_BACKLOG|NOMEM)$/
/** These give IP_INHDR where the TTL ran out, and for nothing else (net/ipv4/ip_forward.c, net/ipv6/ip6_output.c of Linux). */
const forwards = /^(ip_forward|ip6_forward)$/

/** What of the details decides what to check. */
export type AdviceDetail = Pick<Detail, 'linuxReason' | 'function'>

/**
 * What it means and what to check, a sentence or two each.
 * @param victim what packets differ in is null
 * @param details the most frequent first; none where nothing is told
 */
export function adviceOf(
  reason: Reason,
  victim: Victim | null,
  details: readonly AdviceDetail[],
): { readonly meaning: string; readonly check: string } {
  const { code, group } = reason
  if (code === null) return { meaning: 'The agent does not tell why.', check: untold }
  const meaning = dropReasonSentence(code) ?? 'A reason that is in no document known here.'
  if (code === NO_BUFFER) return { meaning, check: bufferAdvice(victim, details[0]?.linuxReason ?? null) }
  const check = byCode[code] ?? (group === null ? untold : (byGroup[group] ?? untold))
  const expired = code === IP_PARSING ? details.filter(isExpired).length : 0
  if (expired === 0) return { meaning, check }
  const ofTtl = 'The TTL or hop limit ran out: Linux has the same reason for it as for a broken IP header.'
  if (expired === details.length) return { meaning: ofTtl, check: loops }
  return {
    meaning: `${meaning} In ip_forward and ip6_forward: the TTL ran out.`,
    check: `${check} Of the TTL: ${loops}`,
  }
}

function isExpired({ linuxReason, function: symbol }: AdviceDetail): boolean {
  return linuxReason === 'IP_INHDR' && symbol !== null && forwards.test(symbol)
}

/** A lossless class must never drop; others may, and ECN tells senders before. */
function bufferAdvice(victim: Victim | null, linux: string | null): string {
  if (linux !== null && ofSocket.test(linux)) {
    return "A socket's buffer: its program is too slow for what comes. Look at the program, then at SO_RCVBUF and net.core.rmem_max."
  }
  const dscp = victim?.dscp == null ? 'Which DSCP' : `DSCP ${victim.dscp}`
  if (victim?.protocol === 'RoCE') {
    return `${dscp}: is it the lossless class here? Then PFC did not stop the sender in time: incast, and too little headroom. If it is not, RoCE is in the wrong class.`
  }
  return `${dscp}: is that a lossless class? Then incast and headroom; else bursts, or too much for the port: who fills it is in --culprits.`
}
