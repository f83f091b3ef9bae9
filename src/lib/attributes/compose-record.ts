// Owns text that is made of several fields of a record: AS paths, communities, URLs, UUIDs. Called by generated code,
// after the record was read (so counts are checked); allocates nothing once its buffer has grown. Start at composeAsPath.

import { type TextBuffer, writeAscii, writeHex, writeU32 } from '../wire/text.ts'

const SPACE = 32
const AS_SET = 1

/** A number and what stands around it: 10 digits, a space, brackets. */
const LONGEST_ITEM = 13

/**
 * Writes `64500 64501 {64502 64503}`: sequences as they are, sets in braces (RFC 4271, 4.3). No path is empty text.
 * @param at first segment of `count`
 */
export function composeAsPath(d: DataView, at: number, count: number, out: TextBuffer): number {
  out.length = 0
  let i = at
  for (let segment = 0; segment < count; segment++) {
    const isSet = d.getUint32(i) === AS_SET
    const numbers = d.getUint32(i + 4)
    i += 8
    if (numbers === 0) continue
    out.ensure((numbers + 1) * LONGEST_ITEM)
    const { view } = out
    let p = out.length
    if (p > 0) view.setUint8(p++, SPACE)
    if (isSet) view.setUint8(p++, 0x7b)
    for (let k = 0; k < numbers; k++) {
      if (k > 0) view.setUint8(p++, SPACE)
      p = writeU32(view, p, d.getUint32(i + k * 4))
    }
    if (isSet) view.setUint8(p++, 0x7d)
    out.length = p
    i += numbers * 4
  }
  return out.length
}

/** First AS number of a path (the destination's peer), or the last (the destination); -1 for an empty path. */
export function pathEnd(d: DataView, at: number, count: number, last: boolean): number {
  let found = -1
  let i = at
  for (let segment = 0; segment < count; segment++) {
    const numbers = d.getUint32(i + 4)
    if (numbers > 0) {
      if (!last) return d.getUint32(i + 8)
      found = d.getUint32(i + 4 + numbers * 4)
    }
    i += 8 + numbers * 4
  }
  return found
}

/** Writes `64500:100 64500:200` (RFC 1997). */
export function composeCommunities(d: DataView, at: number, count: number, out: TextBuffer): number {
  out.length = 0
  out.ensure(count * LONGEST_ITEM)
  const { view } = out
  let p = 0
  for (let i = 0; i < count; i++) {
    const community = d.getUint32(at + i * 4)
    if (i > 0) view.setUint8(p++, SPACE)
    p = writeU32(view, p, community >>> 16)
    view.setUint8(p++, 58)
    p = writeU32(view, p, community & 0xffff)
  }
  out.length = p
  return p
}

/** Writes `http://HOST` and the URI; the URI alone where it has a scheme or there is no host. */
export function composeUrl(
  s: Uint8Array,
  host: number,
  hostLength: number,
  uri: number,
  uriLength: number,
  out: TextBuffer,
): number {
  out.length = 0
  out.ensure(hostLength + uriLength + 8)
  let p = 0
  if (hostLength > 0 && (uriLength === 0 || s[uri] === 0x2f)) {
    p = writeAscii(out.view, 0, 'http://')
    for (let i = 0; i < hostLength; i++) out.bytes[p++] = s[host + i]!
  }
  for (let i = 0; i < uriLength; i++) out.bytes[p++] = s[uri + i]!
  out.length = p
  return p
}

/** Length of a URI before its query (`?`) and fragment (`#`). */
export function pathLength(s: Uint8Array, at: number, length: number): number {
  for (let i = 0; i < length; i++) if (s[at + i] === 0x3f || s[at + i] === 0x23) return i
  return length
}

/** Writes 16 bytes as `564dd23c-453d-acd2-fa64-85da86713620` (RFC 9562, 4); -1 where all are zero: not known. */
export function composeUuid(d: DataView, at: number, out: TextBuffer): number {
  out.length = 0
  if ((d.getUint32(at) | d.getUint32(at + 4) | d.getUint32(at + 8) | d.getUint32(at + 12)) === 0) return -1
  const { view } = out
  let p = writeHex(view, 0, d, at, 4)
  for (let i = 4; i < 10; i += 2) {
    view.setUint8(p++, 0x2d)
    p = writeHex(view, p, d, at + i, 2)
  }
  view.setUint8(p++, 0x2d)
  p = writeHex(view, p, d, at + 10, 6)
  out.length = p
  return p
}
