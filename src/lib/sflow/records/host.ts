// Owns the records of sflow_host.txt: sockets, host and virtual machine counters.
// Must not know how records are decoded. Start at host_descr.

import { ipProtocols } from '../../names/ip-protocols.ts'
import { dataSourceTypes, domainStates, machineTypes, osNames } from '../../names/sflow.ts'
import { arrayOf, f, f32, fixed, ipv4, ipv6, mac, string, struct, u32, u64 } from '../../wire/kinds.ts'
import { type Of, record } from '../../wire/record.ts'

const document = 'sflow_host.txt'

/** Body of extended_socket_ipv4 and extended_proxy_socket_ipv4. */
export const socketIpv4Fields = [
  f('protocol', u32, 'IP protocol number', { names: ipProtocols }),
  f('local_ip', ipv4, 'local address'),
  f('remote_ip', ipv4, 'remote address'),
  f('local_port', u32, 'local port'),
  f('remote_port', u32, 'remote port'),
] as const

/** Body of extended_socket_ipv6 and extended_proxy_socket_ipv6. */
export const socketIpv6Fields = [
  f('protocol', u32, 'IP protocol number', { names: ipProtocols }),
  f('local_ip', ipv6, 'local address'),
  f('remote_ip', ipv6, 'remote address'),
  f('local_port', u32, 'local port'),
  f('remote_port', u32, 'remote port'),
] as const

export const extended_socket_ipv4 = record({
  name: 'extended_socket_ipv4',
  tag: [0, 2100],
  source: `${document}, "extended_socket_ipv4"`,
  fields: socketIpv4Fields,
})
export type ExtendedSocketIpv4 = Of<typeof extended_socket_ipv4>

export const extended_socket_ipv6 = record({
  name: 'extended_socket_ipv6',
  tag: [0, 2101],
  source: `${document}, "extended_socket_ipv6"`,
  fields: socketIpv6Fields,
})
export type ExtendedSocketIpv6 = Of<typeof extended_socket_ipv6>

export const host_descr = record({
  name: 'host_descr',
  tag: [0, 2000],
  source: `${document}, "host_descr"; errata`,
  notes: 'uuid has no length word (C21).',
  fields: [
    f('hostname', string, 'host name; empty if unknown'),
    f('uuid', fixed(16), 'UUID; zeros if unknown'),
    f('machine_type', u32, 'processor family', { names: machineTypes }),
    f('os_name', u32, 'operating system', { names: osNames }),
    f('os_release', string, 'release of the operating system, as 2.6.9-42.ELsmp'),
  ],
})
export type HostDescr = Of<typeof host_descr>

export const host_adapters = record({
  name: 'host_adapters',
  tag: [0, 2001],
  source: `${document}, "host_adapters"`,
  fields: [
    f(
      'adapters',
      arrayOf(
        struct(
          f('ifIndex', u32, 'index of the interface; 0 unknown'),
          f('mac_address', arrayOf(mac), 'MAC addresses of the adapter'),
        ),
      ),
      'network adapters',
    ),
  ],
})
export type HostAdapters = Of<typeof host_adapters>

export const host_parent = record({
  name: 'host_parent',
  tag: [0, 2002],
  source: `${document}, "host_parent"`,
  fields: [
    f('container_type', u32, 'type of the data source that contains this one', { names: dataSourceTypes }),
    f('container_index', u32, 'index of the data source that contains this one'),
  ],
})
export type HostParent = Of<typeof host_parent>

export const host_cpu = record({
  name: 'host_cpu',
  tag: [0, 2003],
  source: `${document}, "host_cpu"; host-sflow, sflow.h for the last three`,
  notes:
    '68 bytes in the document, 80 since December 2014 (C15). Times are of all cores together. A load of -1 is unknown.',
  optionalFrom: 'cpu_steal',
  fields: [
    f('load_one', f32, 'load average of 1 minute'),
    f('load_five', f32, 'load average of 5 minutes'),
    f('load_fifteen', f32, 'load average of 15 minutes'),
    f('proc_run', u32, 'running processes'),
    f('proc_total', u32, 'processes'),
    f('cpu_num', u32, 'CPUs'),
    f('cpu_speed', u32, 'CPU speed', 'MHz'),
    f('uptime', u32, 'time since the last boot', 's'),
    f('cpu_user', u32, 'time in user mode', 'ms'),
    f('cpu_nice', u32, 'time in user mode at low priority', 'ms'),
    f('cpu_system', u32, 'time in system mode', 'ms'),
    f('cpu_idle', u32, 'idle time', 'ms'),
    f('cpu_wio', u32, 'time waiting for I/O', 'ms'),
    f('cpu_intr', u32, 'time in interrupts', 'ms'),
    f('cpu_sintr', u32, 'time in soft interrupts', 'ms'),
    f('interrupts', u32, 'interrupts'),
    f('contexts', u32, 'context switches'),
    f('cpu_steal', u32, 'time taken by the hypervisor', 'ms'),
    f('cpu_guest', u32, 'time running guests', 'ms'),
    f('cpu_guest_nice', u32, 'time running guests at low priority', 'ms'),
  ],
})
export type HostCpu = Of<typeof host_cpu>

export const host_memory = record({
  name: 'host_memory',
  tag: [0, 2004],
  source: `${document}, "host_memory"`,
  fields: [
    f('mem_total', u64, 'memory', 'bytes'),
    f('mem_free', u64, 'memory that is free', 'bytes'),
    f('mem_shared', u64, 'memory that is shared', 'bytes'),
    f('mem_buffers', u64, 'memory of buffers', 'bytes'),
    f('mem_cached', u64, 'memory of the cache', 'bytes'),
    f('swap_total', u64, 'swap space', 'bytes'),
    f('swap_free', u64, 'swap space that is free', 'bytes'),
    f('page_in', u32, 'pages read from disk', 'pages'),
    f('page_out', u32, 'pages written to disk', 'pages'),
    f('swap_in', u32, 'pages swapped in', 'pages'),
    f('swap_out', u32, 'pages swapped out', 'pages'),
  ],
})
export type HostMemory = Of<typeof host_memory>

export const host_disk_io = record({
  name: 'host_disk_io',
  tag: [0, 2005],
  source: `${document}, "host_disk_io"`,
  fields: [
    f('disk_total', u64, 'disk size', 'bytes'),
    f('disk_free', u64, 'disk space that is free', 'bytes'),
    f('part_max_used', u32, 'use of the fullest partition', 'hundredths of a percent'),
    f('reads', u32, 'reads'),
    f('bytes_read', u64, 'bytes read', 'bytes'),
    f('read_time', u32, 'time reading', 'ms'),
    f('writes', u32, 'writes'),
    f('bytes_written', u64, 'bytes written', 'bytes'),
    f('write_time', u32, 'time writing', 'ms'),
  ],
})
export type HostDiskIo = Of<typeof host_disk_io>

export const host_net_io = record({
  name: 'host_net_io',
  tag: [0, 2006],
  source: `${document}, "host_net_io"`,
  notes: 'Totals over the physical adapters.',
  fields: [
    f('bytes_in', u64, 'bytes received', 'bytes'),
    f('pkts_in', u32, 'packets received', 'packets'),
    f('errs_in', u32, 'receive errors'),
    f('drops_in', u32, 'packets dropped on receipt', 'packets'),
    f('bytes_out', u64, 'bytes sent', 'bytes'),
    f('packets_out', u32, 'packets sent', 'packets'),
    f('errs_out', u32, 'send errors'),
    f('drops_out', u32, 'packets dropped on sending', 'packets'),
  ],
})
export type HostNetIo = Of<typeof host_net_io>

export const virt_node = record({
  name: 'virt_node',
  tag: [0, 2100],
  source: `${document}, "virt_node"`,
  fields: [
    f('mhz', u32, 'expected CPU frequency', 'MHz'),
    f('cpus', u32, 'active CPUs'),
    f('memory', u64, 'memory', 'bytes'),
    f('memory_free', u64, 'memory that is not assigned', 'bytes'),
    f('num_domains', u32, 'active virtual machines or containers'),
  ],
})
export type VirtNode = Of<typeof virt_node>

export const virt_cpu = record({
  name: 'virt_cpu',
  tag: [0, 2101],
  source: `${document}, "virt_cpu"`,
  fields: [
    f('state', u32, 'state of the virtual machine', { names: domainStates }),
    f('cpuTime', u32, 'CPU time used', 'ms'),
    f('nrVirtCpu', u32, 'virtual CPUs'),
  ],
})
export type VirtCpu = Of<typeof virt_cpu>

export const virt_memory = record({
  name: 'virt_memory',
  tag: [0, 2102],
  source: `${document}, "virt_memory"`,
  fields: [f('memory', u64, 'memory used', 'bytes'), f('maxMemory', u64, 'memory allowed', 'bytes')],
})
export type VirtMemory = Of<typeof virt_memory>

export const virt_disk_io = record({
  name: 'virt_disk_io',
  tag: [0, 2103],
  source: `${document}, "virt_disk_io"; errata`,
  notes: 'physical: size of the backing container by the errata, free bytes in sflowtool and hsflowd (C8).',
  fields: [
    f('capacity', u64, 'logical size', 'bytes'),
    f('allocation', u64, 'current allocation', 'bytes'),
    f('physical', u64, 'physical size of the container, or bytes available', 'bytes'),
    f('rd_req', u32, 'read requests'),
    f('rd_bytes', u64, 'bytes read', 'bytes'),
    f('wr_req', u32, 'write requests'),
    f('wr_bytes', u64, 'bytes written', 'bytes'),
    f('errs', u32, 'read and write errors'),
  ],
})
export type VirtDiskIo = Of<typeof virt_disk_io>

export const virt_net_io = record({
  name: 'virt_net_io',
  tag: [0, 2104],
  source: `${document}, "virt_net_io"`,
  notes: 'Directions as the virtual machine sees them.',
  fields: [
    f('rx_bytes', u64, 'bytes received', 'bytes'),
    f('rx_packets', u32, 'packets received', 'packets'),
    f('rx_errs', u32, 'receive errors'),
    f('rx_drop', u32, 'packets dropped on receipt', 'packets'),
    f('tx_bytes', u64, 'bytes sent', 'bytes'),
    f('tx_packets', u32, 'packets sent', 'packets'),
    f('tx_errs', u32, 'send errors'),
    f('tx_drop', u32, 'packets dropped on sending', 'packets'),
  ],
})
export type VirtNetIo = Of<typeof virt_net_io>

/** Flow records of this file, for the registry. */
export const flow = [extended_socket_ipv4, extended_socket_ipv6] as const

/** Counter records of this file, for the registry. */
export const counters = [
  host_descr,
  host_adapters,
  host_parent,
  host_cpu,
  host_memory,
  host_disk_io,
  host_net_io,
  virt_node,
  virt_cpu,
  virt_memory,
  virt_disk_io,
  virt_net_io,
] as const
