// Owns the host's memory, as host_memory (0:2004). Start at readMemory.

import type { HostMemory } from '../../sflow/records/host.ts'
import { counter32, NO_COUNTER64 } from './counter-values.ts'
import type { SystemFiles } from './system-files.ts'

/**
 * Sizes in bytes. page_in and page_out are pgpgin and pgpgout of /proc/vmstat, which are KiB: hsflowd sends them as they are,
 * and so do we.
 * @returns undefined where there is no /proc/meminfo
 * @see proc_meminfo(5), proc_vmstat(5)
 */
export function readMemory(files: SystemFiles): HostMemory | undefined {
  const meminfo = files.text('/proc/meminfo')
  if (meminfo === undefined) return undefined
  const vmstat = files.text('/proc/vmstat') ?? ''
  const bytes = (name: string): bigint => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1]
    return kib === undefined ? NO_COUNTER64 : BigInt(kib) * 1024n
  }
  const pages = (name: string): number => counter32(new RegExp(`^${name} (\\d+)$`, 'm').exec(vmstat)?.[1])
  return {
    mem_total: bytes('MemTotal'),
    mem_free: bytes('MemFree'),
    mem_shared: bytes('Shmem'),
    mem_buffers: bytes('Buffers'),
    mem_cached: bytes('Cached'),
    swap_total: bytes('SwapTotal'),
    swap_free: bytes('SwapFree'),
    page_in: pages('pgpgin'),
    page_out: pages('pgpgout'),
    swap_in: pages('pswpin'),
    swap_out: pages('pswpout'),
  }
}
