// Owns the two forms in which captures of datagrams are written, pcap and pcapng, record by record around a frame that is
// written in between. Knows no file and no frame. Start at captureForms.

import { type ByteBuffer, RECORD_HEADER_BYTES, SNAPLEN, writeCaptureHeader } from './capture-writer.ts'

const ETHERNET = 1
const NS_PER_US = 1000

/** Writes a capture piece by piece; all link types are Ethernet. */
export interface CaptureForm {
  /** What every file begins with. */
  header(out: ByteBuffer): void
  /** Bytes that a record has beside its frame, at most. */
  readonly recordBytes: number
  /**
   * What stands before a frame. There must be room.
   * @param captured bytes of the frame that follows; `original` bytes it had
   */
  begin(out: ByteBuffer, sec: number, nsec: number, captured: number, original: number): void
  /** What stands behind a frame of `captured` bytes. */
  end(out: ByteBuffer, captured: number): void
}

const pcap: CaptureForm = {
  header: (out) => writeCaptureHeader(out, ETHERNET, 'microseconds'),
  recordBytes: RECORD_HEADER_BYTES,
  begin(out, sec, nsec, captured, original) {
    const { view, length } = out
    view.setUint32(length, sec, true)
    view.setUint32(length + 4, Math.trunc(nsec / NS_PER_US), true)
    view.setUint32(length + 8, captured, true)
    view.setUint32(length + 12, original, true)
    out.length = length + RECORD_HEADER_BYTES
  },
  end() {},
}

// draft-ietf-opsawg-pcapng: block types, lengths and option codes.
const SECTION = 0x0a0d0d0a
const BYTE_ORDER = 0x1a2b3c4d
const INTERFACE = 1
const ENHANCED_PACKET = 6
const OPTION_COMMENT = 1
const OPTION_APPLICATION = 4
const OPTION_RESOLUTION = 9
/** Block type, two lengths, interface, time in two words, two lengths of the packet. */
const PACKET_BYTES = 32
const PACKET_HEAD_BYTES = 28
/** 10^9 as high and low word of a time: sec × 10^9 is more than a double holds exactly. */
const NS_PER_S = 1_000_000_000

const pcapng: CaptureForm = {
  header(out) {
    out.ensure(512)
    const section = startBlock(out, SECTION)
    putU32(out, BYTE_ORDER)
    putU16(out, 1)
    putU16(out, 0)
    putU32(out, 0xffffffff) // length of the section: not known
    putU32(out, 0xffffffff)
    putOption(out, OPTION_APPLICATION, 'sonde')
    putU32(out, 0)
    endBlock(out, section)
    const block = startBlock(out, INTERFACE)
    putU16(out, ETHERNET)
    putU16(out, 0)
    putU32(out, SNAPLEN)
    putOption(
      out,
      OPTION_COMMENT,
      'UDP datagrams as received; Ethernet, IP and UDP headers made up from sender and receiver',
    )
    putOption(out, OPTION_RESOLUTION, '\t') // 9: times count 10^-9 s
    putU32(out, 0)
    endBlock(out, block)
  },
  recordBytes: PACKET_BYTES + 3,
  begin(out, sec, nsec, captured, original) {
    const { view, length } = out
    // In 16-bit halves of the seconds, so that no product passes 2^53.
    const low = (sec & 0xffff) * NS_PER_S + nsec
    const high = (sec >>> 16) * NS_PER_S + Math.floor(low / 0x10000)
    view.setUint32(length, ENHANCED_PACKET, true)
    view.setUint32(length + 4, PACKET_BYTES + padded(captured), true)
    view.setUint32(length + 8, 0, true)
    view.setUint32(length + 12, Math.floor(high / 0x10000), true)
    view.setUint32(length + 16, (high & 0xffff) * 0x10000 + (low % 0x10000), true)
    view.setUint32(length + 20, captured, true)
    view.setUint32(length + 24, original, true)
    out.length = length + PACKET_HEAD_BYTES
  },
  end(out, captured) {
    const padding = padded(captured) - captured
    for (let i = 0; i < padding; i++) out.view.setUint8(out.length + i, 0)
    out.length += padding
    putU32(out, PACKET_BYTES + padded(captured))
  },
}

/**
 * pcap with microseconds: sflowtool and older programs refuse the nanosecond magic. pcapng with nanoseconds
 * (if_tsresol 9).
 */
export const captureForms = { pcap, pcapng } as const

const padded = (length: number): number => (length + 3) & ~3

function putU32(out: ByteBuffer, value: number): void {
  out.view.setUint32(out.length, value, true)
  out.length += 4
}

function putU16(out: ByteBuffer, value: number): void {
  out.view.setUint16(out.length, value, true)
  out.length += 2
}

/** Gives where the block starts, for endBlock. */
function startBlock(out: ByteBuffer, type: number): number {
  const start = out.length
  putU32(out, type)
  putU32(out, 0)
  return start
}

function endBlock(out: ByteBuffer, start: number): void {
  const length = out.length + 4 - start
  out.view.setUint32(start + 4, length, true)
  putU32(out, length)
}

/** An option of ASCII text. */
function putOption(out: ByteBuffer, code: number, value: string): void {
  putU16(out, code)
  putU16(out, value.length)
  for (let i = 0; i < padded(value.length); i++) {
    out.view.setUint8(out.length + i, i < value.length ? value.charCodeAt(i) : 0)
  }
  out.length += padded(value.length)
}
