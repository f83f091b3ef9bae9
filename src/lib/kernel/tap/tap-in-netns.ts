// Owns a tap for the interfaces of another network namespace: what is asked of the kernel by ifIndex is asked there, the process
// stays where it is. See tap.ts for the folder.

import { EnvironmentError } from '../../errors.ts'
import { SystemCallError } from '../../sys/errno.ts'
import type { Libc } from '../../sys/libc.ts'
import { inNetns } from '../../sys/netns.ts'
import { netnsPath } from '../links/netns.ts'
import type { PacketTap, TapCount, TappedPacket, TapWish } from './tap.ts'

/** Does something in a network namespace, see inNetns; `undefined` is the one that this process is in. */
export type Inside = <T>(work: () => T) => T

/**
 * The way into a namespace, tried once.
 * @param netns a name or path
 * @throws InputError where there is no such namespace; EnvironmentError where this user may not enter it
 */
export function insideOf(libc: Libc, netns: string | undefined): Inside {
  if (netns === undefined) return (work) => work()
  const path = netnsPath(netns)
  try {
    inNetns(libc, path, () => undefined)
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error
    throw new EnvironmentError(
      `The network namespace "${netns}" can't be entered: ${error.message}.`,
      ['Run it with sudo; in a container, with --cap-add SYS_ADMIN.'],
      { cause: error },
    )
  }
  return (work) => inNetns(libc, path, work)
}

/** Attaches inside; all else is the same wherever this process is. */
export class TapInNetns implements PacketTap {
  readonly kind: PacketTap['kind']
  readonly measuresPool: boolean
  readonly why: string | undefined
  readonly #tap: PacketTap
  readonly #inside: Inside

  constructor(tap: PacketTap, inside: Inside) {
    this.kind = tap.kind
    this.measuresPool = tap.measuresPool
    this.why = tap.why
    this.#tap = tap
    this.#inside = inside
  }

  attach(wish: TapWish): void {
    this.#inside(() => this.#tap.attach(wish))
  }

  detach(interfaceIndex: number): void {
    this.#tap.detach(interfaceIndex)
  }

  drain(take: (packet: TappedPacket) => void): number {
    return this.#tap.drain(take)
  }

  counts(): readonly TapCount[] {
    return this.#tap.counts()
  }

  close(): void {
    this.#tap.close()
  }
}
