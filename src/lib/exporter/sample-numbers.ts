// Owns the numbers of an exporter's data sources, and where in a sample they stand. Knows no datagram. Start at
// SampleNumbers.stamp.

import { compactDataSource, dataSourceOf } from '../sflow/interface.ts'
import { SampleTag, sampleName, sampleTypeOf } from '../sflow/samples.ts'

/**
 * What an agent keeps of a data source; all modulo 2^32 on the wire. The owner of the source counts `pool`, `drops` and
 * `discardDrops`; the exporter counts the three sequences.
 */
export class ExportedSource {
  /** Packets that could have been sampled, all of them. */
  pool = 0
  /** Flow samples that were lost inside the agent. */
  drops = 0
  /** Notifications of discarded packets that were lost inside the agent. */
  discardDrops = 0
  /** Sequence number of the last flow sample, counter sample and discard; 0 before the first. */
  flows = 0
  counters = 0
  discards = 0

  /**
   * Everything from 0 again, as after a reset of the interface: collectors take no difference across this point.
   * @see sflow5.md 1.8: pool and flow sequence, counters and counter sequence go back together
   */
  reset(): void {
    this.pool = 0
    this.drops = 0
    this.discardDrops = 0
    this.flows = 0
    this.counters = 0
    this.discards = 0
  }
}

/** Tag and length in front of a sample's body. */
const FRAME = 8

/** All data sources of one exporter. They are its own, so their number is not bounded here; see forget. */
export class SampleNumbers {
  /** Sources whose type and index fit a compact sample, by that word, and the others by type and index. */
  readonly #compact = new Map<number, ExportedSource>()
  readonly #wide = new Map<string, ExportedSource>()

  /** The data source; made where it is not known. */
  source(type: number, index: number): ExportedSource {
    const word = compactDataSource({ type, index })
    const known = word === undefined ? this.#wide.get(`${type}:${index}`) : this.#compact.get(word)
    if (known !== undefined) return known
    const made = new ExportedSource()
    if (word === undefined) this.#wide.set(`${type}:${index}`, made)
    else this.#compact.set(word, made)
    return made
  }

  /** Gives up what is known of a data source. */
  forget(type: number, index: number): void {
    const word = compactDataSource({ type, index })
    if (word === undefined) this.#wide.delete(`${type}:${index}`)
    else this.#compact.delete(word)
  }

  /**
   * Writes the next number of its source, the pool and the drops into the sample whose tag is at `at`.
   * @throws RangeError where it is shorter than the fields of its type
   */
  stamp(view: DataView, at: number, length: number): void {
    const tag = view.getUint32(at)
    const source = this.#sourceOf(view, at, length, tag)
    if (source === undefined) return
    const body = at + FRAME
    switch (tag) {
      case SampleTag.flow_sample:
        view.setUint32(body, ++source.flows)
        view.setUint32(body + 12, source.pool)
        view.setUint32(body + 16, source.drops)
        break
      case SampleTag.flow_sample_expanded:
        view.setUint32(body, ++source.flows)
        view.setUint32(body + 16, source.pool)
        view.setUint32(body + 20, source.drops)
        break
      case SampleTag.discarded_packet:
        view.setUint32(body, ++source.discards)
        view.setUint32(body + 12, source.discardDrops)
        break
      default:
        view.setUint32(body, ++source.counters)
    }
  }

  /** Counts a sample that is left out as the loss that it is. */
  lost(view: DataView, at: number, length: number): void {
    const tag = view.getUint32(at)
    const source = this.#sourceOf(view, at, length, tag)
    if (source === undefined) return
    if (tag === SampleTag.discarded_packet) source.discardDrops++
    else if (tag === SampleTag.flow_sample || tag === SampleTag.flow_sample_expanded) source.drops++
  }

  /** Undefined for samples that have no numbers: text, and types that are not known. */
  #sourceOf(view: DataView, at: number, length: number, tag: number): ExportedSource | undefined {
    const head = sampleTypeOf(tag)?.head ?? 0
    if (head === 0) return undefined
    if (length < FRAME + head) {
      throw new RangeError(`${sampleName(tag)} of ${length - FRAME} bytes, its fields need ${head}`)
    }
    const word = view.getUint32(at + FRAME + 4)
    if (tag !== SampleTag.flow_sample && tag !== SampleTag.counters_sample) {
      return this.source(word, view.getUint32(at + FRAME + 8))
    }
    const known = this.#compact.get(word)
    if (known !== undefined) return known
    const { type, index } = dataSourceOf(word)
    return this.source(type, index)
  }
}
