// Owns what the host is, as host_descr (0:2000). Start at readDescription.

import { createHash } from 'node:crypto'
import type { HostDescr } from '../../sflow/records/host.ts'
import type { SystemFiles } from './system-files.ts'

/** Node's architectures → machine_type of sflow_host.txt. */
const machineTypes: Readonly<Record<string, number>> = {
  ia32: 2,
  x64: 3,
  ppc64: 7,
  mips: 9,
  mipsel: 9,
  arm: 10,
  arm64: 10,
  s390x: 12,
}
const OTHER_MACHINE = 1
const LINUX = 2

/** @param arch as process.arch has it */
export function readDescription(files: SystemFiles, arch: string): HostDescr {
  return {
    hostname: files.text('/proc/sys/kernel/hostname')?.trim() ?? '',
    uuid: readUuid(files),
    machine_type: machineTypes[arch] ?? OTHER_MACHINE,
    os_name: LINUX,
    os_release: files.text('/proc/sys/kernel/osrelease')?.trim() ?? '',
  }
}

/**
 * The board's UUID where it may be read (root), else one made of the machine's id. The id itself is not for the network
 * (machine-id(5)), so it is hashed. Zeros where there is neither.
 */
function readUuid(files: SystemFiles): Uint8Array {
  const board = files.text('/sys/class/dmi/id/product_uuid')?.trim().replaceAll('-', '')
  if (board !== undefined && /^[0-9a-f]{32}$/i.test(board)) return Uint8Array.from(Buffer.from(board, 'hex'))
  const machine = files.text('/etc/machine-id')?.trim()
  if (machine === undefined || machine === '') return new Uint8Array(16)
  return Uint8Array.from(createHash('sha256').update(`sonde ${machine}`).digest().subarray(0, 16))
}
