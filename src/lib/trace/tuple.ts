// Owns who talks to whom: addresses, ports, protocol of a packet's outermost IP header, as text. Start at TupleReader and formatTuple.

import { dissect } from '../packet/dissect.ts'
import { LayerId } from '../packet/layer-ids.ts'
import { Packet } from '../packet/packet.ts'
import { tcpFlags } from '../packet/tcp.ts'
import { writeIpv6 } from '../wire/text.ts'
import type { Tuple } from './step.ts'

/** Names as pcap-filter(7) has them, where it has one. */
const protocols: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [4, 'ipip'],
  [6, 'tcp'],
  [17, 'udp'],
  [41, 'ip6'],
  [47, 'gre'],
  [50, 'esp'],
  [51, 'ah'],
  [58, 'icmp6'],
  [89, 'ospf'],
  [103, 'pim'],
  [112, 'vrrp'],
  [132, 'sctp'],
  [136, 'udplite'],
])

/** By type × 256 + code; 255 as code: any other (IANA icmp-parameters, in short). */
const ANY = 255
const icmpMessages: ReadonlyMap<number, string> = new Map([
  [0x0000 + ANY, 'echo reply'],
  [0x0300, 'net unreachable'],
  [0x0301, 'host unreachable'],
  [0x0302, 'protocol unreachable'],
  [0x0303, 'port unreachable'],
  [0x0304, 'fragmentation needed'],
  [0x0309, 'net prohibited'],
  [0x030a, 'host prohibited'],
  [0x030d, 'prohibited'],
  [0x0300 + ANY, 'unreachable'],
  [0x0500 + ANY, 'redirect'],
  [0x0800 + ANY, 'echo request'],
  [0x0900 + ANY, 'router advertisement'],
  [0x0a00 + ANY, 'router solicitation'],
  [0x0b00 + ANY, 'time exceeded'],
  [0x0c00 + ANY, 'parameter problem'],
])
const icmp6Messages: ReadonlyMap<number, string> = new Map([
  [0x0100, 'no route'],
  [0x0101, 'prohibited'],
  [0x0103, 'address unreachable'],
  [0x0104, 'port unreachable'],
  [0x0100 + ANY, 'unreachable'],
  [0x0200 + ANY, 'packet too big'],
  [0x0300 + ANY, 'time exceeded'],
  [0x0400 + ANY, 'parameter problem'],
  [0x8000 + ANY, 'echo request'],
  [0x8100 + ANY, 'echo reply'],
  [0x8200 + ANY, 'listener query'],
  [0x8300 + ANY, 'listener report'],
  [0x8400 + ANY, 'listener done'],
  [0x8500 + ANY, 'router solicitation'],
  [0x8600 + ANY, 'router advertisement'],
  [0x8700 + ANY, 'neighbor solicitation'],
  [0x8800 + ANY, 'neighbor advertisement'],
  [0x8900 + ANY, 'redirect'],
  [0x8f00 + ANY, 'listener report'],
])
const arpMessages: ReadonlyMap<number, string> = new Map([
  [1, 'request'],
  [2, 'reply'],
])

/** sFlow's header_protocol numbers, which dissect() starts from. */
const ETHERNET = 1
const IPV4 = 11
const IPV6 = 12
const MPLS = 13

const ETHERTYPE_IPV4 = 0x0800
const ETHERTYPE_ARP = 0x0806
const ETHERTYPE_IPV6 = 0x86dd
const ETHERTYPE_MPLS = 0x8847
const ETHERTYPE_MPLS_MULTICAST = 0x8848

/** Texts that are kept; a scan of addresses must not fill the memory. */
const MOST_TEXTS = 8192

const nowhere: Uint8Array = new Uint8Array(0)

/** Reads tuples. The texts of addresses and flags are kept, since steps of one packet and packets of one flow follow each other. */
export class TupleReader {
  readonly #packet = new Packet()
  readonly #addresses = new Map<number, string>()
  readonly #flags = new Map<number, string | undefined>()
  /** Where an IPv6 address is written: 39 characters at most, or 22 of a mapped one. */
  readonly #text = new Uint8Array(48)
  readonly #textView = new DataView(this.#text.buffer)
  /** The whole memory that the bytes lie in: the dissector's offsets count from its first byte. */
  #all = nowhere
  #view = new DataView(nowhere.buffer)

  /**
   * @param bytes have the header at `offset`, `length` bytes of it
   * @param ethertype what a packet without link layer is; 0 where it does not say so (yet): then the version of IP decides
   * @returns undefined where the header has no addresses that make sense
   */
  read(
    bytes: Uint8Array,
    offset: number,
    length: number,
    beginsAt: 'link' | 'network',
    ethertype: number,
  ): Tuple | undefined {
    if (length <= 0) return undefined
    if (bytes.buffer !== this.#all.buffer) {
      this.#all = new Uint8Array(bytes.buffer)
      this.#view = new DataView(bytes.buffer)
    }
    const at = bytes.byteOffset + offset
    const view = this.#view
    const start = beginsAt === 'link' ? ETHERNET : startOf(ethertype, view.getUint8(at) >>> 4)
    if (start === 0) {
      return beginsAt === 'network' && ethertype === ETHERTYPE_ARP ? this.#arp(view, at, at + length) : undefined
    }
    const packet = dissect(this.#all, view, at, at + length, start, this.#packet)
    for (let i = 0; i < packet.count; i++) {
      const layer = packet.layer[i]!
      if (layer === LayerId.ip) return this.#ipv4(packet, i)
      if (layer === LayerId.ipv6) return this.#ipv6(packet, i)
      if (layer === LayerId.arp) return this.#arp(view, packet.offset[i]!, packet.limit[i]!)
    }
    return undefined
  }

  #arp(view: DataView, at: number, limit: number): Tuple | undefined {
    // Addresses of 6 and 4 bytes: Ethernet and IPv4 (RFC 826).
    if (limit - at < 28 || view.getUint16(at + 4) !== 0x0604) return undefined
    return {
      source: this.#address4(view.getUint32(at + 14)),
      destination: this.#address4(view.getUint32(at + 24)),
      sourcePort: undefined,
      destinationPort: undefined,
      protocol: 'arp',
      flags: undefined,
      message: arpMessages.get(view.getUint16(at + 6)),
    }
  }

  #ipv4(packet: Packet, i: number): Tuple | undefined {
    const { view } = packet
    const at = packet.offset[i]!
    if (packet.limit[i]! - at < 20) return undefined
    const source = this.#address4(view.getUint32(at + 12))
    const destination = this.#address4(view.getUint32(at + 16))
    return this.#transport(packet, i + 1, source, destination, view.getUint8(at + 9), icmpMessages)
  }

  #ipv6(packet: Packet, i: number): Tuple | undefined {
    const { view } = packet
    const at = packet.offset[i]!
    if (packet.limit[i]! - at < 40) return undefined
    const source = this.#address6(view, at + 8)
    const destination = this.#address6(view, at + 24)
    let next = view.getUint8(at + 6)
    let layer = i + 1
    // Extension headers begin with the number of what follows them (RFC 8200, section 4).
    while (layer < packet.count && isExtension(packet.layer[layer]!) && packet.limit[layer]! > packet.offset[layer]!) {
      next = view.getUint8(packet.offset[layer]!)
      layer++
    }
    return this.#transport(packet, layer, source, destination, next, icmp6Messages)
  }

  #transport(
    packet: Packet,
    i: number,
    source: string,
    destination: string,
    number: number,
    messages: ReadonlyMap<number, string>,
  ): Tuple {
    const { view } = packet
    const layer = i < packet.count ? packet.layer[i]! : LayerId.none
    const at = packet.offset[i]!
    const here = layer === LayerId.none ? 0 : packet.limit[i]! - at
    const hasPorts = here >= 4 && layer >= LayerId.tcp && layer <= LayerId.sctp
    const isIcmp = here >= 2 && (layer === LayerId.icmp || layer === LayerId.icmpv6)
    const message = isIcmp ? messageOf(messages, view.getUint8(at), view.getUint8(at + 1)) : undefined
    const tuple = {
      source,
      destination,
      sourcePort: hasPorts ? view.getUint16(at) : undefined,
      destinationPort: hasPorts ? view.getUint16(at + 2) : undefined,
      protocol: protocols.get(number) ?? String(number),
      flags: layer === LayerId.tcp && here >= 14 ? this.#flagsOf(view.getUint16(at + 12) & 0x1ff) : undefined,
    }
    return message === undefined ? tuple : { ...tuple, message }
  }

  #flagsOf(flags: number): string | undefined {
    if (!this.#flags.has(flags)) this.#flags.set(flags, tcpFlags.get(flags)?.replaceAll(' ', ','))
    return this.#flags.get(flags)
  }

  #address4(address: number): string {
    const known = this.#addresses.get(address)
    if (known !== undefined) return known
    if (this.#addresses.size >= MOST_TEXTS) this.#addresses.clear()
    const text = `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
    this.#addresses.set(address, text)
    return text
  }

  #address6(view: DataView, at: number): string {
    const end = writeIpv6(this.#textView, 0, view, at)
    return String.fromCharCode(...this.#text.subarray(0, end))
  }
}

function startOf(ethertype: number, version: number): number {
  switch (ethertype) {
    case ETHERTYPE_IPV4:
      return version === 4 ? IPV4 : 0
    case ETHERTYPE_IPV6:
      return version === 6 ? IPV6 : 0
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
      return MPLS
    case 0:
      return version === 4 ? IPV4 : version === 6 ? IPV6 : 0
    default:
      return 0
  }
}

function isExtension(layer: number): boolean {
  return (layer >= LayerId.hopopts && layer <= LayerId.shim6) || layer === LayerId.ah
}

function messageOf(messages: ReadonlyMap<number, string>, type: number, code: number): string {
  return messages.get(type * 256 + code) ?? messages.get(type * 256 + ANY) ?? `type ${type}`
}

/**
 * `192.168.67.5:38932->54.190.130.38:443(tcp)`, `[2001:db8::1]:5353->[ff02::fb]:5353(udp)`, `10.0.0.1->10.0.0.2(icmp echo request)`.
 * @param withFlags of TCP: `(tcp:SYN,ACK)`
 */
export function formatTuple(tuple: Tuple, withFlags: boolean): string {
  const { source, destination, sourcePort, destinationPort, protocol, flags, message } = tuple
  const what =
    withFlags && flags !== undefined
      ? `${protocol}:${flags}`
      : message === undefined
        ? protocol
        : `${protocol} ${message}`
  return `${endpoint(source, sourcePort)}->${endpoint(destination, destinationPort)}(${what})`
}

function endpoint(address: string, port: number | undefined): string {
  if (port === undefined) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
