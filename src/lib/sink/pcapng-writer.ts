// Owns the bytes of a pcapng with several interfaces and comments on packets (draft-ietf-opsawg-pcapng). Writes into a buffer, never
// to a file, and knows nothing of what is in the packets. Start at writePcapngSection; capture-form.ts is for captures of datagrams.

import { type ByteBuffer, SNAPLEN } from './capture-writer.ts'
import {
  ENHANCED_PACKET,
  endBlock,
  INTERFACE,
  NANOSECONDS,
  OPTION_APPLICATION,
  OPTION_COMMENT,
  OPTION_RESOLUTION,
  putBytes,
  putOption,
  putTime,
  putU16,
  putU32,
  startBlock,
  startSection,
} from './pcapng-blocks.ts'

const OPTION_NAME = 2
const OPTION_DESCRIPTION = 3
/** Fixed fields and lengths of any block here, without options and packets. */
const BLOCK_BYTES = 64
/** An option's length has 16 bits. */
const MOST_TEXT = 0xffff

const encoder = new TextEncoder()

/** What a file begins with. */
export function writePcapngSection(out: ByteBuffer, comment: string): void {
  const text = textOf(comment)
  out.ensure(BLOCK_BYTES + text.length + 16)
  const start = startSection(out)
  putOption(out, OPTION_COMMENT, text)
  putOption(out, OPTION_APPLICATION, textOf('sonde'))
  endBlock(out, start)
}

/** The next interface; the first one is number 0. @param linkType LINKTYPE_ value of its packets */
export function writePcapngInterface(out: ByteBuffer, linkType: number, name: string, description: string): void {
  const [named, described] = [textOf(name), textOf(description)]
  out.ensure(BLOCK_BYTES + named.length + described.length + 24)
  const start = startBlock(out, INTERFACE)
  putU16(out, linkType)
  putU16(out, 0)
  putU32(out, SNAPLEN)
  putOption(out, OPTION_NAME, named)
  putOption(out, OPTION_DESCRIPTION, described)
  putOption(out, OPTION_RESOLUTION, Uint8Array.of(NANOSECONDS))
  endBlock(out, start)
}

export interface PcapngPacket {
  /** Number of its interface. */
  readonly port: number
  /** Seconds since 1970, and nanoseconds below 10^9. */
  readonly sec: number
  readonly nsec: number
  /** Bytes `at` to `at + length` of `source`. */
  readonly source: DataView
  readonly at: number
  readonly length: number
  /** As it was on the wire: more than `length` where only its head is here. */
  readonly original: number
  readonly comment: string
}

export function writePcapngPacket(out: ByteBuffer, packet: PcapngPacket): void {
  const { port, sec, nsec, source, at, length, original } = packet
  const comment = textOf(packet.comment)
  out.ensure(BLOCK_BYTES + length + comment.length + 8)
  const start = startBlock(out, ENHANCED_PACKET)
  putU32(out, port)
  putTime(out, sec, nsec)
  putU32(out, length)
  putU32(out, original)
  putBytes(out, new Uint8Array(source.buffer, source.byteOffset + at, length))
  putOption(out, OPTION_COMMENT, comment)
  endBlock(out, start)
}

function textOf(text: string): Uint8Array {
  return encoder.encode(text.toWellFormed()).subarray(0, MOST_TEXT)
}
