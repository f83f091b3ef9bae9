// Owns writing text as bytes: a growing buffer and the writers of numbers, addresses, hex and JSON strings into it.
// Must not know any protocol or record; it never builds a string on the hot path. Start at TextBuffer.

import { GrowingBuffer } from './growing-buffer.ts'

/**
 * A growing byte buffer for text output. Writers below take `(bytes, position, ...)` and give the new position; they
 * do not check room, so call `ensure` with an upper bound first (OUTPUT_BYTES_PER_INPUT_BYTE for decoded data).
 */
export class TextBuffer extends GrowingBuffer {
  constructor(capacity = 1 << 18) {
    super(capacity)
  }

  /** Appends any text, UTF-8. For the cold path: headers, summaries, names. */
  text(value: string): void {
    this.ensure(value.length * 3)
    this.length += encoder.encodeInto(value, this.bytes.subarray(this.length)).written
  }
}

/**
 * No decoded structure gives more text than this per byte of input, plus TEXT_OVERHEAD for what surrounds it.
 * The densest are one-label MPLS and VLAN layers (4 bytes, about 110 characters). Held by a property test.
 */
export const OUTPUT_BYTES_PER_INPUT_BYTE = 64
export const TEXT_OVERHEAD = 4096

const encoder = new TextEncoder()

/** Two decimal digits of 0..99, little-endian in 16 bits, for DataView.setUint16(p, x, true). */
const digits2 = new Uint16Array(100)
for (let i = 0; i < 100; i++) digits2[i] = (48 + Math.trunc(i / 10)) | ((48 + (i % 10)) << 8)
/** Numbers below this have their digits in tables. Tables of 1000, which stay in the first-level cache, are 10 % slower. */
export const SHORT = 10_000
/** Four decimal digits of 0..9999, little-endian in 32 bits. */
const digits4 = new Uint32Array(SHORT)
/** 0..9999 without leading zeros, first digit first, and how many digits that is. */
export const shortDigits = new Uint32Array(SHORT)
export const shortLength = new Uint8Array(SHORT)
for (let high = 0, i = 0; high < 100; high++) {
  const first = digits2[high]!
  for (let low = 0; low < 100; low++, i++) {
    const digits = first | (digits2[low]! << 16)
    const n = i < 10 ? 1 : i < 100 ? 2 : i < 1000 ? 3 : 4
    digits4[i] = digits
    shortLength[i] = n
    shortDigits[i] = digits >>> ((4 - n) * 8)
  }
}
/** 0..255 with a dot behind. */
const dotted = new Uint32Array(256)
for (let i = 0; i < 256; i++) dotted[i] = (shortDigits[i]! | (0x2e << (shortLength[i]! * 8))) >>> 0
/** Two hex digits of 0..255, little-endian in 16 bits. */
const hex2 = new Uint16Array(256)
for (let i = 0; i < 256; i++) hex2[i] = hexCharacter(i >>> 4) | (hexCharacter(i & 15) << 8)
/** The same with a colon behind. */
const hexColon = new Uint32Array(256)
for (let i = 0; i < 256; i++) hexColon[i] = hex2[i]! | (0x3a << 16)
function hexCharacter(digit: number): number {
  return digit < 10 ? 48 + digit : 87 + digit
}
const hexDigit = Uint8Array.from({ length: 16 }, (_, i) => hexCharacter(i))
const hexDigitUpper = hexDigit.map((c) => (c > 57 ? c - 32 : c))

/**
 * Writes an unsigned 32-bit number in decimal; its signed form is taken for the same. Up to 3 bytes behind it are overwritten: a
 * store of four digits and a length from a table are cheaper than branches on the number of digits.
 */
export function writeU32(v: DataView, p: number, n: number): number {
  // `>>> 0` around a division of unsigned integers makes it one of integers, which is a multiplication.
  const u = n >>> 0
  if (u < SHORT) {
    v.setUint32(p, shortDigits[u]!, true)
    return p + shortLength[u]!
  }
  const high = (u / 10_000) >>> 0
  const low = (u - Math.imul(high, 10_000)) >>> 0
  if (high < 10_000) {
    v.setUint32(p, shortDigits[high]!, true)
    const q = p + shortLength[high]!
    v.setUint32(q, digits4[low]!, true)
    return q + 4
  }
  const top = (high / 10_000) >>> 0
  v.setUint16(p, shortDigits[top]!, true)
  const q = p + shortLength[top]!
  v.setUint32(q, digits4[high - top * 10_000]!, true)
  v.setUint32(q + 4, digits4[low]!, true)
  return q + 8
}

/** Writes a number 0..999,999,999 as exactly nine digits (the fraction of a second). */
export function writeNanoseconds(v: DataView, p: number, n: number): number {
  const first = Math.trunc(n / 100_000_000)
  const rest = n - first * 100_000_000
  const mid = Math.trunc(rest / 10_000)
  v.setUint8(p, 48 + first)
  v.setUint32(p + 1, digits4[mid]!, true)
  v.setUint32(p + 5, digits4[rest - mid * 10_000]!, true)
  return p + 9
}

/** Writes exactly four digits, for years and parts of long numbers. */
function writeFour(v: DataView, p: number, n: number): number {
  v.setUint32(p, digits4[n]!, true)
  return p + 4
}

export function writeI32(v: DataView, p: number, n: number): number {
  if (n >= 0) return writeU32(v, p, n)
  v.setUint8(p, 45)
  return writeU32(v, p + 1, -n)
}

/** Writes an unsigned 64-bit number, given as two 32-bit halves, with all its digits. */
export function writeU64(v: DataView, p: number, hi: number, lo: number): number {
  if (hi === 0) return writeU32(v, p, lo)
  // Long division by 10^8 in two steps, on 16-bit limbs so that every product is exact.
  const a = hi >>> 16
  const b = hi & 0xffff
  const c = lo >>> 16
  const d = lo & 0xffff
  const q3 = Math.trunc(a / 1e8)
  let r = a - q3 * 1e8
  let x = r * 65_536 + b
  const q2 = Math.trunc(x / 1e8)
  r = x - q2 * 1e8
  x = r * 65_536 + c
  const q1 = Math.trunc(x / 1e8)
  r = x - q1 * 1e8
  x = r * 65_536 + d
  const q0 = Math.trunc(x / 1e8)
  const low = x - q0 * 1e8
  // 2^64 / 10^8 is below 2^38: the quotient is an exact double.
  const upper = q3 * 281_474_976_710_656 + q2 * 4_294_967_296 + q1 * 65_536 + q0
  let q: number
  if (upper <= 0xffffffff) {
    q = writeU32(v, p, upper)
  } else {
    const top = Math.trunc(upper / 1e8)
    const rest = upper - top * 1e8
    q = writeU32(v, p, top)
    const m = Math.trunc(rest / 10_000)
    q = writeFour(v, q, m)
    q = writeFour(v, q, rest - m * 10_000)
  }
  const m = Math.trunc(low / 10_000)
  q = writeFour(v, q, m)
  return writeFour(v, q, low - m * 10_000)
}

/** Writes a finite double as JavaScript prints it; NaN and infinities as `null`. */
export function writeF64(v: DataView, p: number, n: number): number {
  return writeAscii(v, p, formatF64(n))
}

/** Writes a 32-bit float with the fewest digits that read back as the same float; NaN and infinities as `null`. */
export function writeF32(v: DataView, p: number, n: number): number {
  // What agents send (loads) has few decimals: no string for those.
  if (n >= 0 && n < 1_000_000 && !Object.is(n, -0)) {
    for (let decimals = 0, scale = 1; decimals <= 3; decimals++, scale *= 10) {
      const scaled = Math.round(n * scale)
      if (Math.fround(scaled / scale) !== n) continue
      const whole = Math.trunc(scaled / scale)
      const q = writeU32(v, p, whole)
      if (decimals === 0) return q
      v.setUint8(q, 46)
      const fraction = scaled - whole * scale
      v.setUint32(q + 1, digits4[fraction]! >>> ((4 - decimals) * 8), true)
      return q + 1 + decimals
    }
  }
  return writeAscii(v, p, formatF32(n))
}

/** A double as JavaScript prints it, the sign of zero kept; `null` for NaN and infinities. */
export function formatF64(n: number): string {
  if (!Number.isFinite(n)) return 'null'
  return Object.is(n, -0) ? '-0' : String(n)
}

/** The shortest decimal that is this 32-bit float again after Math.fround; `null` for NaN and infinities. */
export function formatF32(n: number): string {
  if (!Number.isFinite(n) || n === 0) return formatF64(n)
  for (let decimals = 0; decimals <= 3 && n > 0 && n < 1_000_000; decimals++) {
    const fixed = Number(n.toFixed(decimals))
    if (Math.fround(fixed) === n) return String(fixed)
  }
  for (let precision = 1; precision <= 9; precision++) {
    const shorter = Number(n.toPrecision(precision))
    if (Math.fround(shorter) === n) return String(shorter)
  }
  return String(n)
}

/** Writes ASCII text that needs no escape. */
export function writeAscii(v: DataView, p: number, text: string): number {
  for (let i = 0; i < text.length; i++) v.setUint8(p + i, text.charCodeAt(i))
  return p + text.length
}

/** Writes `length` bytes of `source` as lower-case hex. */
export function writeHex(v: DataView, p: number, source: DataView, at: number, length: number): number {
  const eight = at + (length & ~7)
  let i = at
  let q = p
  // Eight bytes a turn: what a loop costs by itself is as much as four bytes.
  for (; i < eight; i += 8) {
    const x = source.getUint32(i, true)
    const y = source.getUint32(i + 4, true)
    v.setInt32(q, hex2[x & 255]! | (hex2[(x >>> 8) & 255]! << 16), true)
    v.setInt32(q + 4, hex2[(x >>> 16) & 255]! | (hex2[x >>> 24]! << 16), true)
    v.setInt32(q + 8, hex2[y & 255]! | (hex2[(y >>> 8) & 255]! << 16), true)
    v.setInt32(q + 12, hex2[(y >>> 16) & 255]! | (hex2[y >>> 24]! << 16), true)
    q += 16
  }
  for (const end = at + length; i < end; i++) {
    v.setUint16(q, hex2[source.getUint8(i)]!, true)
    q += 2
  }
  return q
}

/** Writes 6 bytes as `02:00:00:00:01:02`. One byte behind it is overwritten. */
export function writeMac(v: DataView, p: number, source: DataView, at: number): number {
  const x = source.getUint32(at)
  const y = source.getUint16(at + 4)
  v.setUint32(p, hexColon[x >>> 24]!, true)
  v.setUint32(p + 3, hexColon[(x >>> 16) & 255]!, true)
  v.setUint32(p + 6, hexColon[(x >>> 8) & 255]!, true)
  v.setUint32(p + 9, hexColon[x & 255]!, true)
  v.setUint32(p + 12, hexColon[y >>> 8]!, true)
  v.setUint32(p + 15, hexColon[y & 255]!, true)
  return p + 17
}

/** Writes 6 bytes as sFlow-RT does: `020000000102`, hex digits in upper case. */
export function writeMacPlain(v: DataView, p: number, source: DataView, at: number): number {
  for (let i = 0; i < 6; i++) {
    const x = source.getUint8(at + i)
    v.setUint8(p + i * 2, hexDigitUpper[x >>> 4]!)
    v.setUint8(p + i * 2 + 1, hexDigitUpper[x & 15]!)
  }
  return p + 12
}

/** Writes 4 bytes as `192.0.2.1`. One byte behind it is overwritten. */
export function writeIpv4(v: DataView, p: number, source: DataView, at: number): number {
  const x = source.getUint32(at)
  const a = x >>> 24
  v.setUint32(p, dotted[a]!, true)
  let q = p + shortLength[a]! + 1
  const b = (x >>> 16) & 255
  v.setUint32(q, dotted[b]!, true)
  q += shortLength[b]! + 1
  const c = (x >>> 8) & 255
  v.setUint32(q, dotted[c]!, true)
  q += shortLength[c]! + 1
  const d = x & 255
  v.setUint32(q, dotted[d]!, true)
  return q + shortLength[d]!
}

function writeHexGroup(v: DataView, p: number, x: number): number {
  let q = p
  if (x >= 0x1000) v.setUint8(q++, hexDigit[x >>> 12]!)
  if (x >= 0x100) v.setUint8(q++, hexDigit[(x >>> 8) & 15]!)
  if (x >= 0x10) v.setUint8(q++, hexDigit[(x >>> 4) & 15]!)
  v.setUint8(q++, hexDigit[x & 15]!)
  return q
}

/** Writes 16 bytes in the form of RFC 5952: `2001:db8::1`; IPv4-mapped as `::ffff:192.0.2.1`. */
export function writeIpv6(v: DataView, p: number, source: DataView, at: number): number {
  if (source.getUint32(at) === 0 && source.getUint32(at + 4) === 0 && source.getUint32(at + 8) === 0xffff) {
    return writeIpv4(v, writeAscii(v, p, '::ffff:'), source, at + 12)
  }
  let bestStart = -1
  let bestLength = 1
  for (let i = 0; i < 8; ) {
    if (source.getUint16(at + i * 2) !== 0) {
      i++
      continue
    }
    let j = i + 1
    while (j < 8 && source.getUint16(at + j * 2) === 0) j++
    if (j - i > bestLength) {
      bestLength = j - i
      bestStart = i
    }
    i = j
  }
  let q = p
  for (let i = 0; i < 8; i++) {
    if (i === bestStart) {
      v.setUint8(q++, 58)
      if (i === 0) v.setUint8(q++, 58)
      i += bestLength - 1
      continue
    }
    q = writeHexGroup(v, q, source.getUint16(at + i * 2))
    if (i < 7) v.setUint8(q++, 58)
  }
  return q
}

/**
 * JavaScript source that writes a constant ASCII text at `p` and moves `p` on. The code expects `v` (DataView of the
 * output) and `p` in scope. Eight characters are one store: a DataView store of a constant double is one machine
 * instruction, three times cheaper than TypedArray.set (test/bench/constant-text.bench.ts). ASCII can't
 * form a NaN pattern, so the doubles keep their bits. Up to 7 bytes behind the text are overwritten.
 */
export function literalCode(text: string): string {
  const length = encoder.encode(text).length
  const stores = Array.from(textWords(text), (word, i) => `v.setFloat64(p+${i * 8},${word},true);`)
  return `${stores.join('')}p+=${length};`
}

/** The characters of an ASCII text, eight in a double as DataView.setFloat64(p, x, true) writes them, padded with zeros. */
export function textWords(text: string): Float64Array {
  const bytes = encoder.encode(text)
  const padded = new Uint8Array((bytes.length + 7) & ~7)
  padded.set(bytes)
  const view = new DataView(padded.buffer)
  return Float64Array.from({ length: padded.length / 8 }, (_, i) => view.getFloat64(i * 8, true))
}
