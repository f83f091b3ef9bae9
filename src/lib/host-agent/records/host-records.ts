// Owns which records a counter sample of the host has. Start at hostRecords.

import type { DecodedRecord } from '../../sflow/datagram.ts'
import {
  host_adapters,
  host_cpu,
  host_descr,
  host_disk_io,
  host_memory,
  host_net_io,
} from '../../sflow/records/host.ts'
import type { InterfaceReader } from '../host-interface.ts'
import { readAdapters, readTraffic } from './adapters.ts'
import { readDescription } from './description.ts'
import { readDisks } from './disks.ts'
import { recordOf } from './interface-records.ts'
import { readMemory } from './memory.ts'
import { readProcessor } from './processor.ts'
import { readProtocols } from './protocols.ts'
import type { SystemFiles } from './system-files.ts'

/**
 * 0:2000, 2001, 2003 to 2010: what this machine tells now. What it does not tell is left out.
 * @param arch as process.arch has it
 */
export function hostRecords(files: SystemFiles, reader: InterfaceReader, arch: string): DecodedRecord[] {
  const interfaces = reader.all()
  const processor = readProcessor(files)
  const memory = readMemory(files)
  const disks = readDisks(files)
  return [
    recordOf(host_descr, readDescription(files, arch)),
    recordOf(host_adapters, readAdapters(interfaces)),
    ...(processor === undefined ? [] : [recordOf(host_cpu, processor)]),
    ...(memory === undefined ? [] : [recordOf(host_memory, memory)]),
    ...(disks === undefined ? [] : [recordOf(host_disk_io, disks)]),
    recordOf(host_net_io, readTraffic(interfaces, reader)),
    ...readProtocols(files),
  ]
}
