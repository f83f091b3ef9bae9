// Owns one dropped packet → the bytes of its discard sample (0:5). Must not know how the kernel is asked. Start at
// writeDiscard.

import type { DroppedPacket } from '../kernel/drop-watch.ts'
import { chooseDropReason } from '../names/drop-reason-choice.ts'
import { SampleTag } from '../sflow/samples.ts'
import type { XdrWriter } from '../wire/encode.ts'

const SAMPLED_HEADER = 1
const EXTENDED_FUNCTION = 1038
const LINUX_DROP_REASON = 1042
const EXTENDED_TIMESTAMP = 1043

/** header_protocol of a sampled_header: sflow_version_5.txt, "header_protocol". */
const ETHERNET = 1
const IPV4 = 11
const IPV6 = 12
const ETHERTYPE_IPV6 = 0x86dd
const ETHERTYPE_IPV4 = 0x0800

const encoder = new TextEncoder()

/**
 * Appends the sample: tag, length, body, with zeros where the exporter puts its numbers. frame_length is without an FCS and
 * nothing is told as stripped: readers that subtract it and readers that do not come to the same length (sflow5.md, C11).
 * The data source is 0:0, as hsflowd has it: one for all drops of the host, since what is lost is counted for all together.
 * @returns false where the event is no drop to report (NOT_DROPPED_YET); nothing is appended then
 */
export function writeDiscard(out: XdrWriter, packet: DroppedPacket): boolean {
  const symbol = packet.functionName === '' ? '' : `${packet.functionName}+0x${packet.functionOffset.toString(16)}`
  const reason = chooseDropReason({ reason: packet.reasonName, symbol })
  if (reason === undefined) return false
  out.u32(SampleTag.discarded_packet)
  const lengthAt = out.length
  out.u32(0)
  out.u32(0)
  out.u32(0)
  out.u32(0)
  out.u32(0)
  out.u32(packet.interfaceIndex)
  out.u32(0)
  out.u32(reason)
  const countAt = out.length
  out.u32(0)
  let records = 1
  const protocol = protocolOf(packet)
  if (protocol !== undefined) {
    const { offset, length } = packet
    out.u32(SAMPLED_HEADER)
    out.u32(16 + ((length + 3) & ~3))
    out.u32(protocol)
    out.u32(packet.frameBytes)
    out.u32(0)
    out.counted(packet.bytes.subarray(offset, offset + length))
    records++
  }
  if (symbol !== '') {
    writeText(out, EXTENDED_FUNCTION, symbol)
    records++
  }
  if (packet.reasonName !== '') {
    writeText(out, LINUX_DROP_REASON, packet.reasonName)
    records++
  }
  out.u32(EXTENDED_TIMESTAMP)
  out.u32(8)
  out.u64(BigInt(packet.seconds) * 1_000_000_000n + BigInt(packet.nanoseconds))
  out.view.setUint32(countAt, records)
  out.view.setUint32(lengthAt, out.length - lengthAt - 4)
  return true
}

/** Undefined where the bytes are of a protocol that sFlow has no number for. */
function protocolOf({ beginsAt, ethertype, length }: DroppedPacket): number | undefined {
  if (length === 0) return undefined
  if (beginsAt === 'link') return ETHERNET
  if (ethertype === ETHERTYPE_IPV4) return IPV4
  return ethertype === ETHERTYPE_IPV6 ? IPV6 : undefined
}

function writeText(out: XdrWriter, tag: number, text: string): void {
  out.u32(tag)
  const at = out.length
  out.u32(0)
  out.counted(encoder.encode(text))
  out.view.setUint32(at, out.length - at - 4)
}
