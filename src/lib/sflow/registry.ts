// Owns the list of all flow records, counter records and text sample bodies, by tag.
// Must not know how they are decoded. Start at flowRecords; to add a record, declare it in records/ and name it here.

import { type RecordType, tagValue } from '../wire/record.ts'
import {
  app_initiator,
  app_operation,
  app_operations,
  app_parent_context,
  app_resources,
  app_target,
  app_workers,
} from './records/application.ts'
import { bst_device_buffers, bst_egress_queue, bst_port_buffers } from './records/broadcom-buffers.ts'
import { hw_tables } from './records/broadcom-tables.ts'
import { extended_acl, extended_egress_queue, extended_function } from './records/drops.ts'
import { extended_entities } from './records/entities.ts'
import { energy, fans, humidity, temperature } from './records/environment.ts'
import { extended_fc } from './records/fibre-channel.ts'
import { foundry_acl } from './records/foundry.ts'
import {
  extended_socket_ipv4,
  extended_socket_ipv6,
  host_adapters,
  host_cpu,
  host_descr,
  host_disk_io,
  host_memory,
  host_net_io,
  host_parent,
  virt_cpu,
  virt_disk_io,
  virt_memory,
  virt_net_io,
  virt_node,
} from './records/host.ts'
import { mib2_icmp_group, mib2_ip_group, mib2_tcp_group, mib2_udp_group } from './records/host-ip.ts'
import { extended_hw_trap, extended_linux_drop_reason, extended_timestamp, pfc_counters } from './records/host-sflow.ts'
import {
  extended_proxy_request,
  extended_proxy_socket_ipv4,
  extended_proxy_socket_ipv6,
  http_counters,
  http_request,
  http_request_2201,
} from './records/http.ts'
import {
  extended_80211_aggregation,
  extended_80211_payload,
  extended_80211_rx,
  extended_80211_tx,
  ieee80211_counters,
  radio_utilization,
} from './records/ieee80211.ts'
import { extended_ib_bth, extended_ib_grh, extended_ib_lrh, ib_counters } from './records/infiniband.ts'
import { extended_process, rtflow, rtmetric } from './records/inmon.ts'
import { jvm_runtime, jvm_statistics } from './records/jvm.ts'
import { lag_port_stats } from './records/lag.ts'
import { memcache_counters, memcache_operation, memcached_counters } from './records/memcache.ts'
import { extended_nav_timing } from './records/navigation-timing.ts'
import { nvidia_gpu } from './records/nvml.ts'
import { ovs_dp_stats } from './records/open-vswitch.ts'
import { extended_openflow_v1, of_port, port_name } from './records/openflow.ts'
import { sfp } from './records/optics.ts'
import { pmacct_class, pmacct_tag } from './records/pmacct.ts'
import { extended_nat_port } from './records/port-nat.ts'
import { extended_queue_length, queue_length } from './records/queue-length.ts'
import { slow_path_counts } from './records/slow-path.ts'
import { extended_tcp_info } from './records/tcp-info.ts'
import {
  extended_http_transaction,
  extended_nfs_storage_transaction,
  extended_scsi_storage_transaction,
  transaction,
} from './records/transactions.ts'
import { extended_queue, extended_transit } from './records/transit.ts'
import {
  extended_decapsulate_egress,
  extended_decapsulate_ingress,
  extended_ipv4_tunnel_egress,
  extended_ipv4_tunnel_ingress,
  extended_ipv6_tunnel_egress,
  extended_ipv6_tunnel_ingress,
  extended_L2_tunnel_egress,
  extended_L2_tunnel_ingress,
  extended_vni_egress,
  extended_vni_ingress,
} from './records/tunnels.ts'
import { vdi_counters } from './records/vdi.ts'
import {
  ethernet_counters,
  extended_gateway,
  extended_mpls,
  extended_mpls_FTN,
  extended_mpls_LDP_FEC,
  extended_mpls_tunnel,
  extended_mpls_vc,
  extended_nat,
  extended_router,
  extended_switch,
  extended_url,
  extended_user,
  extended_vlantunnel,
  if_counters,
  processor,
  sampled_ethernet,
  sampled_header,
  sampled_ipv4,
  sampled_ipv6,
  tokenring_counters,
  vg_counters,
  vlan_counters,
} from './records/version-5.ts'
import { extended_vlanin, extended_vlanout } from './records/vlan-lists.ts'

/** Flow records by tag value (enterprise << 12 | format), in order of the registry. */
export const flowRecords: ReadonlyMap<number, RecordType> = byTag([
  sampled_header,
  sampled_ethernet,
  sampled_ipv4,
  sampled_ipv6,
  extended_switch,
  extended_router,
  extended_gateway,
  extended_user,
  extended_url,
  extended_mpls,
  extended_nat,
  extended_mpls_tunnel,
  extended_mpls_vc,
  extended_mpls_FTN,
  extended_mpls_LDP_FEC,
  extended_vlantunnel,
  extended_80211_payload,
  extended_80211_rx,
  extended_80211_tx,
  extended_80211_aggregation,
  extended_openflow_v1,
  extended_fc,
  extended_queue_length,
  extended_nat_port,
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
  extended_ib_lrh,
  extended_ib_grh,
  extended_ib_bth,
  extended_vlanin,
  extended_vlanout,
  extended_egress_queue,
  extended_acl,
  extended_function,
  extended_transit,
  extended_queue,
  extended_hw_trap,
  extended_linux_drop_reason,
  extended_timestamp,
  transaction,
  extended_nfs_storage_transaction,
  extended_scsi_storage_transaction,
  extended_http_transaction,
  extended_socket_ipv4,
  extended_socket_ipv6,
  extended_proxy_socket_ipv4,
  extended_proxy_socket_ipv6,
  memcache_operation,
  http_request_2201,
  app_operation,
  app_parent_context,
  app_initiator,
  app_target,
  http_request,
  extended_proxy_request,
  extended_nav_timing,
  extended_tcp_info,
  extended_entities,
  extended_process,
  bst_egress_queue,
  pmacct_class,
  pmacct_tag,
])

/** Counter records by tag value, in order of the registry. */
export const counterRecords: ReadonlyMap<number, RecordType> = byTag([
  if_counters,
  ethernet_counters,
  tokenring_counters,
  vg_counters,
  vlan_counters,
  ieee80211_counters,
  lag_port_stats,
  slow_path_counts,
  ib_counters,
  sfp,
  pfc_counters,
  processor,
  radio_utilization,
  queue_length,
  of_port,
  port_name,
  host_descr,
  host_adapters,
  host_parent,
  host_cpu,
  host_memory,
  host_disk_io,
  host_net_io,
  mib2_ip_group,
  mib2_icmp_group,
  mib2_tcp_group,
  mib2_udp_group,
  virt_node,
  virt_cpu,
  virt_memory,
  virt_disk_io,
  virt_net_io,
  jvm_runtime,
  jvm_statistics,
  memcached_counters,
  http_counters,
  app_operations,
  app_resources,
  memcache_counters,
  vdi_counters,
  app_workers,
  ovs_dp_stats,
  energy,
  temperature,
  humidity,
  fans,
  bst_device_buffers,
  bst_port_buffers,
  hw_tables,
  nvidia_gpu,
])

/** Samples whose whole body is one structure, by tag value: they hold no records. */
export const sampleBodies: ReadonlyMap<number, RecordType> = byTag([rtmetric, rtflow, foundry_acl])

function byTag(types: readonly RecordType[]): ReadonlyMap<number, RecordType> {
  const map = new Map<number, RecordType>()
  for (const type of types) {
    const tag = tagValue(type.tag)
    if (map.has(tag)) throw new RangeError(`${type.name}: the tag ${type.tag.join(':')} is used twice`)
    map.set(tag, Object.freeze(type))
  }
  return map
}
