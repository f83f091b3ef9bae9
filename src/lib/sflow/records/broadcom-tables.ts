// Owns the record of sflow_broadcom_tables.txt: use and limits of the tables of a switch ASIC.
// Must not know how records are decoded. Start at hw_tables.

import { f, u32 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

export const hw_tables = record({
  name: 'hw_tables',
  tag: [4413, 3],
  source: 'sflow_broadcom_tables.txt, "hw_tables"',
  fields: [
    f('host_entries', u32, 'entries in the host table'),
    f('host_entries_max', u32, 'limit of the host table'),
    f('ipv4_entries', u32, 'IPv4 entries in the host table'),
    f('ipv4_entries_max', u32, 'limit of IPv4 entries in the host table'),
    f('ipv6_entries', u32, 'IPv6 entries in the host table'),
    f('ipv6_entries_max', u32, 'limit of IPv6 entries in the host table'),
    f('ipv4_ipv6_entries', u32, 'IPv4 and IPv6 entries in the routing table'),
    f('ipv4_ipv6_entries_max', u32, 'limit of IPv4 and IPv6 entries in the routing table'),
    f('long_ipv6_entries', u32, 'long-prefix IPv6 entries in the routing table'),
    f('long_ipv6_entries_max', u32, 'limit of long-prefix IPv6 entries in the routing table'),
    f('total_routes', u32, 'routes'),
    f('total_routes_max', u32, 'limit of routes'),
    f('ecmp_nexthops', u32, 'ECMP next hops'),
    f('ecmp_nexthops_max', u32, 'limit of ECMP next hops'),
    f('mac_entries', u32, 'MAC addresses'),
    f('mac_entries_max', u32, 'limit of MAC addresses'),
    f('ipv4_neighbors', u32, 'IPv4 neighbours'),
    f('ipv6_neighbors', u32, 'IPv6 neighbours'),
    f('ipv4_routes', u32, 'IPv4 routes'),
    f('ipv6_routes', u32, 'IPv6 routes'),
    f('acl_ingress_entries', u32, 'ingress ACL entries'),
    f('acl_ingress_entries_max', u32, 'limit of ingress ACL entries'),
    f('acl_ingress_counters', u32, 'ingress ACL counters'),
    f('acl_ingress_counters_max', u32, 'limit of ingress ACL counters'),
    f('acl_ingress_meters', u32, 'ingress ACL meters'),
    f('acl_ingress_meters_max', u32, 'limit of ingress ACL meters'),
    f('acl_ingress_slices', u32, 'ingress ACL slices'),
    f('acl_ingress_slices_max', u32, 'limit of ingress ACL slices'),
    f('acl_egress_entries', u32, 'egress ACL entries'),
    f('acl_egress_entries_max', u32, 'limit of egress ACL entries'),
    f('acl_egress_counters', u32, 'egress ACL counters'),
    f('acl_egress_counters_max', u32, 'limit of egress ACL counters'),
    f('acl_egress_meters', u32, 'egress ACL meters'),
    f('acl_egress_meters_max', u32, 'limit of egress ACL meters'),
    f('acl_egress_slices', u32, 'egress ACL slices'),
    f('acl_egress_slices_max', u32, 'limit of egress ACL slices'),
  ],
})
export type HwTables = Of<typeof hw_tables>

/** Counter records of this file, for the registry. */
export const counters = [hw_tables] as const
