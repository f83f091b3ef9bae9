// Owns how a frame of a capture stands in a sampled_header record: protocol, what is cut off in front, frame_length.
// Knows no sampling. Start at PacketHeader.find.

import { INTERNAL } from '../sflow/interface.ts'
import { findNetwork, network, networkCode, networkOffset } from '../source/link.ts'

/** Values of header_protocol (sflow5.md 2.2). */
const protocols = { ethernet: 1, ppp: 7, ipv4: 11, ipv6: 12, ieee80211: 15, infiniband: 18 } as const

/** LINKTYPE_ values (tcpdump.org/linktypes.html). */
const link = { ethernet: 1, ppp: 9, pppHdlc: 50, ieee80211: 105, cooked: 113, infiniband: 247, cooked2: 276 } as const

/** Frames that are sampled from their first byte on: their protocol, and octets of check sequence that captures leave out. */
const whole: ReadonlyMap<number, readonly [protocol: number, check: number]> = new Map([
  [link.ethernet, [protocols.ethernet, 4]],
  [link.ppp, [protocols.ppp, 2]],
  [link.pppHdlc, [protocols.ppp, 2]],
  [link.ieee80211, [protocols.ieee80211, 4]],
  // Invariant and variant CRC, as hsflowd counts them (sflow5.md 5.2).
  [link.infiniband, [protocols.infiniband, 6]],
])

/** Of a cooked header: bytes, where ARPHRD_ type, packet type and interface index stand (-1: nowhere). */
const cooked: ReadonlyMap<number, readonly [bytes: number, hardware: number, packet: number, index: number]> = new Map([
  [link.cooked, [16, 2, 0, -1]],
  [link.cooked2, [20, 8, 10, 4]],
])

/** ARPHRD_ types whose frames are Ethernet: Ethernet itself and the loopback device. */
const ethernetLike: ReadonlySet<number> = new Set([1, 772])
/** Ethernet header and FCS: what was there before the capture replaced it by a cooked header. */
const ETHERNET_OCTETS = 14
const FCS_OCTETS = 4
/** LINUX_SLL_ packet types. */
const toUs = 0
const fromUs = 4

/** Reused for the next frame. */
export class PacketHeader {
  protocol = 0
  /** Bytes in front that the sample leaves out. */
  skip = 0
  /** As the record has them: the frame on the wire with its check sequence; octets that were removed. */
  frameLength = 0
  stripped = 0
  /** Interface index that the capture tells, 0 where it does not. */
  ifIndex = 0
  /** Values of input and output (format 0); `undefined` is the capture's own interface. */
  input: number | undefined
  output: number | undefined

  /**
   * Looks at a frame.
   * @param at first byte; `end` one past the last byte that is here
   * @param wireLength bytes of the frame as sent
   * @returns false where sFlow has no form for it: its link type, or no IP under a header that is not of the wire
   */
  find(view: DataView, linkType: number, at: number, end: number, wireLength: number): boolean {
    this.ifIndex = 0
    this.input = undefined
    this.output = 0
    const known = whole.get(linkType)
    if (known !== undefined) {
      const [protocol, check] = known
      this.protocol = protocol
      this.skip = 0
      this.frameLength = wireLength + check
      this.stripped = check
      return end > at
    }
    const found = findNetwork(view, linkType, at, end)
    let code = networkCode(found)
    const start = networkOffset(found)
    if (code === network.either) code = start < end ? view.getUint8(start) >>> 4 : network.cut
    if (code !== network.ipv4 && code !== network.ipv6) return false
    this.protocol = code === network.ipv4 ? protocols.ipv4 : protocols.ipv6
    this.skip = start - at
    const remained = wireLength - this.skip
    this.stripped = this.#octetsBefore(view, linkType, at)
    this.frameLength = remained + this.stripped
    return remained > 0
  }

  /** Octets of the frame on the wire that are not in the network packet. VLAN tags behind a cooked header were there too. */
  #octetsBefore(view: DataView, linkType: number, at: number): number {
    const layout = cooked.get(linkType)
    if (layout === undefined) return 0
    const [bytes, hardware, packet, index] = layout
    const direction = linkType === link.cooked ? view.getUint16(at + packet) : view.getUint8(at + packet)
    if (direction === fromUs) {
      this.input = INTERNAL
      this.output = undefined
    } else if (direction === toUs) {
      this.output = INTERNAL
    }
    if (index >= 0) this.ifIndex = view.getUint32(at + index)
    return ethernetLike.has(view.getUint16(at + hardware)) ? ETHERNET_OCTETS + FCS_OCTETS + this.skip - bytes : 0
  }
}
