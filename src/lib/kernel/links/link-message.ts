// Owns what an RTM_NEWLINK message says of an interface, and of its counters. Pure; bytes may be hostile. See interfaces.ts.

// linux/if_link.h.
const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const IFLA_MTU = 4
const IFLA_LINK = 5
const IFLA_MASTER = 10
const IFLA_OPERSTATE = 16
const IFLA_LINKINFO = 18
/** Of RTM_NEWSTATS. */
const IFLA_STATS_LINK_64 = 1
/** struct if_stats_msg: family, padding, index, mask of what is wanted. */
const IF_STATS_MSG_BYTES = 12
const IFLA_EXT_MASK = 29
/** How many want it promiscuous: bridges and packet sockets, too, which the flag IFF_PROMISC leaves out. */
const IFLA_PROMISCUITY = 30
/** linux/rtnetlink.h. */
const RTEXT_FILTER_SKIP_STATS = 1 << 3
const IFLA_INFO_KIND = 1
const IFLA_INFO_DATA = 2
const IFLA_VLAN_ID = 1
/** struct ifinfomsg: family, type, index, flags, change. */
const IFINFOMSG_BYTES = 16
// linux/if.h.
const IFF_UP = 0x1
const IFF_LOOPBACK = 0x8
const IFF_LOWER_UP = 0x10000
/** RFC 2863's states as Linux numbers them. */
const IF_OPER_UNKNOWN = 0
const IF_OPER_UP = 6
// linux/if_arp.h.
const ARPHRD_ETHER = 1
const ARPHRD_LOOPBACK = 772

/** An interface of a network namespace. */
export interface Interface {
  readonly index: number
  readonly name: string
  /** What made it: `veth`, `vlan`, `bridge`, `bond`, `vxlan`, `tun`; empty for a card and for loopback. */
  readonly kind: string
  /** ARPHRD_*: 1 Ethernet, 772 loopback, 65534 none. */
  readonly hardwareType: number
  /** IANA's ifType (RFC 2863): 6 Ethernet, 24 loopback, 131 tunnel, 135 VLAN, 161 bond, 209 bridge, 1 other. */
  readonly interfaceType: number
  /** Whether its packets begin with an Ethernet header; else with IP. */
  readonly hasEthernet: boolean
  /** Six bytes of an Ethernet interface; empty for others. */
  readonly mac: Uint8Array
  readonly mtu: number
  /** Switched on (ifAdminStatus). */
  readonly isUp: boolean
  /** Able to pass packets (ifOperStatus): carrier is there. */
  readonly isRunning: boolean
  readonly isLoopback: boolean
  readonly isPromiscuous: boolean
  /** Index of the bridge or bond that it is a port of; 0 for none. */
  readonly master: number
  /** Index of the interface below it (a VLAN's), or of the other end (a veth's, in a namespace that need not be this one); 0 for none. */
  readonly link: number
  /** Of a VLAN interface. */
  readonly vlanId: number | undefined
}

/** struct rtnl_link_stats64, by its names in linux/if_link.h, which also says what each counts. */
export interface InterfaceCounters {
  readonly rxPackets: bigint
  readonly txPackets: bigint
  readonly rxBytes: bigint
  readonly txBytes: bigint
  readonly rxErrors: bigint
  readonly txErrors: bigint
  readonly rxDropped: bigint
  readonly txDropped: bigint
  readonly multicast: bigint
  readonly collisions: bigint
  readonly rxLengthErrors: bigint
  readonly rxOverErrors: bigint
  readonly rxCrcErrors: bigint
  readonly rxFrameErrors: bigint
  readonly rxFifoErrors: bigint
  readonly rxMissedErrors: bigint
  readonly txAbortedErrors: bigint
  readonly txCarrierErrors: bigint
  readonly txFifoErrors: bigint
  readonly txHeartbeatErrors: bigint
  readonly txWindowErrors: bigint
}

/** In the order of struct rtnl_link_stats64. */
const counterNames: readonly (keyof InterfaceCounters)[] = [
  'rxPackets',
  'txPackets',
  'rxBytes',
  'txBytes',
  'rxErrors',
  'txErrors',
  'rxDropped',
  'txDropped',
  'multicast',
  'collisions',
  'rxLengthErrors',
  'rxOverErrors',
  'rxCrcErrors',
  'rxFrameErrors',
  'rxFifoErrors',
  'rxMissedErrors',
  'txAbortedErrors',
  'txCarrierErrors',
  'txFifoErrors',
  'txHeartbeatErrors',
  'txWindowErrors',
]

/** ifType by what made the interface: IANA's ianaiftype-mib. */
const typesOfKinds: Readonly<Record<string, number>> = {
  bridge: 209,
  bond: 161,
  team: 161,
  vlan: 135,
  tun: 131,
  gre: 131,
  ip6gre: 131,
  ipip: 131,
  sit: 131,
  ip6tnl: 131,
  wireguard: 131,
}
const ETHERNET_CSMACD = 6
const SOFTWARE_LOOPBACK = 24
const OTHER_TYPE = 1

const decoder = new TextDecoder()

/** Calls `take` for each attribute between two offsets; stops at one that does not fit. */
function eachAttribute(
  view: DataView,
  from: number,
  end: number,
  take: (type: number, at: number, end: number) => void,
) {
  let at = from
  while (at + 4 <= end) {
    const length = view.getUint16(at, true)
    if (length < 4 || at + length > end) return
    // The two highest bits say how it is coded: NLA_F_NESTED, NLA_F_NET_BYTEORDER.
    take(view.getUint16(at + 2, true) & 0x3fff, at + 4, at + length)
    at += (length + 3) & ~3
  }
}

function textOf(view: DataView, at: number, end: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, end - at)
  const zero = bytes.indexOf(0)
  return decoder.decode(zero < 0 ? bytes : bytes.subarray(0, zero))
}

/** What a message says, without its header (from struct ifinfomsg on). @returns undefined where it has no name or is cut */
export function readLink(view: DataView, at: number, end: number): Interface | undefined {
  if (end - at < IFINFOMSG_BYTES) return undefined
  const hardwareType = view.getUint16(at + 2, true)
  const flags = view.getUint32(at + 8, true)
  let name = ''
  let kind = ''
  let mac = new Uint8Array(0)
  let mtu = 0
  let master = 0
  let link = 0
  let promiscuity = 0
  let state = IF_OPER_UNKNOWN
  let vlanId: number | undefined
  eachAttribute(view, at + IFINFOMSG_BYTES, end, (type, from, to) => {
    const word = to - from >= 4 ? view.getUint32(from, true) : 0
    if (type === IFLA_IFNAME) name = textOf(view, from, to)
    else if (type === IFLA_MTU) mtu = word
    else if (type === IFLA_LINK) link = word
    else if (type === IFLA_MASTER) master = word
    else if (type === IFLA_PROMISCUITY) promiscuity = word
    else if (type === IFLA_OPERSTATE && to > from) state = view.getUint8(from)
    else if (type === IFLA_ADDRESS && to - from === 6) {
      mac = Uint8Array.from(new Uint8Array(view.buffer, view.byteOffset + from, 6))
    } else if (type === IFLA_LINKINFO) {
      eachAttribute(view, from, to, (inner, start, stop) => {
        if (inner === IFLA_INFO_KIND) kind = textOf(view, start, stop)
        if (inner === IFLA_INFO_DATA && kind === 'vlan') {
          eachAttribute(view, start, stop, (what, first, last) => {
            if (what === IFLA_VLAN_ID && last - first >= 2) vlanId = view.getUint16(first, true)
          })
        }
      })
    }
  })
  if (name === '') return undefined
  const isLoopback = (flags & IFF_LOOPBACK) !== 0
  const hasEthernet = hardwareType === ARPHRD_ETHER || hardwareType === ARPHRD_LOOPBACK
  const isUp = (flags & IFF_UP) !== 0
  return {
    index: view.getInt32(at + 4, true),
    name,
    kind,
    hardwareType,
    interfaceType: isLoopback
      ? SOFTWARE_LOOPBACK
      : hardwareType === ARPHRD_ETHER
        ? ((kind === 'tun' ? undefined : typesOfKinds[kind]) ?? ETHERNET_CSMACD)
        : (typesOfKinds[kind] ?? OTHER_TYPE),
    hasEthernet,
    mac: hardwareType === ARPHRD_ETHER ? mac : mac.subarray(0, 0),
    mtu,
    isUp,
    // Drivers that never tell (tun, loopback) are "unknown": then the carrier counts.
    isRunning: isUp && (state === IF_OPER_UP || (state === IF_OPER_UNKNOWN && (flags & IFF_LOWER_UP) !== 0)),
    isLoopback,
    isPromiscuous: promiscuity > 0,
    master,
    link,
    vlanId,
  }
}

/** The counters in an RTM_NEWSTATS message; those that an older kernel does not tell are 0. @returns undefined where it has none */
export function readCounters(view: DataView, at: number, end: number): InterfaceCounters | undefined {
  let counters: InterfaceCounters | undefined
  eachAttribute(view, at + IF_STATS_MSG_BYTES, end, (type, from, to) => {
    if (type !== IFLA_STATS_LINK_64) return
    counters = Object.fromEntries(
      counterNames.map((name, k) => [name, from + 8 * k + 8 <= to ? view.getBigUint64(from + 8 * k, true) : 0n]),
    ) as unknown as InterfaceCounters
  })
  return counters
}

/** The index of the interface that an RTM_NEWSTATS message is about. */
export function countersOf(view: DataView, at: number): number {
  return view.getUint32(at + 4, true)
}

/** The body of a question (RTM_GETSTATS) for one interface's counters and nothing else, or for all (index 0). */
export function countersQuestion(index: number): Uint8Array {
  const body = new Uint8Array(IF_STATS_MSG_BYTES)
  const view = new DataView(body.buffer)
  view.setUint32(4, index, true)
  view.setUint32(8, 1 << (IFLA_STATS_LINK_64 - 1), true)
  return body
}

/** The body of a question (RTM_GETLINK) for one interface, or for all (index 0), without its counters. */
export function linkQuestion(index: number): Uint8Array {
  const body = new Uint8Array(IFINFOMSG_BYTES + 8)
  const view = new DataView(body.buffer)
  view.setInt32(4, index, true)
  view.setUint16(IFINFOMSG_BYTES, 8, true)
  view.setUint16(IFINFOMSG_BYTES + 2, IFLA_EXT_MASK, true)
  view.setUint32(IFINFOMSG_BYTES + 4, RTEXT_FILTER_SKIP_STATS, true)
  return body
}
