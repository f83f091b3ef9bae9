// Owns the counter records of the base document: sFlow version 5, July 2004, with its errata. Its flow records are in version-5.ts.
// Must not know how records are decoded. Start at if_counters.

import { interfaceTypes } from '../../names/interface-types.ts'
import { ifDirections, ifStatuses } from '../../names/sflow.ts'
import { f, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_version_5.txt'

export const if_counters = record({
  name: 'if_counters',
  tag: [0, 1],
  source: `${document}, "Generic Interface Counters"`,
  notes:
    'Counters that an agent does not have are all ones. Whether ifPromiscuousMode is a TruthValue (1, 2) or a flag ' +
    '(0, 1) is not settled; hsflowd sends a flag.',
  fields: [
    f('ifIndex', u32, 'index of the interface'),
    f('ifType', u32, 'type of the interface (IANAifType)', { names: interfaceTypes }),
    f('ifSpeed', u64, 'speed', 'bit/s'),
    f('ifDirection', u32, 'duplex mode', { names: ifDirections }),
    f('ifStatus', u32, 'bit 0: ifAdminStatus up, bit 1: ifOperStatus up', { names: ifStatuses }),
    f('ifInOctets', u64, 'octets received', 'bytes'),
    f('ifInUcastPkts', u32, 'unicast packets received', 'packets'),
    f('ifInMulticastPkts', u32, 'multicast packets received', 'packets'),
    f('ifInBroadcastPkts', u32, 'broadcast packets received', 'packets'),
    f('ifInDiscards', u32, 'received packets discarded without an error', 'packets'),
    f('ifInErrors', u32, 'received packets with errors', 'packets'),
    f('ifInUnknownProtos', u32, 'received packets of an unknown protocol', 'packets'),
    f('ifOutOctets', u64, 'octets sent', 'bytes'),
    f('ifOutUcastPkts', u32, 'unicast packets to send', 'packets'),
    f('ifOutMulticastPkts', u32, 'multicast packets to send', 'packets'),
    f('ifOutBroadcastPkts', u32, 'broadcast packets to send', 'packets'),
    f('ifOutDiscards', u32, 'packets to send that were discarded without an error', 'packets'),
    f('ifOutErrors', u32, 'packets not sent because of errors', 'packets'),
    f('ifPromiscuousMode', u32, 'promiscuous mode'),
  ],
})
export type IfCounters = Of<typeof if_counters>

export const ethernet_counters = record({
  name: 'ethernet_counters',
  tag: [0, 2],
  source: `${document}, "Ethernet Interface Counters" (RFC 2358)`,
  fields: [
    f('dot3StatsAlignmentErrors', u32, 'frames not a whole number of octets, with a wrong FCS', 'frames'),
    f('dot3StatsFCSErrors', u32, 'frames with a wrong FCS', 'frames'),
    f('dot3StatsSingleCollisionFrames', u32, 'frames sent after exactly one collision', 'frames'),
    f('dot3StatsMultipleCollisionFrames', u32, 'frames sent after more than one collision', 'frames'),
    f('dot3StatsSQETestErrors', u32, 'SQE test errors'),
    f('dot3StatsDeferredTransmissions', u32, 'frames whose first attempt was delayed, the medium being busy', 'frames'),
    f('dot3StatsLateCollisions', u32, 'collisions later than one slot time into the frame'),
    f('dot3StatsExcessiveCollisions', u32, 'frames not sent because of too many collisions', 'frames'),
    f('dot3StatsInternalMacTransmitErrors', u32, 'frames not sent because of an internal MAC error', 'frames'),
    f('dot3StatsCarrierSenseErrors', u32, 'times that the carrier was lost or never seen when sending'),
    f('dot3StatsFrameTooLongs', u32, 'frames longer than permitted', 'frames'),
    f('dot3StatsInternalMacReceiveErrors', u32, 'frames not received because of an internal MAC error', 'frames'),
    f('dot3StatsSymbolErrors', u32, 'invalid symbols'),
  ],
})
export type EthernetCounters = Of<typeof ethernet_counters>

export const tokenring_counters = record({
  name: 'tokenring_counters',
  tag: [0, 3],
  source: `${document}, "Token Ring Counters" (RFC 1748)`,
  fields: [
    f('dot5StatsLineErrors', u32, 'line errors'),
    f('dot5StatsBurstErrors', u32, 'burst errors'),
    f('dot5StatsACErrors', u32, 'address-recognized or frame-copied bits set wrongly by another station'),
    f('dot5StatsAbortTransErrors', u32, 'abort delimiters sent'),
    f('dot5StatsInternalErrors', u32, 'internal errors'),
    f('dot5StatsLostFrameErrors', u32, 'frames whose trailer did not come back', 'frames'),
    f('dot5StatsReceiveCongestions', u32, 'frames not copied for lack of buffers', 'frames'),
    f('dot5StatsFrameCopiedErrors', u32, 'frames to this station that another seems to have copied', 'frames'),
    f('dot5StatsTokenErrors', u32, 'token errors of the active monitor'),
    f('dot5StatsSoftErrors', u32, 'soft errors'),
    f('dot5StatsHardErrors', u32, 'hard errors'),
    f('dot5StatsSignalLoss', u32, 'losses of signal'),
    f('dot5StatsTransmitBeacons', u32, 'beacon frames sent', 'frames'),
    f('dot5StatsRecoverys', u32, 'claim token frames, sent or received in recovery', 'frames'),
    f('dot5StatsLobeWires', u32, 'open or short circuits on the lobe'),
    f('dot5StatsRemoves', u32, 'remove ring station frames received', 'frames'),
    f('dot5StatsSingles', u32, 'times that the station was alone on the ring'),
    f('dot5StatsFreqErrors', u32, 'frequency errors'),
  ],
})
export type TokenringCounters = Of<typeof tokenring_counters>

export const vg_counters = record({
  name: 'vg_counters',
  tag: [0, 4],
  source: `${document}, "100 BaseVG Interface Counters" (RFC 2020)`,
  fields: [
    f('dot12InHighPriorityFrames', u32, 'high priority frames received', 'frames'),
    f('dot12InHighPriorityOctets', u64, 'octets in high priority frames received', 'bytes'),
    f('dot12InNormPriorityFrames', u32, 'normal priority frames received', 'frames'),
    f('dot12InNormPriorityOctets', u64, 'octets in normal priority frames received', 'bytes'),
    f('dot12InIPMErrors', u32, 'frames received with an invalid packet marker', 'frames'),
    f('dot12InOversizeFrameErrors', u32, 'frames received that were too long', 'frames'),
    f('dot12InDataErrors', u32, 'frames received with data errors', 'frames'),
    f('dot12InNullAddressedFrames', u32, 'frames received with a null destination', 'frames'),
    f('dot12OutHighPriorityFrames', u32, 'high priority frames sent', 'frames'),
    f('dot12OutHighPriorityOctets', u64, 'octets in high priority frames sent', 'bytes'),
    f('dot12TransitionIntoTrainings', u32, 'times that the interface went into training'),
    f('dot12HCInHighPriorityOctets', u64, 'as dot12InHighPriorityOctets, 64-bit counter of the MIB', 'bytes'),
    f('dot12HCInNormPriorityOctets', u64, 'as dot12InNormPriorityOctets, 64-bit counter of the MIB', 'bytes'),
    f('dot12HCOutHighPriorityOctets', u64, 'as dot12OutHighPriorityOctets, 64-bit counter of the MIB', 'bytes'),
  ],
})
export type VgCounters = Of<typeof vg_counters>

export const vlan_counters = record({
  name: 'vlan_counters',
  tag: [0, 5],
  source: `${document}, "VLAN counters"`,
  fields: [
    f('vlan_id', u32, '802.1Q VLAN id'),
    f('octets', u64, 'octets', 'bytes'),
    f('ucastPkts', u32, 'unicast packets', 'packets'),
    f('multicastPkts', u32, 'multicast packets', 'packets'),
    f('broadcastPkts', u32, 'broadcast packets', 'packets'),
    f('discards', u32, 'packets discarded', 'packets'),
  ],
})
export type VlanCounters = Of<typeof vlan_counters>

const percent = 'hundredths of a percent'

export const processor = record({
  name: 'processor',
  tag: [0, 1001],
  source: `${document}, "Processor Information"`,
  notes: 'A percentage of 0xffffffff is unknown.',
  fields: [
    f('5s_cpu', u32, 'CPU use, average of 5 seconds', percent),
    f('1m_cpu', u32, 'CPU use, average of 1 minute', percent),
    f('5m_cpu', u32, 'CPU use, average of 5 minutes', percent),
    f('total_memory', u64, 'total memory', 'bytes'),
    f('free_memory', u64, 'free memory', 'bytes'),
  ],
})
export type Processor = Of<typeof processor>

/** In the registry's order. */
export const counters = [
  if_counters,
  ethernet_counters,
  tokenring_counters,
  vg_counters,
  vlan_counters,
  processor,
] as const
