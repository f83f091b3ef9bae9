// Owns a small routed network for tests of taps, and a tap in its router.
//
//   a 10.1.0.1 ─ 10.1.0.2 left  r  right 10.2.0.2 ─ 10.2.0.1 b          IPv6: fd01::1 ─ fd01::2, fd02::2 ─ fd02::1

import { setTimeout as sleep } from 'node:timers/promises'
import { type OpenTapOptions, openTap, type TapMethod } from '../../src/lib/kernel/tap/open-tap.ts'
import type { PacketTap, TapDirection, TappedPacket } from '../../src/lib/kernel/tap/tap.ts'
import { Namespaces } from './namespaces.ts'
import { blast, sink } from './udp-blast.ts'

export const PORT = 7777

/** What a test sums of samples, by interface and direction: `left in`. */
export interface Sum {
  samples: number
  /** Of frames. */
  bytes: number
  /** How often each other side was told: the output of what came in, the input of what went out. */
  others: Map<number, number>
}

export class TappedRouter {
  readonly spaces = new Namespaces()
  readonly index: { left: number; right: number }
  readonly sums = new Map<string, Sum>()
  #tap: PacketTap | undefined
  readonly #sinks: (() => void)[] = []
  #hasSecondWay = false
  readonly #add = (packet: TappedPacket) => this.add(packet)

  constructor() {
    const { spaces } = this
    try {
      spaces.make('a', 'r', 'b')
      for (const [end, ours] of [
        ['a', 'left'],
        ['b', 'right'],
      ] as const) {
        const net = end === 'a' ? 1 : 2
        for (const space of [end, 'r']) {
          spaces.set(space, 'net.ipv6.conf.default.disable_ipv6', '0')
          // What it reports of its groups (MLD) it reports at once, before anything is counted.
          spaces.set(space, 'net.ipv6.conf.default.mldv2_unsolicited_report_interval', '1')
        }
        spaces.veth('r', ours, end, 'eth0')
        for (const [space, device, host] of [
          [end, 'eth0', 1],
          ['r', ours, 2],
        ] as const) {
          // Router solicitations and the like would be counted too.
          spaces.set(space, `net.ipv6.conf.${device}.router_solicitations`, '0')
          spaces.ip(space, 'addr', 'add', `10.${net}.0.${host}/24`, 'dev', device)
          spaces.ip(space, 'addr', 'add', `fd0${net}::${host}/64`, 'dev', device, 'nodad')
        }
        this.#introduce(end, 'eth0', ours, [`10.${net}.0.`, `fd0${net}::`])
        spaces.ip(end, 'route', 'add', 'default', 'via', `10.${net}.0.2`)
        spaces.ip(end, 'route', 'add', 'default', 'via', `fd0${net}::2`)
      }
      spaces.set('r', 'net.ipv4.ip_forward', '1')
      spaces.set('r', 'net.ipv6.conf.all.forwarding', '1')
      this.#sinks.push(sink(spaces, 'a', '0.0.0.0', PORT), sink(spaces, 'b', '0.0.0.0', PORT))
      this.#sinks.push(sink(spaces, 'a', '::', PORT + 1), sink(spaces, 'b', '::', PORT + 1))
      this.index = { left: spaces.index('r', 'left'), right: spaces.index('r', 'right') }
      this.send(1)
      this.send(1, { version: 6 })
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Neighbours that need not be asked for, now or again later, add no packets. The end's addresses end in 1, the router's in 2. */
  #introduce(end: string, device: string, ours: string, nets: readonly string[]): void {
    const { spaces } = this
    const mac = (space: string, name: string): string =>
      JSON.parse(spaces.ip(space, '-j', 'link', 'show', name))[0].address
    for (const net of nets) {
      spaces.ip(end, 'neigh', 'replace', `${net}2`, 'lladdr', mac('r', ours), 'dev', device)
      spaces.ip('r', 'neigh', 'replace', `${net}1`, 'lladdr', mac(end, device), 'dev', ours)
    }
  }

  get tap(): PacketTap {
    return this.#tap!
  }

  /** Opens a tap in the router, in place of the one before. */
  async open(method: TapMethod, options: OpenTapOptions = {}): Promise<PacketTap> {
    this.#tap?.close()
    this.sums.clear()
    this.#tap = await this.spaces.stay('r', () => openTap({ ...options, method }))
    return this.#tap
  }

  attach(rate: number, direction: TapDirection = 'both', headerBytes = 128): void {
    for (const name of ['left', 'right'] as const) {
      this.spaces.inside('r', () =>
        this.tap.attach({ interfaceIndex: this.index[name], name, rate, direction, headerBytes }),
      )
    }
  }

  add(packet: TappedPacket): void {
    const name = packet.interfaceIndex === this.index.left ? 'left' : 'right'
    const key = `${name} ${packet.direction === 'ingress' ? 'in' : 'out'}`
    const sum = this.sums.get(key) ?? { samples: 0, bytes: 0, others: new Map() }
    this.sums.set(key, sum)
    sum.samples++
    sum.bytes += packet.frameBytes
    const other = packet.direction === 'ingress' ? packet.outputIndex : packet.inputIndex
    sum.others.set(other, (sum.others.get(other) ?? 0) + 1)
  }

  drain(): number {
    return this.tap.drain(this.#add)
  }

  /** Takes samples until no more come: a packet socket hands a block on after 20 ms, or later where the machine is busy. */
  async settle(take: (packet: TappedPacket) => void = this.#add): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      await sleep(50)
      quiet = this.tap.drain(take) > 0 ? 0 : quiet + 1
    }
  }

  /** Datagrams from a to b, or back; drains the tap meanwhile. */
  send(
    count: number,
    options: { from?: 'a' | 'b'; bytes?: readonly number[]; segment?: number; version?: 4 | 6; drain?: boolean } = {},
  ): void {
    const { from = 'a', bytes = [40], segment, version = 4, drain = true } = options
    const net = from === 'a' ? 2 : 1
    blast(this.spaces, {
      from,
      to: version === 4 ? `10.${net}.0.1` : `fd0${net}::1`,
      port: version === 4 ? PORT : PORT + 1,
      count,
      bytes,
      ...(segment === undefined ? {} : { segment }),
      between: () => {
        if (drain && this.#tap) this.drain()
      },
    })
  }

  /** A second link to b, 10.3.0.2 ─ 10.3.0.1, unless it is there. @returns the index of the router's end */
  addSecondWay(): number {
    const { spaces } = this
    if (!this.#hasSecondWay) {
      this.#hasSecondWay = true
      spaces.veth('r', 'again', 'b', 'eth1')
      for (const [space, device, host] of [
        ['b', 'eth1', 1],
        ['r', 'again', 2],
      ] as const) {
        spaces.set(space, `net.ipv6.conf.${device}.disable_ipv6`, '0')
        spaces.ip(space, 'addr', 'add', `10.3.0.${host}/24`, 'dev', device)
        spaces.ip(space, 'addr', 'add', `fd03::${host}/64`, 'dev', device, 'nodad')
      }
      this.#introduce('b', 'eth1', 'again', ['10.3.0.', 'fd03::'])
    }
    return spaces.index('r', 'again')
  }

  counters(name: 'left' | 'right') {
    return this.spaces.counters('r', name)
  }

  close(): void {
    this.#tap?.close()
    for (const close of this.#sinks) close()
    this.spaces.remove()
  }
}
