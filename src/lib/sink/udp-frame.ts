// Owns wrapping a UDP payload in made-up Ethernet, IP and UDP headers, checksums right, so that any reader of captures
// takes it. Knows no sFlow and no container. Start at writeUdpFrame.

import type { ByteBuffer } from './capture-writer.ts'

/** Where a datagram came from and went to. Addresses are four big-endian words, IPv4 as ::ffff:a.b.c.d. */
export interface UdpPath {
  readonly source: Uint32Array
  readonly sourcePort: number
  readonly destination: Uint32Array
  readonly destinationPort: number
}

const ETHERNET = 14
const UDP = 8
const isV4 = (words: Uint32Array) => words[0] === 0 && words[1] === 0 && words[2] === 0xffff

/** Bytes of headers that writeUdpFrame puts before the payload. */
export function udpFrameOverhead(path: UdpPath): number {
  return ETHERNET + (isV4(path.source) && isV4(path.destination) ? 20 : 40) + UDP
}

/**
 * Appends a whole Ethernet frame (no FCS). IPv4 where both addresses are, else IPv6. MAC addresses are locally
 * administered, 02:00:00:00:00:01 to :02. At most 65,507 bytes of payload.
 * @see RFC 791 section 3.1, RFC 8200 section 3, RFC 768
 */
export function writeUdpFrame(out: ByteBuffer, path: UdpPath, payload: Uint8Array, at: number, length: number): void {
  const v4 = isV4(path.source) && isV4(path.destination)
  out.ensure(udpFrameOverhead(path) + length)
  const v = out.view
  let p = out.length
  v.setUint32(p, 0x02000000)
  v.setUint16(p + 4, 2)
  v.setUint32(p + 6, 0x02000000)
  v.setUint16(p + 10, 1)
  v.setUint16(p + 12, v4 ? 0x0800 : 0x86dd)
  p += ETHERNET
  p = v4 ? writeIpv4Header(v, p, path, length) : writeIpv6Header(v, p, path, length)
  v.setUint16(p, path.sourcePort)
  v.setUint16(p + 2, path.destinationPort)
  v.setUint16(p + 4, UDP + length)
  v.setUint16(p + 6, 0)
  out.bytes.set(payload.subarray(at, at + length), p + UDP)
  // The pseudo header: addresses, protocol, UDP length. A sum of 0 is sent as 0xffff, since 0 says "no checksum".
  const addresses = v4 ? 8 : 32
  let sum = sumWords(v, p - addresses, addresses) + 17 + UDP + length
  sum = fold(sum + sumWords(v, p, UDP + length))
  v.setUint16(p + 6, sum === 0xffff ? 0xffff : ~sum & 0xffff)
  out.length = p + UDP + length
}

function writeIpv4Header(v: DataView, p: number, path: UdpPath, length: number): number {
  v.setUint16(p, 0x4500)
  v.setUint16(p + 2, 20 + UDP + length)
  v.setUint32(p + 4, 0x00004000) // don't fragment
  v.setUint16(p + 8, 0x4011) // TTL 64, UDP
  v.setUint16(p + 10, 0)
  v.setUint32(p + 12, path.source[3]!)
  v.setUint32(p + 16, path.destination[3]!)
  v.setUint16(p + 10, ~fold(sumWords(v, p, 20)) & 0xffff)
  return p + 20
}

function writeIpv6Header(v: DataView, p: number, path: UdpPath, length: number): number {
  v.setUint32(p, 0x60000000)
  v.setUint16(p + 4, UDP + length)
  v.setUint16(p + 6, 0x1140) // UDP, hop limit 64
  for (let i = 0; i < 4; i++) {
    v.setUint32(p + 8 + i * 4, path.source[i]!)
    v.setUint32(p + 24 + i * 4, path.destination[i]!)
  }
  return p + 40
}

/**
 * Sum of 16-bit words; a last odd byte counts as the high half (RFC 1071). Read four bytes at a time, both halves at once:
 * neither sum of at most 16,384 halves passes 31 bits.
 */
function sumWords(v: DataView, at: number, length: number): number {
  let high = 0
  let low = 0
  const whole = at + (length & ~3)
  for (let i = at; i < whole; i += 4) {
    const word = v.getInt32(i)
    high = (high + (word >>> 16)) | 0
    low = (low + (word & 0xffff)) | 0
  }
  let sum = high + low
  const even = at + (length & ~1)
  if (even > whole) sum += v.getUint16(whole)
  return length & 1 ? sum + v.getUint8(even) * 256 : sum
}

function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000)
  return folded
}
