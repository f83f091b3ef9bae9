// Owns where the headers of each link type lie and how it is called. Knows no conditions. Start at linkOf.

/** How a link type says what it carries; see link-test.ts. */
export type Carries =
  | 'ethernet'
  | 'llc'
  | 'wlan'
  | 'raw'
  | 'ipv4'
  | 'ipv6'
  | 'family'
  | 'ppp'
  | 'hdlc'
  | 'sll'
  | 'arcnet'
  | 'frelay'
  | 'ltalk'
  | 'ethertype'
  | 'unknown'

/** Where the source and destination addresses of the link lie, both of six bytes. */
interface Addresses {
  readonly source: number
  readonly destination: number
}

/** Offsets in bytes from the beginning of the packet. */
export interface Link {
  readonly name: string
  readonly carries: Carries
  /** Where the link's header begins. */
  readonly header: number
  /** Where the type of what is carried lies; undefined where the link has none. */
  readonly type: number | undefined
  readonly payload: number
  /** Where in the payload the network header begins: behind a header of LLC and SNAP, behind one of LLC, or at once. */
  readonly network: number
  readonly networkNoSnap: number
  readonly addresses: Addresses | undefined
  /** What stands before the header of 802.11, and how long that is; see wlan.ts. */
  readonly prefix: 'radiotap' | 'ppi' | 'prism' | 'avs' | undefined
}

function link(
  name: string,
  carries: Carries,
  type: number | undefined,
  payload: number,
  more: Partial<Link> = {},
): Link {
  const rest = { header: 0, network: 0, networkNoSnap: 0, addresses: undefined, prefix: undefined }
  return { name, carries, type, payload, ...rest, ...more }
}

const ethernet = { networkNoSnap: 3, addresses: { source: 6, destination: 0 } }
const llc = { network: 8, networkNoSnap: 3 }

/**
 * By LINKTYPE number.
 * @see www.tcpdump.org/linktypes.html
 */
export const links: ReadonlyMap<number, Link> = new Map([
  [0, link('BSD loopback', 'family', 0, 4)],
  [1, link('Ethernet', 'ethernet', 12, 14, ethernet)],
  [6, link('Token ring', 'llc', 14, 14, { ...llc, addresses: { source: 8, destination: 2 } })],
  [7, link('ARCNET', 'arcnet', 2, 6)],
  [8, link('SLIP', 'raw', undefined, 16)],
  [9, link('PPP', 'ppp', 2, 4)],
  [10, link('FDDI', 'llc', 13, 13, { ...llc, addresses: { source: 7, destination: 1 } })],
  [50, link('PPP over serial', 'ppp', 2, 4)],
  [51, link('PPPoE', 'ppp', 6, 8)],
  [100, link('RFC 1483 IP-over-ATM', 'llc', 0, 0, llc)],
  [101, link('Raw IP', 'raw', undefined, 0)],
  [104, link('Cisco HDLC', 'hdlc', 2, 4)],
  [105, link('802.11', 'wlan', 24, 0, llc)],
  [107, link('Frame Relay', 'frelay', undefined, 0)],
  [108, link('OpenBSD loopback', 'family', 0, 4)],
  [113, link('Linux cooked v1', 'sll', 14, 16)],
  [114, link('Localtalk', 'ltalk', undefined, 0)],
  [119, link('802.11 plus Prism header', 'wlan', 24, 0, { ...llc, prefix: 'prism' })],
  [122, link('RFC 2625 IP-over-Fibre Channel', 'llc', 16, 16, { ...llc, addresses: { source: 10, destination: 2 } })],
  [127, link('802.11 plus radiotap header', 'wlan', 24, 0, { ...llc, prefix: 'radiotap' })],
  [129, link('Linux ARCNET', 'arcnet', 4, 8)],
  [138, link('Apple IP-over-IEEE 1394', 'ethertype', 16, 18)],
  [163, link('802.11 plus AVS radio information', 'wlan', 24, 0, { ...llc, prefix: 'avs' })],
  [192, link('Per-Packet Information', 'wlan', 24, 0, { ...llc, prefix: 'ppi' })],
  [228, link('Raw IPv4', 'ipv4', undefined, 0)],
  [229, link('Raw IPv6', 'ipv6', undefined, 0)],
  [240, link('NetAnalyzer', 'ethernet', 16, 18, { ...ethernet, header: 4 })],
  [241, link('NetAnalyzer transparent', 'ethernet', 24, 26, { ...ethernet, header: 12 })],
  [276, link('Linux cooked v2', 'ethertype', 0, 20)],
])

/** The numbers of links that expressions ask for by themselves. */
export const linkNumbers = {
  ethernet: 1,
  slip: 8,
  ppp: 9,
  sll: 113,
  sll2: 276,
  loopback: 108,
  null: 0,
} as const

/** A link that is not known: its bytes can be compared, and nothing else. */
export function unknownLink(linkType: number): Link {
  return link(`link type ${linkType}`, 'unknown', undefined, 0)
}
