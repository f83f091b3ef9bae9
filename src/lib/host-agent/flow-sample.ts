// Owns one tapped packet → the bytes of its flow sample. Must not know sequence numbers, which the exporter writes, or
// where packets come from. Start at FlowSampleWriter.write.

import { type TappedPacket, THIS_HOST } from '../kernel/tap/tap.ts'
import { INTERNAL, INTERNAL_EXPANDED } from '../sflow/interface.ts'
import { SampleTag } from '../sflow/samples.ts'
import { writeNanoseconds } from './nanoseconds.ts'

/** What is the same in all samples of an interface. */
export interface SampledPort {
  readonly interfaceIndex: number
  /** One packet in so many. */
  readonly rate: number
  /** Whether packets begin with an Ethernet header; else with the IP header (tun, WireGuard, IP tunnels). */
  readonly hasEthernet: boolean
}

/** Header bytes that a sample takes at most: 256, as tap.ts permits, and a tag put back. */
const MOST_HEADER_BYTES = 256 + 4
/** Head of an expanded sample (52), header record (24), switch (24), router (36), timestamp (16). */
const AROUND_BYTES = 160

/** header_protocol of a sampled_header: sflow_version_5.txt, "header_protocol". */
const ETHERNET = 1
const IPV4 = 11
const IPV6 = 12

const SAMPLED_HEADER = 1
const EXTENDED_SWITCH = 1001
const EXTENDED_ROUTER = 1002
const EXTENDED_TIMESTAMP = 1043

/** The frame check sequence is part of frame_length and never captured. */
const FCS_BYTES = 4
/** Both addresses, behind which a VLAN tag stands. */
const MAC_BYTES = 12
const TAG_BYTES = 4
/** In extended_switch, of the side that was not seen (errata of sFlow version 5). */
const UNKNOWN = 0xffffffff

/** Writes flow samples into one buffer of its own. Allocates one view a sample at most. */
export class FlowSampleWriter {
  readonly bytes = new Uint8Array(MOST_HEADER_BYTES + AROUND_BYTES)
  readonly view = new DataView(this.bytes.buffer)
  readonly #expanded: boolean

  /** @param expanded whether samples take the expanded form */
  constructor(expanded: boolean) {
    this.#expanded = expanded
  }

  /**
   * Writes the sample: tag, length, body, with zeros where the exporter puts its numbers. A tag that the card took off is put
   * back, so that the header is the frame's as it was on the wire.
   * @returns its length; it stands at the beginning of `bytes` until the next call
   */
  write(packet: TappedPacket, port: SampledPort): number {
    const { view } = this
    let at = this.#expanded ? this.#expandedHead(packet, port) : this.#compactHead(packet, port)
    const countAt = at - 4
    let records = 2
    at = this.#header(at, packet, port)
    if (packet.vlanTag !== undefined && port.hasEthernet) {
      at = this.#switch(at, packet.vlanTag, packet.direction)
      records++
    }
    if (packet.nextHop !== undefined) {
      at = this.#router(at, packet.nextHop)
      records++
    }
    view.setUint32(at, EXTENDED_TIMESTAMP)
    view.setUint32(at + 4, 8)
    writeNanoseconds(view, at + 8, packet.seconds, packet.nanoseconds)
    at += 16
    view.setUint32(4, at - 8)
    view.setUint32(countAt, records)
    return at
  }

  #compactHead(packet: TappedPacket, port: SampledPort): number {
    const { view } = this
    view.setUint32(0, SampleTag.flow_sample)
    view.setUint32(8, 0)
    view.setUint32(12, port.interfaceIndex)
    view.setUint32(16, port.rate)
    view.setUint32(20, 0)
    view.setUint32(24, 0)
    view.setUint32(28, packet.inputIndex === THIS_HOST ? INTERNAL : packet.inputIndex)
    view.setUint32(32, packet.outputIndex === THIS_HOST ? INTERNAL : packet.outputIndex)
    return 40
  }

  #expandedHead(packet: TappedPacket, port: SampledPort): number {
    const { view } = this
    view.setUint32(0, SampleTag.flow_sample_expanded)
    view.setUint32(8, 0)
    view.setUint32(12, 0)
    view.setUint32(16, port.interfaceIndex)
    view.setUint32(20, port.rate)
    view.setUint32(24, 0)
    view.setUint32(28, 0)
    view.setUint32(32, 0)
    view.setUint32(36, packet.inputIndex === THIS_HOST ? INTERNAL_EXPANDED : packet.inputIndex)
    view.setUint32(40, 0)
    view.setUint32(44, packet.outputIndex === THIS_HOST ? INTERNAL_EXPANDED : packet.outputIndex)
    return 52
  }

  #header(at: number, packet: TappedPacket, port: SampledPort): number {
    const { bytes, view } = this
    const { offset, vlanTag } = packet
    const length = Math.min(packet.length, MOST_HEADER_BYTES - TAG_BYTES)
    const from = packet.bytes
    const start = at + 24
    let end = start
    let stripped = 0
    let added = 0
    let protocol = ETHERNET
    if (!port.hasEthernet) {
      protocol = length > 0 && from[offset]! >>> 4 === 6 ? IPV6 : IPV4
      bytes.set(from.subarray(offset, offset + length), start)
      end += length
    } else {
      stripped = FCS_BYTES
      if (vlanTag === undefined || length < MAC_BYTES) {
        bytes.set(from.subarray(offset, offset + length), start)
        end += length
      } else {
        bytes.set(from.subarray(offset, offset + MAC_BYTES), start)
        view.setUint16(start + MAC_BYTES, packet.vlanProtocol)
        view.setUint16(start + MAC_BYTES + 2, vlanTag)
        bytes.set(from.subarray(offset + MAC_BYTES, offset + length), start + MAC_BYTES + TAG_BYTES)
        end += length + TAG_BYTES
        added = TAG_BYTES
      }
    }
    view.setUint32(at, SAMPLED_HEADER)
    view.setUint32(at + 8, protocol)
    view.setUint32(at + 12, packet.frameBytes + added + stripped)
    view.setUint32(at + 16, stripped)
    view.setUint32(at + 20, end - start)
    const padded = (end + 3) & ~3
    while (end < padded) bytes[end++] = 0
    view.setUint32(at + 4, padded - at - 8)
    return padded
  }

  /** What came in with a tag or went out with one; the other side is not known here. */
  #switch(at: number, tag: number, direction: TappedPacket['direction']): number {
    const { view } = this
    const vlan = tag & 0xfff
    const priority = (tag >>> 13) & 7
    const cameIn = direction === 'ingress'
    view.setUint32(at, EXTENDED_SWITCH)
    view.setUint32(at + 4, 16)
    view.setUint32(at + 8, cameIn ? vlan : UNKNOWN)
    view.setUint32(at + 12, cameIn ? priority : UNKNOWN)
    view.setUint32(at + 16, cameIn ? UNKNOWN : vlan)
    view.setUint32(at + 20, cameIn ? UNKNOWN : priority)
    return at + 24
  }

  /** The kernel's answer has the next hop, not the prefixes that led there: their lengths are 0, unknown. */
  #router(at: number, nextHop: Uint8Array): number {
    const { view } = this
    const size = nextHop.length === 16 ? 16 : 4
    view.setUint32(at, EXTENDED_ROUTER)
    view.setUint32(at + 4, 12 + size)
    view.setUint32(at + 8, size === 16 ? 2 : 1)
    for (let i = 0; i < size; i++) this.bytes[at + 12 + i] = nextHop[i]!
    view.setUint32(at + 12 + size, 0)
    view.setUint32(at + 16 + size, 0)
    return at + 20 + size
  }
}
