// Owns what attributes are read from: the walker on its current sample, the dissected packet, the records that were
// asked for, and the datagram's time and sender. Everything is reused: no allocation a sample. Start at SampleView.

import { dissect } from '../packet/dissect.ts'
import { Packet } from '../packet/packet.ts'
import { sampled_header } from '../sflow/records/version-5.ts'
import { counterRecords, flowRecords } from '../sflow/registry.ts'
import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import { compileLean, type Lean, type LeanReader, leanObject } from '../wire/lean.ts'
import { Outcome } from '../wire/outcome.ts'
import { type RecordType, tagValue } from '../wire/record.ts'

/** Every record that can be asked for; its index is its slot in a SampleView. Flow records first. */
const types: readonly RecordType[] = [...flowRecords.values(), ...counterRecords.values()]
const slots: ReadonlyMap<RecordType, number> = new Map(types.map((type, i) => [type, i]))

/** Slot of a declared flow or counter record. */
export function slotOf(type: RecordType): number {
  const slot = slots.get(type)
  if (slot === undefined) throw new RangeError(`${type.name} is in no registry`)
  return slot
}

type Fields = Readonly<Record<string, number>>

/** One kind of record: the reused object with its fields, and of which sample they are. */
class Slot {
  readonly type: RecordType
  readonly tag: number
  readonly flow: boolean
  readonly fields: Lean<RecordType>
  readonly read: LeanReader<RecordType>
  /** Number of the sample that `here` speaks of. */
  sample = -1
  here = false

  constructor(type: RecordType, flow: boolean) {
    this.type = type
    this.tag = tagValue(type.tag)
    this.flow = flow
    this.fields = leanObject(type)
    this.read = compileLean(type)
  }
}

const HEADER = slotOf(sampled_header)

/**
 * The sample that the walker stands on, as attributes see it. Call `startDatagram` after `walker.open` and
 * `startSample` after each `walker.nextSample`; a record or packet is then read when the first attribute asks for it.
 * A record that can't be read is told to the walker's issues, once, and counts as not there.
 */
export class SampleView {
  readonly walker: Walker
  /** Capture or arrival time of the datagram. */
  sec = 0
  nsec = 0
  /** IP source of the datagram, 16 bytes, IPv4 as ::ffff:a.b.c.d. */
  readonly sender = new DataView(new ArrayBuffer(16))
  /** 4 or 6, 0 where the source does not know it. */
  senderKind = 0
  readonly #slots: (Slot | undefined)[] = new Array<Slot | undefined>(types.length).fill(undefined)
  readonly #packet = new Packet()
  readonly #outcome = new Outcome()
  #sample = 0
  #dissected = -1

  constructor(walker: Walker) {
    this.walker = walker
  }

  /**
   * @param sec seconds since 1970
   * @param sender four words a datagram, as in a Batch
   * @param datagram index of the datagram in `sender`
   */
  startDatagram(sec: number, nsec: number, sender: Uint32Array, datagram: number): void {
    this.sec = sec
    this.nsec = nsec
    let any = 0
    for (let i = 0; i < 4; i++) {
      const word = sender[datagram * 4 + i]!
      this.sender.setUint32(i * 4, word)
      any |= word
    }
    const view = this.sender
    const mapped = view.getUint32(0) === 0 && view.getUint32(4) === 0 && view.getUint32(8) === 0xffff
    this.senderKind = any === 0 ? 0 : mapped ? 4 : 6
  }

  startSample(): void {
    this.#sample++
  }

  /** The sample's packet header, dissected; without layers where there is none. */
  packet(): Packet {
    const packet = this.#packet
    if (this.#dissected !== this.#sample) {
      this.#dissected = this.#sample
      const { bytes, view } = this.walker
      const header = this.record(HEADER)
      if (header === null) {
        packet.reset(bytes, view, 0, 0)
      } else {
        const at = header.header_at!
        dissect(bytes, view, at, at + header.header_length!, header.protocol!, packet)
      }
    }
    return packet
  }

  /** Fields of the sample's first record of that slot (names as in wire/lean.ts), or null. */
  record(slot: number): Fields | null {
    const s = this.#slots[slot] ?? this.#make(slot)
    if (s.sample !== this.#sample) {
      s.sample = this.#sample
      s.here = this.#find(s)
    }
    return s.here ? (s.fields as Fields) : null
  }

  #make(slot: number): Slot {
    const made = new Slot(types[slot]!, slot < flowRecords.size)
    this.#slots[slot] = made
    return made
  }

  #find(s: Slot): boolean {
    const w = this.walker
    const kind = w.sampleKind
    if (s.flow ? kind !== SampleKind.flow && kind !== SampleKind.discard : kind !== SampleKind.counters) return false
    const i = w.findRecord(s.tag)
    if (i < 0) return false
    if (s.read(w.bytes, w.view, w.recordOffset[i]!, w.recordEnd[i]!, s.fields, this.#outcome) >= 0) return true
    w.reportRecord(i, s.type.name, this.#outcome)
    return false
  }
}
