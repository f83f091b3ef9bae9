// Owns the bytes of a pcapng with several interfaces and comments on packets (draft-ietf-opsawg-pcapng). Writes into a buffer, never
// to a file, and knows nothing of what is in the packets. Start at writePcapngSection; capture-form.ts is for captures of datagrams.

import { type ByteBuffer, SNAPLEN } from './capture-writer.ts'

const SECTION = 0x0a0d0d0a
const BYTE_ORDER = 0x1a2b3c4d
const INTERFACE = 1
const ENHANCED_PACKET = 6
const OPTION_COMMENT = 1
const OPTION_NAME = 2
const OPTION_DESCRIPTION = 3
const OPTION_APPLICATION = 4
const OPTION_RESOLUTION = 9
/** Times count nanoseconds. */
const NANOSECONDS = 9
const NS_PER_S = 1_000_000_000
/** Fixed fields and lengths of any block here, without options and packets. */
const BLOCK_BYTES = 64
/** An option's length has 16 bits. */
const MOST_TEXT = 0xffff

const encoder = new TextEncoder()

/** What a file begins with. */
export function writePcapngSection(out: ByteBuffer, comment: string): void {
  const text = textOf(comment)
  out.ensure(BLOCK_BYTES + text.length + 16)
  const start = startBlock(out, SECTION)
  putU32(out, BYTE_ORDER)
  putU16(out, 1)
  putU16(out, 0)
  putU32(out, 0xffffffff) // length of the section: not known
  putU32(out, 0xffffffff)
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
  // In 16-bit halves of the seconds, so that no product passes 2^53.
  const low = (sec & 0xffff) * NS_PER_S + nsec
  const high = (sec >>> 16) * NS_PER_S + Math.floor(low / 0x10000)
  putU32(out, port)
  putU32(out, Math.floor(high / 0x10000))
  putU32(out, (high & 0xffff) * 0x10000 + (low % 0x10000))
  putU32(out, length)
  putU32(out, original)
  putBytes(out, new Uint8Array(source.buffer, source.byteOffset + at, length))
  putOption(out, OPTION_COMMENT, comment)
  endBlock(out, start)
}

function textOf(text: string): Uint8Array {
  return encoder.encode(text.toWellFormed()).subarray(0, MOST_TEXT)
}

function putU32(out: ByteBuffer, value: number): void {
  out.view.setUint32(out.length, value, true)
  out.length += 4
}

function putU16(out: ByteBuffer, value: number): void {
  out.view.setUint16(out.length, value, true)
  out.length += 2
}

/** With zeros up to a multiple of four. */
function putBytes(out: ByteBuffer, bytes: Uint8Array): void {
  out.bytes.set(bytes, out.length)
  const padded = (bytes.length + 3) & ~3
  out.bytes.fill(0, out.length + bytes.length, out.length + padded)
  out.length += padded
}

/** An empty one is left out. */
function putOption(out: ByteBuffer, code: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return
  putU16(out, code)
  putU16(out, bytes.length)
  putBytes(out, bytes)
}

/** Gives where the block starts, for endBlock. */
function startBlock(out: ByteBuffer, type: number): number {
  const start = out.length
  putU32(out, type)
  putU32(out, 0)
  return start
}

/** Ends the options, and the block. */
function endBlock(out: ByteBuffer, start: number): void {
  putU32(out, 0)
  const length = out.length + 4 - start
  out.view.setUint32(start + 4, length, true)
  putU32(out, length)
}
