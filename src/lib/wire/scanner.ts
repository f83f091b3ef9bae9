// Owns reading single JSON values, as our writers make them, to XDR. Start at Scanner; scan.ts calls it.

import { parseAddress } from '../parse/address.ts'
import type { XdrWriter } from './encode.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Value of a lower-case hex digit, or 255. */
const nibble = new Uint8Array(256).fill(255)
for (const [i, c] of [...'0123456789abcdef'].entries()) nibble[c.charCodeAt(0)] = i

/**
 * Methods take the text `s` (and `d`, the same as DataView), the position, and where to append; they give the position
 * behind the value, or -1 where it is not in our form.
 */
export class Scanner {
  /** Value of the last number(). */
  #number = 0

  /** Digits up to 2^53; -1 where there is none. */
  #digits(s: Uint8Array, from: number): number {
    let q = from
    let n = 0
    for (let c = s[q]! - 48; c >= 0 && c <= 9; c = s[++q]! - 48) n = n * 10 + c
    this.#number = n
    return q === from || q - from > 15 ? -1 : q
  }

  u32(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    const q = this.#digits(s, from)
    if (q < 0 || this.#number > 0xffffffff) return -1
    out.u32(this.#number)
    return q
  }

  i32(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    const negative = s[from] === 0x2d
    const q = this.#digits(s, negative ? from + 1 : from)
    const n = negative ? -this.#number : this.#number
    if (q < 0 || n !== (n | 0)) return -1
    out.u32(n)
    return q
  }

  u64(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    const q = this.#digits(s, from)
    if (q < 0) return this.#longU64(s, from, out)
    const high = Math.floor(this.#number / 0x100000000)
    out.u32(high)
    out.u32(this.#number - high * 0x100000000)
    return q
  }

  #longU64(s: Uint8Array, from: number, out: XdrWriter): number {
    let q = from
    while (s[q]! >= 48 && s[q]! <= 57 && q - from <= 20) q++
    if (q === from) return -1
    const n = BigInt(ascii(s, from, q))
    if (n >= 1n << 64n) return -1
    out.u64(n)
    return q
  }

  f32(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    let q = from
    while (q - from < 32 && /[-+.0-9eE]/.test(String.fromCharCode(s[q]!))) q++
    if (q === from) return -1
    out.f32(Number(ascii(s, from, q)))
    return q
  }

  /** Behind the closing quote of a string that starts at `from`. */
  quote(s: Uint8Array, from: number): number {
    const end = s.indexOf(QUOTE, from)
    return end < 0 ? -1 : end + 1
  }

  mac(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    if (s[from] !== QUOTE || s[from + 18] !== QUOTE) return -1
    out.ensure(8)
    for (let i = 0; i < 6; i++) {
      const q = from + 1 + i * 3
      const high = nibble[s[q]!]!
      const low = nibble[s[q + 1]!]!
      if ((high | low) > 15 || (i < 5 && s[q + 2] !== 0x3a)) return -1
      out.bytes[out.length + i] = high * 16 + low
    }
    out.bytes[out.length + 6] = 0
    out.bytes[out.length + 7] = 0
    out.length += 8
    return from + 19
  }

  ipv4(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    if (s[from] !== QUOTE) return -1
    let q = from
    let word = 0
    for (let i = 0; i < 4; i++) {
      q = this.#digits(s, q + 1)
      if (q < 0 || this.#number > 255 || s[q] !== (i < 3 ? 0x2e : QUOTE)) return -1
      word = word * 256 + this.#number
    }
    out.u32(word)
    return q + 1
  }

  ipv6(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    if (s[from] !== QUOTE) return -1
    const end = s.indexOf(QUOTE, from + 1)
    if (end < 0 || end - from > 46) return -1
    const text = ascii(s, from + 1, end)
    const words = text.includes(':') ? parseAddress(text) : undefined
    if (words === undefined) return -1
    for (const word of words) out.u32(word)
    return end + 1
  }

  address(s: Uint8Array, d: DataView, from: number, out: XdrWriter): number {
    if (s[from] === 0x6e) {
      out.u32(0)
      return d.getUint32(from) === 0x6e756c6c ? from + 4 : -1
    }
    const at = out.length
    out.u32(1)
    const q = this.ipv4(s, d, from, out)
    if (q >= 0) return q
    out.length = at
    out.u32(2)
    return this.ipv6(s, d, from, out)
  }

  /** Hex digits to bytes; the position of the closing quote. */
  #hex(s: Uint8Array, from: number, out: XdrWriter): number {
    if (s[from] !== QUOTE) return -1
    const end = s.indexOf(QUOTE, from + 1)
    const length = (end - from - 1) / 2
    if (end < 0 || !Number.isInteger(length)) return -1
    out.ensure(length + 3)
    const { bytes } = out
    let p = out.length
    for (let q = from + 1; q < end; q += 2) {
      const high = nibble[s[q]!]!
      const low = nibble[s[q + 1]!]!
      if ((high | low) > 15) return -1
      bytes[p++] = (high << 4) | low
    }
    while ((p - out.length) & 3) bytes[p++] = 0
    out.length = p
    return end
  }

  fixed(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    const end = this.#hex(s, from, out)
    return end < 0 ? -1 : end + 1
  }

  opaque(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    const at = out.length
    out.u32(0)
    const end = this.#hex(s, from, out)
    if (end < 0) return -1
    out.view.setUint32(at, (end - from - 1) / 2)
    return end + 1
  }

  string(s: Uint8Array, _d: DataView, from: number, out: XdrWriter): number {
    if (s[from] !== QUOTE) return -1
    let end = from + 1
    for (let c = s[end]; c !== QUOTE; c = s[++end]) if (c === BACKSLASH || c === undefined || c < 0x20) return -1
    out.u32(end - from - 1)
    out.padded(s.subarray(from + 1, end))
    return end + 1
  }
}

function ascii(s: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...s.subarray(from, to))
}
