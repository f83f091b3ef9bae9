// Owns the host's disks and file systems, as host_disk_io (0:2005). Start at readDisks.

import type { HostDiskIo } from '../../sflow/records/host.ts'
import { wrap32 } from './counter-values.ts'
import type { FileSystemSize, SystemFiles } from './system-files.ts'

/** /proc/diskstats counts sectors of so many bytes, whatever the disk has (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512n
/** part_max_used is in hundredths of a percent. */
const WHOLE = 10_000
/** Block devices that are made of memory or of other ones: what goes through them is counted there. */
const made = /^(?:loop|ram|zram|dm-|md|sr|fd)\d/

/**
 * Reads and writes of all disks together; sizes of all file systems on block devices, each device once.
 * @returns undefined where there is no /proc/diskstats
 */
export function readDisks(files: SystemFiles): HostDiskIo | undefined {
  const diskstats = files.text('/proc/diskstats')
  if (diskstats === undefined) return undefined
  const disks = new Set(files.names('/sys/block').filter((name) => !made.test(name)))
  const sums = { reads: 0, read: 0n, readMs: 0, writes: 0, written: 0n, writeMs: 0 }
  for (const line of diskstats.split('\n')) {
    const [, , name = '', reads, , readSectors, readMs, writes, , writtenSectors, writeMs] = line.trim().split(/\s+/)
    // Partitions have lines too; /sys/block has whole disks only.
    if (!disks.has(name) || writeMs === undefined) continue
    sums.reads += Number(reads)
    sums.read += BigInt(readSectors!) * SECTOR_BYTES
    sums.readMs += Number(readMs)
    sums.writes += Number(writes)
    sums.written += BigInt(writtenSectors!) * SECTOR_BYTES
    sums.writeMs += Number(writeMs)
  }
  const sizes = fileSystems(files)
  const bytes = (part: 'blocks' | 'free'): bigint =>
    sizes.reduce((sum, size) => sum + BigInt(size[part]) * BigInt(size.blockBytes), 0n)
  return {
    disk_total: bytes('blocks'),
    disk_free: bytes('free'),
    part_max_used: Math.max(0, ...sizes.map(usedShare)),
    reads: wrap32(sums.reads),
    bytes_read: BigInt.asUintN(64, sums.read),
    read_time: wrap32(sums.readMs),
    writes: wrap32(sums.writes),
    bytes_written: BigInt.asUintN(64, sums.written),
    write_time: wrap32(sums.writeMs),
  }
}

/** Of each block device that is mounted anywhere; other file systems are memory, or another machine's that may not answer. */
function fileSystems(files: SystemFiles): FileSystemSize[] {
  const seen = new Set<string>()
  const sizes: FileSystemSize[] = []
  for (const line of (files.text('/proc/mounts') ?? '').split('\n')) {
    const [device = '', path = ''] = line.split(' ')
    if (!device.startsWith('/dev/') || made.test(device.slice(5)) || seen.has(device)) continue
    seen.add(device)
    // Spaces and the like are octal in this file: proc_pid_mounts(5).
    const size = files.size(
      path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    if (size !== undefined && size.blocks > 0) sizes.push(size)
  }
  return sizes
}

/** As df(1) has it: of what users can have, root's reserve left out. */
function usedShare({ blocks, free, available }: FileSystemSize): number {
  const used = blocks - free
  return used + available === 0 ? 0 : Math.ceil((used * WHOLE) / (used + available))
}
