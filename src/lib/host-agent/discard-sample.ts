// Owns one dropped packet → the bytes of its discard sample (0:5). Must not know how the kernel is asked. Start at
// DiscardWriter.write.

import type { DroppedPacket } from '../kernel/drops/drop-watch.ts'
import { chooseDropReason } from '../names/drop-reason-choice.ts'
import { dropReasonCode } from '../names/drop-reasons.ts'
import { extended_function } from '../sflow/records/drops.ts'
import { extended_linux_drop_reason, extended_timestamp } from '../sflow/records/host-sflow.ts'
import { linux_drop } from '../sflow/records/sonde.ts'
import { sampled_header } from '../sflow/records/version-5.ts'
import { SampleTag } from '../sflow/samples.ts'
import type { XdrWriter } from '../wire/encode.ts'
import { tagValue } from '../wire/record.ts'
import { writeNanoseconds } from './nanoseconds.ts'

/** Where a drop was, in its agent's own numbers of interfaces (0 is not known), and in words. */
export interface DropPlace {
  readonly input: number
  readonly output: number
  /** Of the network namespace; '' where it has no name. */
  readonly netnsName: string
}

const SAMPLED_HEADER = tagValue(sampled_header.tag)
const EXTENDED_FUNCTION = tagValue(extended_function.tag)
const LINUX_DROP_REASON = tagValue(extended_linux_drop_reason.tag)
const EXTENDED_TIMESTAMP = tagValue(extended_timestamp.tag)
const LINUX_DROP = tagValue(linux_drop.tag)

/** header_protocol of a sampled_header: sflow_version_5.txt, "header_protocol". */
const ETHERNET = 1
const IPV4 = 11
const IPV6 = 12
const ETHERTYPE_IPV6 = 0x86dd
const ETHERTYPE_IPV4 = 0x0800

const UNKNOWN = dropReasonCode('unknown')!

/** From the sample's tag to its length and to its number of records. */
const LENGTH_AT = 4
const COUNT_AT = 36
/** Texts that are kept as bytes: reasons and functions are few, processes come and go. */
const MOST_TEXTS = 4096

/** Writes samples; allocates only for texts that it has not met before. */
export class DiscardWriter {
  readonly #withLinuxDrop: boolean
  readonly #texts = new Map<string, Uint8Array>()
  /** The last function and offset, and the symbol that they make: most drops are where the last one was. */
  #functionName = ''
  #functionOffset = 0
  #symbol = ''
  readonly #encoder = new TextEncoder()

  /** @param withLinuxDrop the record of sonde's own too (32473:1): namespace, interface, process */
  constructor(withLinuxDrop: boolean) {
    this.#withLinuxDrop = withLinuxDrop
  }

  /**
   * Appends the sample: tag, length, body, with zeros where the exporter puts its numbers. frame_length is without an FCS and
   * nothing is told as stripped: readers that subtract it and readers that do not come to the same length (sflow5.md, C11).
   * The data source is 0:0, as hsflowd has it: one for all drops of the host, since what is lost is counted for all together.
   * @returns false where the event is no drop to report (NOT_DROPPED_YET, memory that was let go); nothing is appended then
   */
  write(out: XdrWriter, packet: DroppedPacket, place: DropPlace): boolean {
    const { reasonName, functionName } = packet
    // Without any name it is a drop all the same.
    const isNamed = reasonName !== '' || functionName !== ''
    const reason = isNamed ? chooseDropReason({ reason: reasonName, symbol: functionName }) : UNKNOWN
    if (reason === undefined) return false
    const start = out.length
    out.u32(SampleTag.discarded_packet)
    // Length, sequence number, data source, drops.
    for (let i = 0; i < 5; i++) out.u32(0)
    out.u32(place.input)
    out.u32(place.output)
    out.u32(reason)
    out.u32(0)
    let records = 1
    if (writeHeader(out, packet)) records++
    if (functionName !== '') {
      this.#text(out, EXTENDED_FUNCTION, this.#symbolOf(packet))
      records++
    }
    if (reasonName !== '') {
      this.#text(out, LINUX_DROP_REASON, reasonName)
      records++
    }
    out.u32(EXTENDED_TIMESTAMP)
    out.u32(8)
    out.ensure(8)
    writeNanoseconds(out.view, out.length, packet.seconds, packet.nanoseconds)
    out.length += 8
    if (this.#withLinuxDrop) {
      this.#linuxDrop(out, packet, place.netnsName)
      records++
    }
    out.view.setUint32(start + LENGTH_AT, out.length - start - 8)
    out.view.setUint32(start + COUNT_AT, records)
    return true
  }

  #text(out: XdrWriter, tag: number, text: string): void {
    const bytes = this.#bytesOf(text)
    out.u32(tag)
    out.u32(4 + ((bytes.length + 3) & ~3))
    out.counted(bytes)
  }

  #linuxDrop(out: XdrWriter, packet: DroppedPacket, netnsName: string): void {
    out.u32(LINUX_DROP)
    const at = out.length
    out.u32(0)
    out.u32(packet.netns)
    out.counted(this.#bytesOf(netnsName))
    out.counted(this.#bytesOf(packet.interfaceName))
    out.u32(packet.pid)
    out.counted(this.#bytesOf(packet.process))
    out.u32(packet.cpu)
    out.u32(packet.segments)
    out.view.setUint32(at, out.length - at - 4)
  }

  /** `nft_do_chain+0x3e8`, as hsflowd has it. */
  #symbolOf({ functionName, functionOffset }: DroppedPacket): string {
    if (functionName !== this.#functionName || functionOffset !== this.#functionOffset) {
      this.#functionName = functionName
      this.#functionOffset = functionOffset
      this.#symbol = `${functionName}+0x${functionOffset.toString(16)}`
    }
    return this.#symbol
  }

  #bytesOf(text: string): Uint8Array {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear()
    const bytes = this.#encoder.encode(text)
    this.#texts.set(text, bytes)
    return bytes
  }
}

/** The packet's beginning; nothing where there is none, or one that sFlow has no number of a protocol for. */
function writeHeader(out: XdrWriter, packet: DroppedPacket): boolean {
  const protocol = protocolOf(packet)
  if (protocol === undefined) return false
  const { bytes, offset, length } = packet
  const padded = (length + 3) & ~3
  out.u32(SAMPLED_HEADER)
  out.u32(16 + padded)
  out.u32(protocol)
  out.u32(packet.frameBytes)
  out.u32(0)
  out.u32(length)
  out.ensure(padded)
  const to = out.length
  for (let i = 0; i < length; i++) out.bytes[to + i] = bytes[offset + i]!
  out.bytes.fill(0, to + length, to + padded)
  out.length = to + padded
  return true
}

function protocolOf({ beginsAt, ethertype, length }: DroppedPacket): number | undefined {
  if (length === 0) return undefined
  if (beginsAt === 'link') return ETHERNET
  if (ethertype === ETHERTYPE_IPV4) return IPV4
  return ethertype === ETHERTYPE_IPV6 ? IPV6 : undefined
}
