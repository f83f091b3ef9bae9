// Owns what a buffer of several segments (GSO, GRO) is on the wire: which of its segments are samples, how long each is, and what its
// headers say. Pure; bytes may be hostile. See tap.ts for the folder.
//
// The estimator. Each segment is to be a sample with probability p, so that samples × 1/p is right on average for packets and bytes,
// whatever the size of the buffer. One number u, uniform in [0, 1), decides for all n segments of a buffer (systematic sampling):
// segment i is a sample where floor((i + 1) p + u) > floor(i p + u). So each has probability p exactly, the last and shorter one too,
// and the buffer has floor(n p + u) samples: n p on average, without the spread of n independent draws.

/** Samples of a buffer of n segments. @param ratio p, 0 < p ≤ 1 @param u uniform in [0, 1) */
export function samplesOf(segments: number, ratio: number, u: number): number {
  return Math.floor(segments * ratio + u)
}

/** Which segment the j-th sample is, j from 1 on. */
export function segmentOfSample(j: number, ratio: number, u: number): number {
  return Math.max(0, Math.ceil((j - u) / ratio) - 1)
}

// Ethertypes and protocols: IEEE 802, IANA.
const ETH_IPV4 = 0x0800
const ETH_IPV6 = 0x86dd
const ETH_VLAN = 0x8100
const ETH_QINQ = 0x88a8
const ETH_BRIDGED = 0x6558
const IPPROTO_IPIP = 4
const IPPROTO_TCP = 6
const IPPROTO_UDP = 17
const IPPROTO_IPV6 = 41
const IPPROTO_GRE = 47
/** VXLAN: IANA's port, and the one that Linux takes where none is given. */
const VXLAN_PORT = 4789
const LINUX_VXLAN_PORT = 8472
const GENEVE_PORT = 6081

const ETHERNET_BYTES = 14
const UDP_BYTES = 8
/** Bits of TCP's byte 13 (RFC 9293, 3.1): the first segment alone keeps CWR, the last alone FIN and PSH (the kernel's tcp_gso_segment). */
const TCP_CWR = 0x80
const TCP_FIN_PSH = 0x09

/** An outer and an inner IP header, and one to spare. Deeper tunnels are not looked into. */
const MOST_LEVELS = 3
/** The longest header that a tap gives. */
const ROOM = 256
/** Ethernet, IPv4 and TCP without options: the guess where a buffer is not understood. */
const USUAL_HEADER_BYTES = 54

/** The headers of one buffer. Reused: `read`, then ask for segments. Allocates nothing a call. */
export class SegmentedHeader {
  /** Where `write` puts a segment's header. */
  readonly bytes = new Uint8Array(ROOM)
  readonly #view = new DataView(this.bytes.buffer)
  /** Offsets of the IP headers, outermost first, and their identifications (IPv4) in the buffer. */
  readonly #ip = new Uint16Array(MOST_LEVELS)
  readonly #identification = new Uint16Array(MOST_LEVELS)
  #ips = 0
  /** Offsets of the UDP headers: of tunnels, of segmented UDP. */
  readonly #udp = new Uint16Array(MOST_LEVELS)
  #udps = 0
  /** Offset of the TCP header, 0 where there is none; its sequence number and flags in the buffer. */
  #tcp = 0
  #sequence = 0
  #flags = 0
  #length = 0
  #bufferBytes = 0
  #segments = 1
  #payload = 0
  /** Bytes before the payload in each segment; 0 where not understood. */
  #headerBytes = 0

  /**
   * Reads the headers of a buffer.
   * @param length bytes of it that are there; of these at most 256 are read
   * @param bufferBytes length of the whole buffer, from where `offset` is
   * @param segments how many it becomes; 0 where not known: then it is worked out
   * @param payload bytes of payload in each segment but the last; more than 0
   * @param link whether it begins with an Ethernet header, else with IP
   */
  read(
    bytes: Uint8Array,
    offset: number,
    length: number,
    bufferBytes: number,
    segments: number,
    payload: number,
    link: boolean,
  ): void {
    this.#length = Math.min(length, ROOM)
    for (let k = 0; k < this.#length; k++) this.bytes[k] = bytes[offset + k]!
    this.#bufferBytes = bufferBytes
    this.#payload = payload
    this.#segments = segments
    this.#ips = 0
    this.#udps = 0
    this.#tcp = 0
    const version = this.bytes[0]! >>> 4
    this.#headerBytes = link ? this.#ethernet(0) : this.#network(0, version === 6 ? ETH_IPV6 : ETH_IPV4)
    if (segments === 0) this.#segments = this.#count(this.#headerBytes || USUAL_HEADER_BYTES)
  }

  /** How many packets on the wire the buffer becomes; at least 1. */
  get segments(): number {
    return this.#segments
  }

  /** Length of segment i on the wire. Where the headers are not understood, all are equally long. */
  frameBytes(i: number): number {
    if (this.#headerBytes === 0) return Math.round(this.#bufferBytes / this.#segments)
    if (i < this.#segments - 1) return this.#headerBytes + this.#payload
    return Math.max(this.#bufferBytes - this.#payload * (this.#segments - 1), this.#headerBytes)
  }

  /**
   * Writes into `bytes` what the header of segment i says on the wire: lengths, IPv4's identification and checksum, TCP's sequence
   * number and flags. Checksums of TCP and UDP stay as they are: unfinished, as in the buffer.
   * @returns how many bytes of it are there: none of the next segment's
   */
  write(i: number): number {
    const frame = this.frameBytes(i)
    if (this.#headerBytes > 0) {
      for (let k = 0; k < this.#ips; k++) this.#writeIp(k, frame, i)
      for (let k = 0; k < this.#udps; k++) this.#view.setUint16(this.#udp[k]! + 4, frame - this.#udp[k]!)
      if (this.#tcp > 0) this.#writeTcp(i)
    }
    return Math.min(this.#length, frame)
  }

  #count(headerBytes: number): number {
    return Math.max(1, Math.ceil((this.#bufferBytes - headerBytes) / this.#payload))
  }

  /** Whether so long headers give as many segments as the kernel says. */
  #fits(headerBytes: number): boolean {
    return this.#segments === 0 || this.#count(headerBytes) === this.#segments
  }

  // Each of these gives the bytes up to the payload, or 0: not understood, or cut off before.

  #ethernet(at: number): number {
    let type = at + ETHERNET_BYTES - 2
    while (type + 2 <= this.#length) {
      const ethertype = this.#view.getUint16(type)
      if (ethertype !== ETH_VLAN && ethertype !== ETH_QINQ) return this.#network(type + 2, ethertype)
      type += 4
    }
    return 0
  }

  #network(at: number, ethertype: number): number {
    if (ethertype === ETH_BRIDGED) return this.#ethernet(at)
    const isIpv4 = ethertype === ETH_IPV4
    if (!isIpv4 && ethertype !== ETH_IPV6) return 0
    if (this.#ips === MOST_LEVELS || at + (isIpv4 ? 20 : 40) > this.#length) return 0
    if (this.bytes[at]! >>> 4 !== (isIpv4 ? 4 : 6)) return 0
    const end = at + (isIpv4 ? (this.bytes[at]! & 15) * 4 : 40)
    if (end > this.#length || end < at + 20) return 0
    this.#ip[this.#ips] = at
    this.#identification[this.#ips] = this.#view.getUint16(at + 4)
    this.#ips++
    return this.#transport(end, this.bytes[isIpv4 ? at + 9 : at + 6]!)
  }

  #transport(at: number, protocol: number): number {
    if (protocol === IPPROTO_IPIP) return this.#network(at, ETH_IPV4)
    if (protocol === IPPROTO_IPV6) return this.#network(at, ETH_IPV6)
    if (protocol === IPPROTO_TCP) return this.#transmission(at)
    if (protocol === IPPROTO_UDP) return this.#datagram(at)
    if (protocol === IPPROTO_GRE && at + 4 <= this.#length) return this.#generic(at)
    return 0
  }

  #transmission(at: number): number {
    if (at + 20 > this.#length) return 0
    const end = at + (this.bytes[at + 12]! >>> 4) * 4
    if (end < at + 20 || !this.#fits(end)) return 0
    this.#tcp = at
    this.#sequence = this.#view.getUint32(at + 4)
    this.#flags = this.bytes[at + 13]!
    return end
  }

  /** GRE: RFC 2784, 2890: checksum, key and sequence number are four bytes each where their bit is set. */
  #generic(at: number): number {
    const flags = this.bytes[at]!
    const options = ((flags >>> 7) & 1) + ((flags >>> 5) & 1) + ((flags >>> 4) & 1)
    return this.#network(at + 4 + 4 * options, this.#view.getUint16(at + 2))
  }

  /** A tunnel where what is inside says so and fits; else segmented UDP. */
  #datagram(at: number): number {
    const end = at + UDP_BYTES
    if (end > this.#length || this.#udps === MOST_LEVELS) return 0
    this.#udp[this.#udps++] = at
    const ips = this.#ips
    const udps = this.#udps
    const port = this.#view.getUint16(at + 2)
    let inside = 0
    if (port === VXLAN_PORT || port === LINUX_VXLAN_PORT) inside = this.#ethernet(end + 8)
    else if (port === GENEVE_PORT && end + 8 <= this.#length) {
      inside = this.#network(end + 8 + (this.bytes[end]! & 0x3f) * 4, this.#view.getUint16(end + 2))
    }
    if (inside > 0) return inside
    this.#ips = ips
    this.#udps = udps
    return this.#fits(end) ? end : 0
  }

  #writeIp(k: number, frame: number, i: number): void {
    const view = this.#view
    const at = this.#ip[k]!
    if (this.bytes[at]! >>> 4 === 6) {
      view.setUint16(at + 4, frame - at - 40)
      return
    }
    view.setUint16(at + 2, frame - at)
    view.setUint16(at + 4, this.#identification[k]! + i)
    view.setUint16(at + 10, 0)
    const end = at + (this.bytes[at]! & 15) * 4
    let sum = 0
    for (let word = at; word < end; word += 2) sum += view.getUint16(word)
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
    view.setUint16(at + 10, ~sum)
  }

  #writeTcp(i: number): void {
    let flags = this.#flags
    if (i > 0) flags &= ~TCP_CWR
    if (i < this.#segments - 1) flags &= ~TCP_FIN_PSH
    this.#view.setUint32(this.#tcp + 4, this.#sequence + i * this.#payload)
    this.bytes[this.#tcp + 13] = flags
  }
}
