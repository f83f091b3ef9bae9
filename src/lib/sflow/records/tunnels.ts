// Owns the records of sflow_tunnels.txt: headers that a device adds or removes.
// Must not know how records are decoded. Start at extended_L2_tunnel_egress.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'
import { sampledEthernetFields, sampledIpv4Fields, sampledIpv6Fields } from './version-5.ts'

const document = 'sflow_tunnels.txt'
const added = 'The outer header that is added on the way out.'
const removed = 'The outer header that was removed on the way in.'

export const extended_L2_tunnel_egress = record({
  name: 'extended_L2_tunnel_egress',
  tag: [0, 1021],
  source: `${document}, "extended_L2_tunnel_egress"`,
  notes: added,
  fields: sampledEthernetFields,
})
export type ExtendedL2TunnelEgress = Of<typeof extended_L2_tunnel_egress>

export const extended_L2_tunnel_ingress = record({
  name: 'extended_L2_tunnel_ingress',
  tag: [0, 1022],
  source: `${document}, "extended_L2_tunnel_ingress"`,
  notes: removed,
  fields: sampledEthernetFields,
})
export type ExtendedL2TunnelIngress = Of<typeof extended_L2_tunnel_ingress>

export const extended_ipv4_tunnel_egress = record({
  name: 'extended_ipv4_tunnel_egress',
  tag: [0, 1023],
  source: `${document}, "extended_ipv4_tunnel_egress"`,
  notes: added,
  fields: sampledIpv4Fields,
})
export type ExtendedIpv4TunnelEgress = Of<typeof extended_ipv4_tunnel_egress>

export const extended_ipv4_tunnel_ingress = record({
  name: 'extended_ipv4_tunnel_ingress',
  tag: [0, 1024],
  source: `${document}, "extended_ipv4_tunnel_ingress"`,
  notes: removed,
  fields: sampledIpv4Fields,
})
export type ExtendedIpv4TunnelIngress = Of<typeof extended_ipv4_tunnel_ingress>

export const extended_ipv6_tunnel_egress = record({
  name: 'extended_ipv6_tunnel_egress',
  tag: [0, 1025],
  source: `${document}, "extended_ipv6_tunnel_egress"`,
  notes: added,
  fields: sampledIpv6Fields,
})
export type ExtendedIpv6TunnelEgress = Of<typeof extended_ipv6_tunnel_egress>

export const extended_ipv6_tunnel_ingress = record({
  name: 'extended_ipv6_tunnel_ingress',
  tag: [0, 1026],
  source: `${document}, "extended_ipv6_tunnel_ingress"`,
  notes: removed,
  fields: sampledIpv6Fields,
})
export type ExtendedIpv6TunnelIngress = Of<typeof extended_ipv6_tunnel_ingress>

export const extended_decapsulate_egress = record({
  name: 'extended_decapsulate_egress',
  tag: [0, 1027],
  source: `${document}, "extended_decapsulate_egress"`,
  notes: 'The header still has the outer headers; this device removes them on the way out.',
  fields: [f('inner_header_offset', u32, 'offset of the inner packet in the sampled header', 'bytes')],
})
export type ExtendedDecapsulateEgress = Of<typeof extended_decapsulate_egress>

export const extended_decapsulate_ingress = record({
  name: 'extended_decapsulate_ingress',
  tag: [0, 1028],
  source: `${document}, "extended_decapsulate_ingress"`,
  notes: 'The header still has the outer headers; this device removes them on the way in.',
  fields: [f('inner_header_offset', u32, 'offset of the inner packet in the sampled header', 'bytes')],
})
export type ExtendedDecapsulateIngress = Of<typeof extended_decapsulate_ingress>

export const extended_vni_egress = record({
  name: 'extended_vni_egress',
  tag: [0, 1029],
  source: `${document}, "extended_vni_egress"`,
  fields: [f('vni', u32, 'virtual network id (VXLAN, NVGRE, ...) on the way out')],
})
export type ExtendedVniEgress = Of<typeof extended_vni_egress>

export const extended_vni_ingress = record({
  name: 'extended_vni_ingress',
  tag: [0, 1030],
  source: `${document}, "extended_vni_ingress"`,
  fields: [f('vni', u32, 'virtual network id (VXLAN, NVGRE, ...) on the way in')],
})
export type ExtendedVniIngress = Of<typeof extended_vni_ingress>

/** Flow records of this file, for the registry. */
export const flow = [
  extended_L2_tunnel_egress,
  extended_L2_tunnel_ingress,
  extended_ipv4_tunnel_egress,
  extended_ipv4_tunnel_ingress,
  extended_ipv6_tunnel_egress,
  extended_ipv6_tunnel_ingress,
  extended_decapsulate_egress,
  extended_decapsulate_ingress,
  extended_vni_egress,
  extended_vni_ingress,
] as const
