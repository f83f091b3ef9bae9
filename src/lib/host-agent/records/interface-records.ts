// Owns the counters of an interface as sFlow records. Must not know how the kernel is asked. Start at interfaceRecords.

import type { DecodedRecord } from '../../sflow/datagram.ts'
import { port_name } from '../../sflow/records/openflow.ts'
import { ethernet_counters, if_counters } from '../../sflow/records/version-5-counters.ts'
import type { Of, RecordType } from '../../wire/record.ts'
import { tagValue } from '../../wire/record.ts'
import { type HostInterface, type InterfaceCounters, isPhysical, type LineSpeed } from '../host-interface.ts'
import { NO_COUNTER32 } from './counter-values.ts'

/** ifDirection of if_counters (sflow_version_5.txt): full-duplex, half-duplex, unknown. */
const directions = { full: 1, half: 2 } as const
const UP = 1
const RUNNING = 2

/** A record with all its fields. */
export function recordOf<R extends RecordType>(type: R, fields: Of<R>): DecodedRecord {
  return { tag: tagValue(type.tag), name: type.name, fields: { ...fields } }
}

/** if_counters (0:1), the name (0:1005), and of a card ethernet_counters (0:2). */
export function interfaceRecords(port: HostInterface, line: LineSpeed, counters: InterfaceCounters): DecodedRecord[] {
  const records = [recordOf(if_counters, generic(port, line, counters)), recordOf(port_name, { name: port.name })]
  if (isPhysical(port) && port.hasEthernet) records.push(recordOf(ethernet_counters, ofLine(counters)))
  return records
}

/** Linux counts multicast packets that came in, of none that went out, and broadcasts not at all: those are all ones. */
function generic(port: HostInterface, line: LineSpeed, x: InterfaceCounters): Of<typeof if_counters> {
  return {
    ifIndex: port.index,
    ifType: port.interfaceType,
    ifSpeed: BigInt(line.speed ?? 0),
    ifDirection: line.duplex === undefined ? 0 : directions[line.duplex],
    ifStatus: (port.isUp ? UP : 0) | (port.isRunning ? RUNNING : 0),
    ifInOctets: BigInt.asUintN(64, x.rxBytes),
    ifInUcastPkts: low32(x.rxPackets - x.multicast),
    ifInMulticastPkts: low32(x.multicast),
    ifInBroadcastPkts: NO_COUNTER32,
    // As /proc/net/dev adds them: no room on the host's side, and none on the card's.
    ifInDiscards: low32(x.rxDropped + x.rxMissedErrors),
    ifInErrors: low32(x.rxErrors),
    ifInUnknownProtos: NO_COUNTER32,
    ifOutOctets: BigInt.asUintN(64, x.txBytes),
    ifOutUcastPkts: low32(x.txPackets),
    ifOutMulticastPkts: NO_COUNTER32,
    ifOutBroadcastPkts: NO_COUNTER32,
    ifOutDiscards: low32(x.txDropped),
    ifOutErrors: low32(x.txErrors),
    ifPromiscuousMode: port.isPromiscuous ? 1 : 0,
  }
}

/** Which of Linux's counters is which of IEEE 802.3's: linux/if_link.h. What Linux has no counter for is all ones. */
function ofLine(x: InterfaceCounters): Of<typeof ethernet_counters> {
  return {
    dot3StatsAlignmentErrors: low32(x.rxFrameErrors),
    dot3StatsFCSErrors: low32(x.rxCrcErrors),
    dot3StatsSingleCollisionFrames: NO_COUNTER32,
    dot3StatsMultipleCollisionFrames: NO_COUNTER32,
    dot3StatsSQETestErrors: low32(x.txHeartbeatErrors),
    dot3StatsDeferredTransmissions: NO_COUNTER32,
    dot3StatsLateCollisions: low32(x.txWindowErrors),
    dot3StatsExcessiveCollisions: low32(x.txAbortedErrors),
    dot3StatsInternalMacTransmitErrors: NO_COUNTER32,
    dot3StatsCarrierSenseErrors: low32(x.txCarrierErrors),
    dot3StatsFrameTooLongs: NO_COUNTER32,
    dot3StatsInternalMacReceiveErrors: NO_COUNTER32,
    dot3StatsSymbolErrors: NO_COUNTER32,
  }
}

function low32(value: bigint): number {
  return Number(BigInt.asUintN(32, value))
}
