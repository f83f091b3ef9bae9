// Owns vlan, mpls, pppoed, pppoes and geneve: whether the packet has them, and where the layers lie behind them.
// What stands behind in the filter is compiled with those layers, even behind `or`. Start at vlan.

import { and, type Condition, or } from './condition.ts'
import { type Layers, moved } from './layers.ts'
import { carries } from './link-test.ts'
import { linkNumbers, links } from './links.ts'
import { ether, ipNumbers, PPP_MPLS } from './numbers.ts'
import { ipv4Ports, ipv6Ports } from './ports.ts'
import type { Value, Variable } from './value.ts'

/** A tag of IEEE 802.1Q, of service providers (802.1ad), or of older ones with type 0x9100. */
export function vlan(layers: Layers, id: number | undefined): Condition {
  const { link } = layers
  if (layers.labels > 0) layers.refuse('behind mpls there are no VLAN tags to ask for.')
  if (link.carries !== 'ethernet' && (link.carries !== 'wlan' || link.prefix === 'ppi'))
    layers.refuse(`${link.name} has no VLAN tags.`)
  const types = [ether.vlan, ether.serviceVlan, ether.qinq].map((type) => carries(layers, type))
  let has = or(types[0]!, ...types.slice(1))
  if (id !== undefined) {
    if (id > 0xfff) layers.refuse(`VLAN ${id} is too large; 4095 is the most.`)
    has = and(has, layers.equals('network', 0, 2, id, 0xfff))
  }
  layers.payload = moved(layers.payload, 4)
  if (layers.type !== undefined) layers.type = moved(layers.type, 4)
  layers.tags++
  return has
}

/** A label of MPLS. @see RFC 3032 section 2.1 */
export function mpls(layers: Layers, label: number | undefined): Condition {
  const { link } = layers
  let has: Condition
  if (layers.labels > 0) {
    // The label before this one is not the last.
    has = layers.equals('network', -2, 1, 0, 1)
  } else if (link.carries === 'ethernet' || link.carries === 'hdlc') {
    has = carries(layers, ether.mpls)
  } else if (link === links.get(linkNumbers.ppp) || link === pppInside) {
    has = carries(layers, PPP_MPLS)
  } else {
    has = layers.refuse(`labels of MPLS cannot be told on ${link.name}.`)
  }
  if (label !== undefined) {
    if (label > 0xfffff) layers.refuse(`label ${label} is too large; 1048575 is the most.`)
    has = and(has, layers.equals('network', 0, 4, label * 4096, 0xfffff000))
  }
  layers.network += 4
  layers.networkNoSnap += 4
  layers.labels++
  return has
}

export function pppoeDiscovery(layers: Layers): Condition {
  return carries(layers, ether.pppoeDiscovery)
}

/** PPP as it lies within PPPoE: without address and control. */
const pppInside = links.get(linkNumbers.ppp)!

/** A PPPoE session: six bytes of header, then PPP's protocol number. @see RFC 2516 section 4 */
export function pppoeSession(layers: Layers, session: number | undefined): Condition {
  let has = carries(layers, ether.pppoeSession)
  if (session !== undefined) {
    if (session > 0xffff) layers.refuse(`session ${session} is too large; 65535 is the most.`)
    has = and(has, layers.equals('network', 0, 4, session, 0xffff))
  }
  const header = moved(layers.payload, layers.network + 6)
  layers.enterLink(pppInside, header)
  layers.type = header
  layers.payload = moved(header, 2)
  layers.network = 0
  layers.networkNoSnap = 0
  return has
}

const GENEVE_PORT = 6081
const UDP_HEADER = 8

/** Geneve, version 0, over IPv4 or IPv6. @see RFC 8926 section 3.4 */
export function geneve(layers: Layers, vni: number | undefined): Condition {
  if (vni !== undefined && vni > 0xffffff) layers.refuse(`VNI ${vni} is too large; 16777215 is the most.`)
  const { values, payload, network } = layers
  const check = (over: 'ipv4 payload' | 'ipv6 payload'): Condition => {
    const ports = over === 'ipv4 payload' ? ipv4Ports : ipv6Ports
    const is = and(
      ports(layers, { low: GENEVE_PORT, protocol: ipNumbers.udp, direction: 'dst' }),
      layers.equals(over, UDP_HEADER, 1, 0, 0xc0),
    )
    return vni === undefined ? is : and(is, layers.equals(over, UDP_HEADER + 4, 4, vni * 256, 0xffffff00))
  }
  /** Length of the IP header, plus where the packet's index is. */
  const start = layers.passing(0)
  const set = (variable: Variable, value: Value): Condition => ({
    kind: 'assign',
    variable,
    value,
  })
  const forty = values.constant(40)
  const over4 = and(check('ipv4 payload'), set(start, layers.ipv4HeaderLength()))
  const over6 = and(
    check('ipv6 payload'),
    set(start, payload.index === undefined ? forty : values.alu('add', forty, payload.index)),
  )
  const type = layers.variable()
  const header = layers.variable()
  const behind = layers.variable()
  const at = payload.constant + network + UDP_HEADER
  const plus = (value: Value, by: number) => values.alu('add', value, values.constant(by))
  const options = values.alu('and', values.load(1, at, start), values.constant(0x3f))
  const length = plus(values.alu('multiply', options, values.constant(4)), 8)
  const carriesFrame = layers.compare('equal', values.load(2, at + 2, start), ether.teb)
  const offsets = and(
    set(header, values.alu('add', length, plus(start, at))),
    // Without a link header, Geneve's own type is the type, and the payload begins where the header would.
    or(
      and(carriesFrame, set(type, plus(header, 12)), set(behind, plus(header, 14))),
      and(set(type, plus(start, at + 2)), set(behind, header)),
    ),
  )
  layers.enterLink(links.get(linkNumbers.ethernet)!, { index: header, constant: 0 })
  layers.type = { index: type, constant: 0 }
  layers.payload = { index: behind, constant: 0 }
  layers.network = 0
  layers.inGeneve = true
  layers.unproven = true
  return and(or(over4, over6), offsets)
}
