// Owns text from the network as JSON: UTF-8 checked, escapes, nothing pasted. Knows no record. Start at writeJsonText.

/**
 * Writes bytes as the inside of a JSON string: quotes, backslashes, control characters (C0, DEL, C1) and those that turn
 * the direction of text escaped, so that a terminal that shows the JSON is safe; other UTF-8 kept, every byte that is no
 * UTF-8 as U+FFFD. At most 6 bytes out for one in.
 */
export function writeJsonText(v: DataView, p: number, source: Uint8Array, at: number, length: number): number {
  let q = p
  const end = at + length
  let i = at
  while (i < end) {
    const c = source[i]!
    if (c < 0x80) {
      if (c >= 0x20 && c !== 0x22 && c !== 0x5c && c !== 0x7f) {
        v.setUint8(q++, c)
      } else {
        q = c === 0x22 || c === 0x5c ? writePair(v, q, c) : writeEscape(v, q, c)
      }
      i++
      continue
    }
    const n = utf8SequenceLength(source, i, end)
    if (n === 0) {
      v.setUint16(q, 0xefbf)
      v.setUint8(q + 2, 0xbd)
      q += 3
      i++
      continue
    }
    const active = n < 4 ? activeCharacter(source, i, n) : 0
    if (active > 0) q = writeEscape(v, q, active)
    else for (let k = 0; k < n; k++) v.setUint8(q++, source[i + k]!)
    i += n
  }
  return q
}

/** The character of a UTF-8 sequence of 2 or 3 bytes where a terminal acts on it: C1 controls, bidi controls; else 0. */
function activeCharacter(source: Uint8Array, i: number, n: number): number {
  const first = source[i]!
  const second = source[i + 1]!
  if (n === 2) return first === 0xc2 && second < 0xa0 ? second : 0
  if (first !== 0xe2 || (second !== 0x80 && second !== 0x81)) return 0
  const c = 0x2000 + ((second & 0x3f) << 6) + (source[i + 2]! & 0x3f)
  // U+200E, U+200F marks; U+202A to U+202E embeddings; U+2066 to U+2069 isolates (Unicode UAX #9).
  return c === 0x200e || c === 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ? c : 0
}

function writePair(v: DataView, p: number, c: number): number {
  v.setUint8(p, 0x5c)
  v.setUint8(p + 1, c)
  return p + 2
}

/** `\u202e` */
function writeEscape(v: DataView, p: number, c: number): number {
  v.setUint16(p, 0x5c75)
  for (let k = 0; k < 4; k++) {
    const digit = (c >>> (12 - k * 4)) & 15
    v.setUint8(p + 2 + k, digit < 10 ? 48 + digit : 87 + digit)
  }
  return p + 6
}

/** Length of the well-formed UTF-8 sequence at `i` (RFC 3629, table of well-formed sequences), or 0. */
export function utf8SequenceLength(source: Uint8Array, i: number, end: number): number {
  const c = source[i]!
  if (c < 0x80) return 1
  if (c < 0xc2 || c > 0xf4) return 0
  const n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4
  if (i + n > end) return 0
  const second = source[i + 1]!
  const low = c === 0xe0 ? 0xa0 : c === 0xf0 ? 0x90 : 0x80
  const high = c === 0xed ? 0x9f : c === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let k = 2; k < n; k++) if ((source[i + k]! & 0xc0) !== 0x80) return 0
  return n
}

/** Whether all bytes are well-formed UTF-8. */
export function isUtf8(source: Uint8Array, at: number, length: number): boolean {
  for (let i = at, end = at + length; i < end; ) {
    if (source[i]! < 0x80) {
      i++
      continue
    }
    const n = utf8SequenceLength(source, i, end)
    if (n === 0) return false
    i += n
  }
  return true
}
