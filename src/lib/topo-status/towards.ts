// Owns by which ports packets leave towards an address: where a host is that only receives. Bounded. See fabric.ts for the folder.

import { longerNumbers } from '../agents/columns.ts'
import { FIRST_CAPACITY, Slots, type SlotUser } from '../agents/slots.ts'
import { LayerId } from '../packet/layer-ids.ts'
import type { Packet } from '../packet/packet.ts'
import type { TopologyIndex } from '../topo/topology-index.ts'
import type { LocateQuery } from './locate-query.ts'

/** An edge port by which packets leave towards what was asked for. */
export interface Towards {
  readonly node: string
  readonly port: string
  readonly samples: number
}

/** Words of a key: the agent's address, ifIndex. */
const IF_INDEX = 4
const WIDTH = 5
const MOST_PORTS = 4096

export class TowardsPorts implements SlotUser {
  readonly #slots = new Slots(WIDTH, MOST_PORTS, this)
  #samples = new Float64Array(FIRST_CAPACITY)

  grown(capacity: number): void {
    this.#samples = longerNumbers(this.#samples, capacity)
  }

  evicted(): void {}

  /** @param keys the agent's address in four words from `at` on */
  count(keys: Uint32Array, at: number, ifIndex: number): void {
    const slots = this.#slots
    for (let i = 0; i < IF_INDEX; i++) slots.probe[i] = keys[at + i]!
    slots.probe[IF_INDEX] = ifIndex
    let slot = slots.find()
    if (slot < 0) {
      slot = slots.insert()
      this.#samples[slot] = 0
    } else slots.touch(slot)
    this.#samples[slot]! += 1
  }

  /** Of ports of the edge, those with most samples first. */
  edges(index: TopologyIndex): Towards[] {
    const { keys } = this.#slots
    const found: Towards[] = []
    for (const slot of this.#slots.slots()) {
      const words = keys.slice(slot * WIDTH, slot * WIDTH + IF_INDEX)
      const ifIndex = keys[slot * WIDTH + IF_INDEX]!
      if (!index.isEdge(words, ifIndex)) continue
      const port = index.ifname(words, ifIndex) ?? String(ifIndex)
      found.push({ node: index.node(words, ifIndex)!, port, samples: this.#samples[slot]! })
    }
    return found.sort((a, b) => b.samples - a.samples)
  }
}

/** The packet goes to the MAC address that is asked for, or to one of the IP addresses (by its outermost header). */
export function goesTo(packet: Packet, query: LocateQuery): boolean {
  if (packet.count === 0 || packet.layer[0] !== LayerId.eth) return false
  const { view } = packet
  if (query.kind === 'mac') {
    const at = packet.offset[0]!
    return at + 6 <= packet.limit[0]! && view.getUint32(at) === query.high && view.getUint16(at + 4) === query.low
  }
  if (query.kind !== 'ip') return false
  for (let i = 1; i < packet.count; i++) {
    const at = packet.offset[i]!
    const layer = packet.layer[i]
    if (layer !== LayerId.ip && layer !== LayerId.ipv6) continue
    // RFC 791 section 3.1, RFC 8200 section 3: the destination is at 16, and at 24.
    const from = layer === LayerId.ip ? at + 16 : at + 24
    const words = layer === LayerId.ip ? 1 : 4
    if (from + 4 * words > packet.limit[i]!) return false
    return query.addresses.some((address) => isAddress(view, from, words, address))
  }
  return false
}

function isAddress(view: DataView, from: number, words: number, address: readonly number[]): boolean {
  if (words === 1)
    return address[0] === 0 && address[1] === 0 && address[2] === 0xffff && address[3] === view.getUint32(from)
  for (let i = 0; i < words; i++) if (view.getUint32(from + 4 * i) !== address[i]) return false
  return true
}
