// Owns what a sampling host stands on: the kernel of this machine. Start at kernelGround.

import { EnvironmentError } from '../errors.ts'
import type { HostInterface } from '../host-agent/host-interface.ts'
import { openKernelDrops } from '../host-agent/kernel-source.ts'
import { SystemFiles } from '../host-agent/records/system-files.ts'
import { Ethtool } from '../kernel/links/ethtool.ts'
import { InterfaceList } from '../kernel/links/interfaces.ts'
import { findNetns, NetnsNames, THIS_NETNS } from '../kernel/links/netns.ts'
import { openTap } from '../kernel/tap/open-tap.ts'
import { type Inside, insideOf } from '../kernel/tap/tap-in-netns.ts'
import { type Libc, loadLibc } from '../sys/libc.ts'
import type { HostGround, HostInterfaces } from './open-host.ts'

/**
 * The kernel, asked by the C library; the best tap that it permits.
 * @param netns name or path of a network namespace whose interfaces and counters are meant; collectors are reached from this one
 */
export function kernelGround(netns: string | undefined): HostGround {
  return {
    openTap: (method) => openTap({ method, netns }),
    openInterfaces: () => openKernelInterfaces(netns),
    openDrops: async (wanted, options) => {
      const here = netns ?? THIS_NETNS
      const names = new NetnsNames()
      const watch = await openKernelDrops(wanted === THIS_NETNS ? here : wanted, options)
      return { watch, netns: findNetns(here), netnsName: (inode) => names.of(inode) }
    },
    openFiles: () => openSystemFiles(netns),
  }
}

async function neededLibc(): Promise<Libc> {
  const { libc, why } = await loadLibc()
  if (libc !== undefined) return libc
  throw new EnvironmentError(`sonde sample asks the kernel through koffi, and can't: ${why}.`, [
    'sonde doctor tells what this machine permits.',
  ])
}

/** @throws EnvironmentError where there is no way to ask the kernel */
async function openKernelInterfaces(netns: string | undefined): Promise<HostInterfaces> {
  const libc = await neededLibc()
  // Their sockets stay in the namespace in which they were made.
  const { list, ethtool } = insideOf(libc, netns)(() => ({ list: new InterfaceList(libc), ethtool: new Ethtool(libc) }))
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

async function openSystemFiles(netns: string | undefined): Promise<SystemFiles> {
  return netns === undefined ? new SystemFiles() : new FilesInNetns(insideOf(await neededLibc(), netns))
}

/** Files below /proc/net are those of the namespace in which they are opened. */
class FilesInNetns extends SystemFiles {
  readonly #inside: Inside

  constructor(inside: Inside) {
    super()
    this.#inside = inside
  }

  override text(path: string): string | undefined {
    return path.startsWith('/proc/net/') ? this.#inside(() => super.text(path)) : super.text(path)
  }
}
