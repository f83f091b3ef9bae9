// Owns text as a CSV cell: quoting, and what can't stand in a line. Knows no attribute. Start at writeCsvText.

import { utf8SequenceLength } from '../wire/json-text.ts'

const QUOTE = 0x22
const COMMA = 0x2c

/** Most bytes that writeCsvText gives for `length` bytes. */
export function csvTextBytes(length: number): number {
  return length * 6 + 2
}

/**
 * Writes text from the network as a cell: quoted where it has a comma or a quote (RFC 4180), UTF-8 kept, a byte that is
 * no UTF-8 as U+FFFD. Control characters are written `\u001b`, as JSON does, also in the C1 range: a row is always one
 * line, and no terminal acts on it.
 */
export function writeCsvText(v: DataView, p: number, source: Uint8Array, at: number, length: number): number {
  const end = at + length
  let quoted = false
  for (let i = at; i < end; i++) {
    const c = source[i]!
    if (c === QUOTE || c === COMMA) {
      quoted = true
      break
    }
  }
  let q = p
  if (quoted) v.setUint8(q++, QUOTE)
  for (let i = at; i < end; ) {
    const c = source[i]!
    if (c >= 0x20 && c < 0x7f) {
      if (c === QUOTE) v.setUint8(q++, QUOTE)
      v.setUint8(q++, c)
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
    const control = n === 1 ? c : n === 2 && c === 0xc2 && source[i + 1]! < 0xa0 ? source[i + 1]! : -1
    if (control >= 0) {
      q = writeControl(v, q, control)
    } else {
      for (let k = 0; k < n; k++) v.setUint8(q++, source[i + k]!)
    }
    i += n
  }
  if (quoted) v.setUint8(q++, QUOTE)
  return q
}

function writeControl(v: DataView, p: number, c: number): number {
  v.setUint32(p, 0x5c753030) // \u00
  v.setUint8(p + 4, hexDigit(c >>> 4))
  v.setUint8(p + 5, hexDigit(c & 15))
  return p + 6
}

const hexDigit = (x: number) => (x < 10 ? 48 : 87) + x
