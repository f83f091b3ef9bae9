// Owns the way from the start of a frame to its network header, by link type, and the names of link types.
// Knows no IP. Numbers are LINKTYPE_ values (tcpdump.org/linktypes.html). Start at findNetwork.

/** What follows the link header. */
export const network = { ipv4: 4, ipv6: 6, either: 10, other: 0, cut: -1, unknownLink: -2 } as const

const etherType = { ipv4: 0x0800, ipv6: 0x86dd } as const

const linkNames: Readonly<Record<number, string>> = {
  0: 'BSD loopback',
  1: 'Ethernet',
  6: 'token ring',
  7: 'ARCNET',
  8: 'SLIP',
  9: 'PPP',
  10: 'FDDI',
  50: 'PPP with HDLC framing',
  101: 'raw IP',
  104: 'Cisco HDLC',
  105: 'IEEE 802.11',
  107: 'frame relay',
  108: 'OpenBSD loopback',
  113: 'Linux cooked v1',
  119: 'IEEE 802.11 with Prism header',
  127: 'IEEE 802.11 with radiotap',
  129: 'Linux ARCNET',
  147: 'private use 0',
  189: 'USB',
  192: 'PPI',
  197: 'ERF',
  220: 'USB',
  228: 'raw IPv4',
  229: 'raw IPv6',
  247: 'InfiniBand',
  249: 'USBPcap',
  253: 'Linux netlink',
  276: 'Linux cooked v2',
}

/** `link type 105 (IEEE 802.11)`. */
export function linkTypeName(type: number): string {
  const name = linkNames[type]
  return `link type ${type}${name === undefined ? '' : ` (${name})`}`
}

/**
 * Finds the network header of a frame.
 * @param at first byte of the frame; `end` one past its last byte that is here
 * @returns `offset * 16 + code + 2`, with the code one of `network`; the offset holds where the code is 4, 6 or 10.
 *   One number, because this is called for every packet and must not allocate.
 */
export function findNetwork(view: DataView, linkType: number, at: number, end: number): number {
  switch (linkType) {
    case 1:
      return end - at < 14 ? found(network.cut, at) : afterEtherType(view, at + 12, end)
    case 113: // SLL: type, ARPHRD, address length, address (8), protocol
      return end - at < 16 ? found(network.cut, at) : afterEtherType(view, at + 14, end)
    case 276: // SLL2: protocol, reserved, interface, ARPHRD, type, address length, address (8)
      return end - at < 20 ? found(network.cut, at) : afterCookedV2(view, at, end)
    case 12: // LINKTYPE_RAW is 101; 12 and 14 are DLT_RAW of some systems, written by old programs
    case 14:
    case 101:
      return found(network.either, at)
    case 228:
      return found(network.ipv4, at)
    case 229:
      return found(network.ipv6, at)
    case 0:
    case 108:
      return end - at < 4 ? found(network.cut, at) : found(familyOf(view.getUint32(at)), at + 4)
    case 9:
    case 50:
      return afterPpp(view, at, end)
    default:
      return found(network.unknownLink, at)
  }
}

function found(code: number, offset: number): number {
  return offset * 16 + code + 2
}

/** Code of a result of findNetwork. */
export function networkCode(result: number): number {
  return (result % 16) - 2
}

/** Offset of a result of findNetwork. */
export function networkOffset(result: number): number {
  return Math.floor(result / 16)
}

/** @param at the type field; VLAN tags of any number follow it */
function afterEtherType(view: DataView, at: number, end: number): number {
  let type = view.getUint16(at)
  let p = at + 2
  while (isTag(type)) {
    if (end - p < 4) return found(network.cut, p)
    type = view.getUint16(p + 2)
    p += 4
  }
  if (type > 1500) return found(codeOf(type), p)
  // IEEE 802.3 length: LLC follows, and IP only under SNAP with the OUI of Ethernet (RFC 1042).
  if (end - p < 8) return found(network.other, p)
  if (view.getUint32(p) !== 0xaaaa0300 || view.getUint16(p + 4) !== 0) return found(network.other, p)
  return found(codeOf(view.getUint16(p + 6)), p + 8)
}

function afterCookedV2(view: DataView, at: number, end: number): number {
  const type = view.getUint16(at)
  if (!isTag(type)) return found(codeOf(type), at + 20)
  if (end - at < 24) return found(network.cut, at)
  return afterEtherType(view, at + 22, end)
}

/** 802.1Q, 802.1ad and the tag that switches used for QinQ before it. */
function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100
}

function codeOf(type: number): number {
  return type === etherType.ipv4 ? network.ipv4 : type === etherType.ipv6 ? network.ipv6 : network.other
}

/** Address family in the byte order of the machine that captured: 2 everywhere, IPv6 differs (linktypes.html, NULL). */
function familyOf(word: number): number {
  const family = word > 0xffff ? ((word >>> 24) | ((word >>> 8) & 0xff00)) >>> 0 : word
  if (family === 2) return network.ipv4
  return family === 10 || family === 24 || family === 28 || family === 30 ? network.ipv6 : network.other
}

/** RFC 1661 and 1662: address and control may be left out, and the protocol may be one byte (odd). */
function afterPpp(view: DataView, at: number, end: number): number {
  let p = at
  if (end - p >= 2 && view.getUint16(p) === 0xff03) p += 2
  if (end - p < 2) return found(network.cut, p)
  const short = (view.getUint8(p) & 1) === 1
  const protocol = short ? view.getUint8(p) : view.getUint16(p)
  p += short ? 1 : 2
  return found(protocol === 0x21 ? network.ipv4 : protocol === 0x57 ? network.ipv6 : network.other, p)
}
