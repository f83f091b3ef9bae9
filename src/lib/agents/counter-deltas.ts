// Owns differences of counters between two counter samples of a data source. Knows records only by their declarations,
// and leaves lives and loss to AgentTable. Start at CounterDeltas.update.

import type { RecordType } from '../wire/record.ts'
import type { AgentTable } from './agents.ts'
import { longerWords, SOURCE_WORDS, SourceWord } from './columns.ts'
import { SequenceStatus } from './sequences.ts'

/** The counters of 0:1 if_counters; its other fields are states, not counts. */
export const IF_COUNTERS = [
  'ifInOctets',
  'ifInUcastPkts',
  'ifInMulticastPkts',
  'ifInBroadcastPkts',
  'ifInDiscards',
  'ifInErrors',
  'ifInUnknownProtos',
  'ifOutOctets',
  'ifOutUcastPkts',
  'ifOutMulticastPkts',
  'ifOutBroadcastPkts',
  'ifOutDiscards',
  'ifOutErrors',
] as const

const TWO_32 = 0x100000000
const UNKNOWN = 0xffffffff

/** Words in front of a slot's counters: baseline of the data source, time of the values. */
const BASELINE = 0
const SEC = 1
const NSEC = 2
const HEAD = 3

/**
 * The counters of one kind of record (any of fixed-size fields: 0:1, 0:2, 0:11, 0:2006 ...), per data source. Grows with
 * the data sources that have this record, and is bounded as AgentTable is. Nothing is allocated for a known source.
 */
export class CounterDeltas<N extends string = string> {
  /** Names of the counters, in the order of `delta`. */
  readonly names: readonly N[]
  /**
   * What each counter grew by between the two last samples, modulo its width; NaN where the agent does not have the
   * counter (all ones) or it went back. Valid after an `update` that gave true, until the next.
   */
  readonly delta: Float64Array
  /** Between the arrivals of the two samples. */
  seconds = Number.NaN
  readonly #table: AgentTable
  /** Offsets of the counters in the record's body, and whether they have 64 bits. */
  readonly #offsets: readonly number[]
  readonly #wide: readonly boolean[]
  readonly #end: number
  readonly #width: number
  #values = new Uint32Array(0)

  /**
   * @param names u32 and u64 fields of `type`; those up to the last of them must have a fixed size
   * @throws RangeError otherwise
   */
  constructor(table: AgentTable, type: RecordType, names: readonly N[]) {
    this.#table = table
    this.names = names
    this.delta = new Float64Array(names.length).fill(Number.NaN)
    const found = names.map((name) => place(type, name))
    this.#offsets = found.map((x) => x.offset)
    this.#wide = found.map((x) => x.wide)
    this.#end = Math.max(0, ...found.map((x) => x.offset + (x.wide ? 8 : 4)))
    this.#width = HEAD + found.reduce((sum, x) => sum + (x.wide ? 2 : 1), 0)
  }

  /**
   * Takes the record whose body is at `at` to `end`, in the counter sample that the table was given last.
   * @returns false where there is no difference to tell: the first sample, one after a restart of the agent or of the
   *   source's sequence, a late or duplicate sample, a record too short
   */
  update(view: DataView, at: number, end: number): boolean {
    const table = this.#table
    const { source, sampleStatus } = table
    if (source < 0 || sampleStatus === SequenceStatus.late || end - at < this.#end) return false
    const from = source * this.#width
    if (from + this.#width > this.#values.length) {
      this.#values = longerWords(this.#values, table.sources.capacity * this.#width)
    }
    const values = this.#values
    const baseline = table.sourceWords[source * SOURCE_WORDS + SourceWord.baseline]!
    const known = values[from + BASELINE] === baseline
    if (known) {
      this.seconds = table.sec - values[from + SEC]! + (table.nsec - values[from + NSEC]!) / 1e9
    }
    values[from + BASELINE] = baseline
    values[from + SEC] = table.sec
    values[from + NSEC] = table.nsec
    const forward = this.#differences(view, at, from + HEAD)
    if (known && !forward) this.delta.fill(Number.NaN)
    return known
  }

  /** @returns false where a 64-bit counter went back: none of the record can be trusted, the agent hid a restart */
  #differences(view: DataView, at: number, from: number): boolean {
    const values = this.#values
    const { delta } = this
    const offsets = this.#offsets
    const wide = this.#wide
    let forward = true
    let v = from
    for (let i = 0; i < offsets.length; i++) {
      const offset = at + offsets[i]!
      const high = view.getUint32(offset)
      const wasHigh = values[v]!
      values[v++] = high
      if (!wide[i]) {
        delta[i] = high === UNKNOWN || wasHigh === UNKNOWN ? Number.NaN : (high - wasHigh) >>> 0
        continue
      }
      const low = view.getUint32(offset + 4)
      const wasLow = values[v]!
      values[v++] = low
      if ((high === UNKNOWN && low === UNKNOWN) || (wasHigh === UNKNOWN && wasLow === UNKNOWN)) {
        delta[i] = Number.NaN
        continue
      }
      const up = (high - wasHigh - (low < wasLow ? 1 : 0)) >>> 0
      // Half of 2^64 in one polling interval is no growth.
      if (up >= TWO_32 / 2) forward = false
      delta[i] = up * TWO_32 + ((low - wasLow) >>> 0)
    }
    return forward
  }
}

function place(type: RecordType, name: string): { offset: number; wide: boolean } {
  let offset = 0
  for (const field of type.fields) {
    const { kind, size } = field.kind
    if (field.name === name) {
      if (kind !== 'u32' && kind !== 'u64') throw new RangeError(`${type.name}.${name} is ${kind}, needed u32 or u64`)
      return { offset, wide: kind === 'u64' }
    }
    if (size === undefined) throw new RangeError(`${type.name}.${name} has no fixed place`)
    offset += size
  }
  throw new RangeError(`${type.name} has no field ${name}`)
}
