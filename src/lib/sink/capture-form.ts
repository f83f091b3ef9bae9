// Owns the two forms in which captures of datagrams are written, pcap and pcapng, record by record around a frame that is
// written in between. Knows no file and no frame. Start at captureForms.

import { type ByteBuffer, RECORD_HEADER_BYTES, SNAPLEN, writeCaptureHeader } from './capture-writer.ts'
import {
  ENHANCED_PACKET,
  endBlock,
  INTERFACE,
  NANOSECONDS,
  OPTION_APPLICATION,
  OPTION_COMMENT,
  OPTION_RESOLUTION,
  padded,
  putOption,
  putTime,
  putU16,
  putU32,
  startBlock,
  startSection,
} from './pcapng-blocks.ts'

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

/** Block type, two lengths, interface, time in two words, two lengths of the packet. */
const PACKET_BYTES = 32

const encoder = new TextEncoder()

const pcapng: CaptureForm = {
  header(out) {
    out.ensure(512)
    const section = startSection(out)
    putOption(out, OPTION_APPLICATION, encoder.encode('sonde'))
    endBlock(out, section)
    const block = startBlock(out, INTERFACE)
    putU16(out, ETHERNET)
    putU16(out, 0)
    putU32(out, SNAPLEN)
    const comment = 'UDP datagrams as received; Ethernet, IP and UDP headers made up from sender and receiver'
    putOption(out, OPTION_COMMENT, encoder.encode(comment))
    putOption(out, OPTION_RESOLUTION, Uint8Array.of(NANOSECONDS))
    endBlock(out, block)
  },
  recordBytes: PACKET_BYTES + 3,
  begin(out, sec, nsec, captured, original) {
    putU32(out, ENHANCED_PACKET)
    putU32(out, PACKET_BYTES + padded(captured))
    putU32(out, 0)
    putTime(out, sec, nsec)
    putU32(out, captured)
    putU32(out, original)
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
