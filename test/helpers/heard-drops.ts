// A drop watch for tests as root, and packets sent into the namespaces of a test. Only drops in the test's own namespaces are kept:
// the machine may drop others meanwhile.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBpf } from '../../src/lib/kernel/bpf/loader.ts'
import { BpfRefusal } from '../../src/lib/kernel/bpf/refusal.ts'
import { openDropWatch } from '../../src/lib/kernel/drops/bpf-drop-watch.ts'
import type { DroppedPacket, DropWatch, DropWatchOptions } from '../../src/lib/kernel/drops/drop-watch.ts'
import { type KernelNames, readKernelNames } from '../../src/lib/kernel/names/kernel-names.ts'
import { parseAddress } from '../../src/lib/parse/address.ts'
import { AF_INET, sockaddr } from '../../src/lib/sys/sockaddr.ts'
import { libc } from './libc.ts'
import { type Namespaces, noNamespaces } from './namespaces.ts'

/** For `test(name, { skip: noDrops }, ...)`: no namespaces, or the kernel does not let drops be heard. */
export const noDrops: string | false = noNamespaces || (await whyNone())

async function whyNone(): Promise<string | false> {
  try {
    const bpf = await openBpf()
    openDropWatch(bpf).close()
    bpf.close()
    return false
  } catch (error) {
    if (error instanceof BpfRefusal) return error.message
    throw error
  }
}

let names: KernelNames | undefined

/** A copy: what a watch hands on is valid until it returns. */
export type HeardDrop = Omit<DroppedPacket, 'offset' | 'length'>

/** A watch that keeps what was dropped in some namespaces. Close it. */
export class HeardDrops {
  readonly drops: HeardDrop[] = []
  readonly watch: DropWatch
  readonly #netns: ReadonlySet<number>
  readonly #close: () => void

  private constructor(watch: DropWatch, netns: readonly number[], close: () => void) {
    this.watch = watch
    this.#netns = new Set(netns)
    this.#close = close
  }

  static async open(netns: readonly number[], options: DropWatchOptions = {}): Promise<HeardDrops> {
    names ??= readKernelNames()
    const bpf = await openBpf()
    return new HeardDrops(openDropWatch(bpf, options, names), netns, () => bpf.close())
  }

  drain(): void {
    this.watch.drain((packet) => {
      if (!this.#netns.has(packet.netns)) return
      const bytes = packet.bytes.slice(packet.offset, packet.offset + packet.length)
      const { offset: _offset, length: _length, ...rest } = packet
      this.drops.push({ ...rest, bytes })
    })
  }

  /** Until so many were heard or counted. Only where the watch hears of the test's own namespace alone. */
  untilAll(count: number): Promise<HeardDrop[]> {
    return this.#until(() => {
      const { ringFull, limited } = this.watch.untold()
      return this.drops.length + ringFull + limited >= count
    })
  }

  /** Until so many were heard of those that are asked for. */
  async until(count: number, which: (drop: HeardDrop) => boolean = () => true): Promise<HeardDrop[]> {
    return (await this.#until(() => this.drops.filter(which).length >= count)).filter(which)
  }

  /** And a little longer, so that one too many is seen too. */
  async #until(isEnough: () => boolean): Promise<HeardDrop[]> {
    const end = performance.now() + 20_000
    for (;;) {
      this.drain()
      if (isEnough() || performance.now() > end) break
      await sleep(10)
    }
    await sleep(50)
    this.drain()
    return this.drops
  }

  close(): void {
    this.watch.close()
    this.#close()
  }
}

const SOCK_DGRAM = 2
const SOCK_STREAM = 1
const SOCK_NONBLOCK = 0o4000
const SOL_UDP = 17
const UDP_SEGMENT = 103

export interface Sending {
  readonly from: string
  readonly to: string
  readonly port: number
  readonly count: number
  readonly bytes?: number
  /** Payload of each segment: the kernel gets one buffer for several datagrams. */
  readonly segment?: number
}

/** Sends datagrams from a namespace. An answer of ICMP makes the next write fail without sending: it is tried again. */
export function sendDatagrams(spaces: Namespaces, { from, to, port, count, bytes = 20, segment }: Sending): void {
  const fd = spaces.inside(from, () => libc.socket(AF_INET, SOCK_DGRAM, 0))
  const address = sockaddr(AF_INET, parseAddress(to)!, port)
  assert.equal(libc.connect(fd, address, address.length), 0)
  if (segment !== undefined) {
    assert.equal(libc.setsockopt(fd, SOL_UDP, UDP_SEGMENT, Int32Array.of(segment), 4), 0)
  }
  const payload = new Uint8Array(bytes).fill(0x61)
  let sent = 0
  for (let tries = 0; sent < count && tries < 10 * count + 10; tries++) {
    if (libc.write(fd, payload, bytes) === bytes) sent++
  }
  libc.close(fd)
  assert.equal(sent, count)
}

/** One SYN; whoever answers. */
export function connectOnce(spaces: Namespaces, from: string, to: string, port: number): void {
  const fd = spaces.inside(from, () => libc.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0))
  const address = sockaddr(AF_INET, parseAddress(to)!, port)
  libc.connect(fd, address, address.length)
  libc.close(fd)
}
