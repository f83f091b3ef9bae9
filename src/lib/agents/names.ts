// Owns the names that agents tell of themselves: host names (0:2000) and port names (0:1005). Knows nothing of loss.
// Start at NameReader.

import { host_descr } from '../sflow/records/host.ts'
import { port_name } from '../sflow/records/openflow.ts'
import type { Walker } from '../sflow/walker.ts'
import { decodeText } from '../wire/interpret.ts'
import { compileLean, leanObject } from '../wire/lean.ts'
import { Outcome } from '../wire/outcome.ts'
import { tagValue } from '../wire/record.ts'
import { FIRST_CAPACITY, Slots, type SlotUser } from './slots.ts'

/** Bytes of a name that are kept: the longest DNS name and Linux interface name fit. */
const LONGEST_NAME = 255

/** Key words behind the four of the address. */
const TYPE = 4
const INDEX = 5
const KEY_WORDS = 6

/** The `type` under which an agent's own name is kept: above the 8 bits of a compact data source's type. */
export const AGENT_ITSELF = 0xffffffff

/**
 * Names by agent address (without the sub-agent: a port has one name whichever of its streams tells it), data source
 * type and index. Bounded; a name's string is made when it is learned or changes, not when it is heard again.
 */
export class LearnedNames implements SlotUser {
  readonly #slots: Slots
  #bytes: (Uint8Array | undefined)[] = new Array(FIRST_CAPACITY)
  #text: (string | undefined)[] = new Array(FIRST_CAPACITY)
  /** Goes up with every name that is new, other than before, or forgotten: what was made of names is then to be made again. */
  changes = 0

  constructor(most: number) {
    this.#slots = new Slots(KEY_WORDS, most, this)
  }

  get count(): number {
    return this.#slots.count
  }
  get most(): number {
    return this.#slots.most
  }
  /** Names that were forgotten because of the bound. */
  get evictions(): number {
    return this.#slots.evictions
  }

  grown(capacity: number): void {
    this.#bytes.length = capacity
    this.#text.length = capacity
  }

  evicted(slot: number): void {
    this.changes++
    this.#bytes[slot] = undefined
    this.#text[slot] = undefined
  }

  /**
   * Takes a name from the bytes of a record; an empty one is no name. Beyond 255 bytes it is cut.
   * @param address holds the agent's address in its words from `at` on, IPv4 as ::ffff:a.b.c.d
   */
  learn(
    address: Uint32Array,
    at: number,
    type: number,
    index: number,
    bytes: Uint8Array,
    from: number,
    length: number,
  ): void {
    if (length === 0) return
    const size = Math.min(length, LONGEST_NAME)
    let slot = this.#find(address, at, type, index)
    if (slot >= 0) {
      this.#slots.touch(slot)
      const known = this.#bytes[slot]!
      let i = 0
      if (known.length === size) while (i < size && known[i] === bytes[from + i]) i++
      if (known.length === size && i === size) return
    } else {
      slot = this.#slots.insert()
    }
    this.changes++
    const copy = bytes.slice(from, from + size)
    this.#bytes[slot] = copy
    this.#text[slot] = decodeText(copy, 0, size)
  }

  /** The name as decodeText gives it: escape it before a terminal, which also shows bytes that are no UTF-8. Undefined if none was told. */
  get(address: Uint32Array, at: number, type: number, index: number): string | undefined {
    const slot = this.#find(address, at, type, index)
    return slot < 0 ? undefined : this.#text[slot]
  }

  /** Every name, in no order. @param see gets the key from `at` on: four words of the agent's address, type, index */
  forEach(see: (keys: Uint32Array, at: number, name: string) => void): void {
    const { keys } = this.#slots
    for (const slot of this.#slots.slots()) see(keys, slot * KEY_WORDS, this.#text[slot]!)
  }

  #find(address: Uint32Array, at: number, type: number, index: number): number {
    const { probe } = this.#slots
    probe[0] = address[at]!
    probe[1] = address[at + 1]!
    probe[2] = address[at + 2]!
    probe[3] = address[at + 3]!
    probe[TYPE] = type
    probe[INDEX] = index
    return this.#slots.find()
  }
}

const PORT_NAME = tagValue(port_name.tag)
const HOST_DESCR = tagValue(host_descr.tag)
/** Data source type of virtual machines and containers, whose 0:2000 names them and not the agent (sflow5.md 5.1). */
const LOGICAL_ENTITY = 3

/** Finds the names in counter samples. */
export class NameReader {
  readonly #names: LearnedNames
  readonly #readPort = compileLean(port_name)
  readonly #readHost = compileLean(host_descr)
  readonly #port = leanObject(port_name)
  readonly #host = leanObject(host_descr)
  readonly #outcome = new Outcome()

  constructor(names: LearnedNames) {
    this.#names = names
  }

  /** Learns what the counter sample at `w` tells of the agent whose address is in `address` from `at` on. */
  read(w: Walker, address: Uint32Array, at: number): void {
    const { recordTag, recordCount, recordClipped } = w
    for (let i = 0; i < recordCount; i++) {
      const tag = recordTag[i]
      if ((tag !== PORT_NAME && tag !== HOST_DESCR) || i === recordClipped) continue
      if (tag === PORT_NAME) this.#learnPort(w, i, address, at)
      else this.#learnHost(w, i, address, at)
    }
  }

  #learnPort(w: Walker, i: number, address: Uint32Array, at: number): void {
    const port = this.#port
    if (this.#readPort(w.bytes, w.view, w.recordOffset[i]!, w.recordEnd[i]!, port, this.#outcome) < 0) return
    this.#names.learn(address, at, w.sourceType, w.sourceIndex, w.bytes, port.name_at, port.name_length)
  }

  #learnHost(w: Walker, i: number, address: Uint32Array, at: number): void {
    const host = this.#host
    if (this.#readHost(w.bytes, w.view, w.recordOffset[i]!, w.recordEnd[i]!, host, this.#outcome) < 0) return
    const logical = w.sourceType === LOGICAL_ENTITY
    const type = logical ? LOGICAL_ENTITY : AGENT_ITSELF
    const index = logical ? w.sourceIndex : 0
    this.#names.learn(address, at, type, index, w.bytes, host.hostname_at, host.hostname_length)
  }
}
