// Owns the blocks of which a pcapng is made (draft-ietf-opsawg-pcapng): their types, options, lengths and times, little-endian. Writes
// into a buffer that has room. Knows no file and no packet. Start at startBlock; what is in the blocks is in capture-form.ts (captures of
// datagrams) and pcapng-writer.ts (packets with comments).

import type { ByteBuffer } from './capture-writer.ts'

export const INTERFACE = 1
export const ENHANCED_PACKET = 6
export const OPTION_COMMENT = 1
export const OPTION_APPLICATION = 4
export const OPTION_RESOLUTION = 9
/** Of OPTION_RESOLUTION: times count 10^-9 s. */
export const NANOSECONDS = 9

const SECTION = 0x0a0d0d0a
const BYTE_ORDER = 0x1a2b3c4d
const NS_PER_S = 1_000_000_000

/** What a length takes, with zeros up to a multiple of four. */
export const padded = (length: number): number => (length + 3) & ~3

export function putU32(out: ByteBuffer, value: number): void {
  out.view.setUint32(out.length, value, true)
  out.length += 4
}

export function putU16(out: ByteBuffer, value: number): void {
  out.view.setUint16(out.length, value, true)
  out.length += 2
}

/** A time in two words: sec × 10^9 is more than a double holds exactly, so it is made of 16-bit halves of the seconds. */
export function putTime(out: ByteBuffer, sec: number, nsec: number): void {
  const low = (sec & 0xffff) * NS_PER_S + nsec
  const high = (sec >>> 16) * NS_PER_S + Math.floor(low / 0x10000)
  putU32(out, Math.floor(high / 0x10000))
  putU32(out, (high & 0xffff) * 0x10000 + (low % 0x10000))
}

/** With zeros up to a multiple of four. */
export function putBytes(out: ByteBuffer, bytes: Uint8Array): void {
  out.bytes.set(bytes, out.length)
  const end = out.length + padded(bytes.length)
  out.bytes.fill(0, out.length + bytes.length, end)
  out.length = end
}

/** An empty one is left out. */
export function putOption(out: ByteBuffer, code: number, bytes: Uint8Array): void {
  if (bytes.length === 0) return
  putU16(out, code)
  putU16(out, bytes.length)
  putBytes(out, bytes)
}

/** Begins the block with which every file begins; options follow, then endBlock. */
export function startSection(out: ByteBuffer): number {
  const start = startBlock(out, SECTION)
  putU32(out, BYTE_ORDER)
  putU16(out, 1)
  putU16(out, 0)
  putU32(out, 0xffffffff) // length of the section: not known
  putU32(out, 0xffffffff)
  return start
}

/** Gives where the block starts, for endBlock. */
export function startBlock(out: ByteBuffer, type: number): number {
  const start = out.length
  putU32(out, type)
  putU32(out, 0)
  return start
}

/** Ends the options, and the block. */
export function endBlock(out: ByteBuffer, start: number): void {
  putU32(out, 0)
  const length = out.length + 4 - start
  out.view.setUint32(start + 4, length, true)
  putU32(out, length)
}
