// Owns the way from a network header to a UDP payload: IPv4 with options, IPv6 with extension headers, UDP lengths.
// Knows no link layer and joins no fragments (reassembly.ts does). Start at UdpWalk.

import { type SkipReason, skip } from './report.ts'

/** What a walk came to: a payload, a fragment, or why the packet is left out. */
export const walkFound = { payload: 0, fragment: -1 } as const
export type WalkResult = SkipReason | (typeof walkFound)[keyof typeof walkFound]

const protocol = { hopByHop: 0, udp: 17, routing: 43, fragment: 44, ah: 51, destination: 60 } as const
/** Extension headers with the common form of length (RFC 8200; mobility, HIP and shim6 of IANA's list). */
const commonForm: ReadonlySet<number> = new Set([
  protocol.hopByHop,
  protocol.routing,
  protocol.destination,
  135,
  139,
  140,
])

/** One walk, reused for the next packet. Offsets are absolute in the view that was walked. */
export class UdpWalk {
  /** The UDP payload: first byte, bytes that are here, bytes as sent. */
  payload = 0
  length = 0
  wireLength = 0
  sourcePort = 0
  destinationPort = 0
  /** IP source and destination, four big-endian words each; IPv4 as ::ffff:a.b.c.d. */
  readonly source = new Uint32Array(4)
  readonly destination = new Uint32Array(4)
  /** Where `walkFound.fragment` was the result: what RFC 791 and RFC 8200 tell fragments by, and the part itself. */
  readonly fragment = { id: 0, ipv6: false, next: 0, offset: 0, more: false, at: 0, length: 0, wireLength: 0 }

  /**
   * Walks from an IPv4 header.
   * @param at first byte of the header
   * @param end one past the last byte that is here
   * @param wireEnd one past the last byte of the frame as sent: `end` or more
   */
  ipv4(view: DataView, at: number, end: number, wireEnd: number): WalkResult {
    if (end - at < 20) return end < wireEnd ? skip.cutHeader : skip.badIp
    const first = view.getUint8(at)
    const headerLength = (first & 15) * 4
    const total = view.getUint16(at + 2)
    if (first >>> 4 !== 4 || headerLength < 20 || (total !== 0 && total < headerLength)) return skip.badIp
    if (view.getUint8(at + 9) !== protocol.udp) return skip.notUdp
    this.source[0] = 0
    this.source[1] = 0
    this.source[2] = 0xffff
    this.source[3] = view.getUint32(at + 12)
    // A length of 0 is written by hosts that leave it to the network card (TSO): the frame says where it ends.
    const packetEnd = total === 0 ? wireEnd : at + total
    const here = Math.min(end, packetEnd)
    const start = at + headerLength
    const flags = view.getUint16(at + 6)
    if ((flags & 0x3fff) === 0) return this.#udp(view, start, here, packetEnd)
    if (start > here) return skip.cutHeader
    this.destination[0] = 0
    this.destination[1] = 0
    this.destination[2] = 0xffff
    this.destination[3] = view.getUint32(at + 16)
    const part = this.fragment
    part.id = view.getUint16(at + 4)
    part.ipv6 = false
    part.next = protocol.udp
    part.offset = (flags & 0x1fff) * 8
    part.more = (flags & 0x2000) !== 0
    part.at = start
    part.length = here - start
    part.wireLength = packetEnd - start
    return walkFound.fragment
  }

  /** Walks from an IPv6 header; parameters as ipv4. */
  ipv6(view: DataView, at: number, end: number, wireEnd: number): WalkResult {
    if (end - at < 40) return end < wireEnd ? skip.cutHeader : skip.badIp
    if (view.getUint8(at) >>> 4 !== 6) return skip.badIp
    for (let i = 0; i < 4; i++) {
      this.source[i] = view.getUint32(at + 8 + i * 4)
      this.destination[i] = view.getUint32(at + 24 + i * 4)
    }
    const length = view.getUint16(at + 4)
    // 0 is a jumbogram (RFC 2675): the frame says where it ends.
    const packetEnd = length === 0 ? wireEnd : at + 40 + length
    return this.afterIpv6(view, view.getUint8(at + 6), at + 40, Math.min(end, packetEnd), packetEnd)
  }

  /**
   * Walks from what follows an IPv6 header or fragment header.
   * @param next protocol number of what is at `at`
   */
  afterIpv6(view: DataView, next: number, at: number, end: number, wireEnd: number): WalkResult {
    let p = at
    let number = next
    while (number !== protocol.udp) {
      if (end - p < 8 && isExtension(number)) return end < wireEnd ? skip.cutHeader : skip.badIp
      if (commonForm.has(number)) {
        number = view.getUint8(p)
        p += (view.getUint8(p + 1) + 1) * 8
      } else if (number === protocol.ah) {
        number = view.getUint8(p)
        p += (view.getUint8(p + 1) + 2) * 4
      } else if (number === protocol.fragment) {
        number = view.getUint8(p)
        const flags = view.getUint16(p + 2)
        if ((flags & 0xfff9) !== 0) return this.#ipv6Fragment(view, number, flags, p, end, wireEnd)
        p += 8 // an atomic fragment is a whole packet (RFC 6946)
      } else {
        return skip.notUdp
      }
    }
    return this.#udp(view, p, end, wireEnd)
  }

  #ipv6Fragment(view: DataView, next: number, flags: number, p: number, end: number, wireEnd: number): WalkResult {
    if (next !== protocol.udp && !isExtension(next)) return skip.notUdp
    const part = this.fragment
    part.id = view.getUint32(p + 4)
    part.ipv6 = true
    part.next = next
    part.offset = flags & 0xfff8
    part.more = (flags & 1) !== 0
    part.at = p + 8
    part.length = end - p - 8
    part.wireLength = wireEnd - p - 8
    return walkFound.fragment
  }

  /** RFC 768. Bytes after the UDP length are padding (of Ethernet, of IP) and not payload. */
  #udp(view: DataView, at: number, end: number, wireEnd: number): WalkResult {
    if (end - at < 8) return end < wireEnd ? skip.cutHeader : skip.badUdp
    const stated = view.getUint16(at + 4)
    if (stated !== 0 && stated < 8) return skip.badUdp
    this.sourcePort = view.getUint16(at)
    this.destinationPort = view.getUint16(at + 2)
    this.payload = at + 8
    // 0: "to the end of the IP payload" (RFC 2675, section 4), and what some test tools write.
    this.wireLength = (stated === 0 ? wireEnd - at : stated) - 8
    this.length = Math.min(this.wireLength, end - at - 8)
    return walkFound.payload
  }
}

function isExtension(number: number): boolean {
  return commonForm.has(number) || number === protocol.ah || number === protocol.fragment
}
