// Owns what a sampling host stands on: the kernel of this machine. Start at kernelGround.

import { EnvironmentError } from '../errors.ts'
import type { HostInterface } from '../host-agent/host-interface.ts'
import { SystemFiles } from '../host-agent/records/system-files.ts'
import { Ethtool } from '../kernel/ethtool.ts'
import { InterfaceList } from '../kernel/interfaces.ts'
import { openTap } from '../kernel/open-tap.ts'
import { loadLibc } from '../sys/libc.ts'
import type { HostGround, HostInterfaces } from './open-host.ts'

/** The kernel, asked by the C library; the best tap that it permits. */
export const kernelGround: HostGround = {
  openTap: (method) => openTap({ method }),
  openInterfaces: openKernelInterfaces,
  files: new SystemFiles(),
}

/** @throws EnvironmentError where there is no way to ask the kernel */
async function openKernelInterfaces(): Promise<HostInterfaces> {
  const { libc, why } = await loadLibc()
  if (libc === undefined) {
    throw new EnvironmentError(`sonde sample asks the kernel through koffi, and can't: ${why}.`, [
      'sonde doctor tells what this machine permits.',
    ])
  }
  const list = new InterfaceList(libc)
  const ethtool = new Ethtool(libc)
  return {
    all: () => list.all(),
    changes: () => list.changes(),
    counters: (index) => list.counters(index),
    line: ({ name }: HostInterface) => ethtool.settings(name),
    close: () => {
      list.close()
      ethtool.close()
    },
  }
}
