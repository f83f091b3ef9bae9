// Owns how one packet that this host's kernel dropped becomes a discarded packet sample (0:5). Must not know how drops are heard of,
// which datagram the sample goes into, or sockets. Start at DropSampleWriter.write.

import type { DroppedPacket } from '../kernel/drop-watch.ts'
import { chooseDropReason } from '../names/drop-reason-choice.ts'
import { dropReasonCode } from '../names/drop-reasons.ts'
import { extended_function } from '../sflow/records/drops.ts'
import { extended_linux_drop_reason, extended_timestamp } from '../sflow/records/host-sflow.ts'
import { linux_drop } from '../sflow/records/sonde.ts'
import { sampled_header } from '../sflow/records/version-5.ts'
import { SampleTag } from '../sflow/samples.ts'
import type { XdrWriter } from '../wire/encode.ts'
import { tagValue } from '../wire/record.ts'

/**
 * Data source of all drops of this host: 2:1, its first physical entity, as its host counters have. One for all, so that what was not told
 * (lost in the ring, limited), of which no interface is known, is in one pair of numbers: sequence and drops.
 */
export const dropSource = Object.freeze({ type: 2, index: 1 })

/** Where a drop is, in the numbers that its agent has for interfaces; 0 where not known. */
export interface DropPorts {
  readonly input: number
  readonly output: number
}

const HEADER = tagValue(sampled_header.tag)
const REASON = tagValue(extended_linux_drop_reason.tag)
const FUNCTION = tagValue(extended_function.tag)
const TIME = tagValue(extended_timestamp.tag)
const LINUX = tagValue(linux_drop.tag)

const UNKNOWN = dropReasonCode('unknown')!

/** Header protocols: sflow_version_5.txt, "header_protocol". */
const ETHERNET = 1
const IPV4 = 11
const IPV6 = 12
const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_IPV6 = 0x86dd

const NS_PER_S = 1_000_000_000
const TWO_32 = 0x100000000
/** From the sample's tag to its number of records. */
const COUNT_AT = 36
/** Texts that are kept as bytes: reasons and functions are few, processes come and go. */
const MOST_TEXTS = 4096
/** What a record or the head has beside its bytes, generously. */
const ROOM = 512

export interface DropSampleOptions {
  /** The record of our own too (32473:1): namespace, interface, process. */
  readonly withProcess: boolean
}

/** Writes samples; allocates only for texts that it meets for the first time. */
export class DropSampleWriter {
  readonly #withProcess: boolean
  readonly #texts = new Map<string, Uint8Array>()
  /** The last function and offset, and the symbol they make: most drops are where the last one was. */
  #functionName = ''
  #functionOffset = -1
  #symbol = ''
  readonly #encoder = new TextEncoder()

  constructor(options: DropSampleOptions) {
    this.#withProcess = options.withProcess
  }

  /**
   * Appends the sample, tag and length first; its sequence number and drops are 0, for AgentExporter.addEncoded to set.
   * @param ports whose numbers are this agent's
   * @param netnsName of the packet's namespace; '' where it has none
   * @returns false where hsflowd tells nothing of such an event, and nothing was written: memory that was let go, and no packet lost
   */
  write(out: XdrWriter, packet: DroppedPacket, ports: DropPorts, netnsName: string): boolean {
    const { reasonName, functionName } = packet
    // Without any name it is a drop all the same.
    const isNamed = reasonName !== '' || functionName !== ''
    const reason = isNamed ? chooseDropReason({ reason: reasonName, symbol: functionName }) : UNKNOWN
    if (reason === undefined) return false
    const start = out.length
    out.ensure(ROOM + packet.length)
    out.u32(SampleTag.discarded_packet)
    out.u32(0)
    out.u32(0)
    out.u32(dropSource.type)
    out.u32(dropSource.index)
    out.u32(0)
    out.u32(ports.input)
    out.u32(ports.output)
    out.u32(reason)
    out.u32(0)
    let records = 1
    out.u32(TIME)
    out.u32(8)
    this.#nanoseconds(out, packet)
    if (reasonName !== '') {
      this.#text(out, REASON, reasonName)
      records++
    }
    if (functionName !== '') {
      this.#text(out, FUNCTION, this.#symbolOf(packet))
      records++
    }
    if (this.#withProcess) {
      this.#linuxDrop(out, packet, netnsName)
      records++
    }
    if (writeHeader(out, packet)) records++
    out.view.setUint32(start + 4, out.length - start - 8)
    out.view.setUint32(start + COUNT_AT, records)
    return true
  }

  /** Nanoseconds since 1970 without a bigint: seconds × 10^9 in two halves, whose parts are exact. */
  #nanoseconds(out: XdrWriter, { seconds, nanoseconds }: DroppedPacket): void {
    const low = (seconds & 0xffff) * NS_PER_S + nanoseconds
    const high = (seconds >>> 16) * NS_PER_S
    // high × 2^16 + low, in words of 32 bits.
    const highLow = (high % 0x10000) * 0x10000
    const sum = highLow + (low % TWO_32)
    out.u32(Math.floor(high / 0x10000) + Math.floor(low / TWO_32) + Math.floor(sum / TWO_32))
    out.u32(sum % TWO_32)
  }

  #text(out: XdrWriter, tag: number, text: string): void {
    const bytes = this.#bytesOf(text)
    out.u32(tag)
    out.u32(4 + ((bytes.length + 3) & ~3))
    out.counted(bytes)
  }

  #linuxDrop(out: XdrWriter, packet: DroppedPacket, netnsName: string): void {
    const space = this.#bytesOf(netnsName)
    const name = this.#bytesOf(packet.interfaceName)
    const process = this.#bytesOf(packet.process)
    out.u32(LINUX)
    const at = out.length
    out.u32(0)
    out.u32(packet.netns)
    out.counted(space)
    out.counted(name)
    out.u32(packet.pid)
    out.counted(process)
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

/** The packet's beginning; nothing where there is none, or none that sFlow has a protocol for. */
function writeHeader(out: XdrWriter, packet: DroppedPacket): boolean {
  const protocol = packet.beginsAt === 'link' ? ETHERNET : networkProtocol(packet.ethertype)
  const { bytes, offset, length } = packet
  if (protocol === undefined || length === 0) return false
  const padded = (length + 3) & ~3
  out.u32(HEADER)
  out.u32(16 + padded)
  out.u32(protocol)
  out.u32(packet.frameBytes)
  // No FCS is in the kernel's buffers, so none is counted and none was stripped: both readings of C11 give the same length.
  out.u32(0)
  out.u32(length)
  const to = out.length
  for (let i = 0; i < length; i++) out.bytes[to + i] = bytes[offset + i]!
  out.bytes.fill(0, to + length, to + padded)
  out.length = to + padded
  return true
}

function networkProtocol(ethertype: number): number | undefined {
  if (ethertype === ETHERTYPE_IPV4) return IPV4
  return ethertype === ETHERTYPE_IPV6 ? IPV6 : undefined
}
