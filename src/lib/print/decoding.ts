// Owns the loop of one run: datagram after datagram, sample after sample, those that were chosen, into a Format.
// Knows no file, no terminal and no form of output. Start at Decoding.take.

import { SampleKind } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import type { TextBuffer } from '../wire/text.ts'
import { DatagramGate } from './datagram-gate.ts'
import type { Format } from './format.ts'
import type { IssueLog } from './issue-log.ts'
import type { Selection } from './options.ts'
import type { Taker } from './pass.ts'
import type { SampleFilter } from './sample-filter.ts'

/** Sees what passes: every datagram of the wanted agents, and every sample of it. */
export interface Observer {
  datagram(w: Walker, batch: Batch, i: number): void
  /** @param chosen it is of a wanted kind, and goes to the format */
  sample(w: Walker, chosen: boolean): void
}

/** Feeds the chosen samples of each datagram to a format, and everything to an observer. */
export class Decoding implements Taker {
  /** Which datagrams there were. */
  readonly gate: DatagramGate
  /** Samples that are not of a wanted kind. */
  unwanted = 0
  /** Of those of a wanted kind, the ones that the filter leaves out. */
  filtered = 0
  /** Samples handed to the format. */
  chosen = 0
  /** Samples that the format printed. */
  samples = 0
  readonly #format: Format
  readonly #observer: Observer | undefined
  readonly #filter: SampleFilter | undefined
  readonly #wanted = new Uint8Array(8)
  readonly #limit: number

  /**
   * @param filter opened from `selection.filter` (openSampleFilter)
   * @throws InputError for bounds of time that contradict each other
   */
  constructor(format: Format, selection: Selection, issues: IssueLog, observer?: Observer, filter?: SampleFilter) {
    this.#format = format
    this.#observer = observer
    this.#filter = filter
    this.#limit = selection.limit ?? Number.POSITIVE_INFINITY
    this.gate = new DatagramGate(selection, issues)
    const { samples } = selection
    const all = samples.has('flow') && samples.has('counter') && samples.has('discard')
    this.#wanted[SampleKind.flow] = samples.has('flow') ? 1 : 0
    this.#wanted[SampleKind.counters] = samples.has('counter') ? 1 : 0
    this.#wanted[SampleKind.discard] = samples.has('discard') ? 1 : 0
    // Text and unknown samples are none of the three: they are shown unless a choice was made.
    this.#wanted[SampleKind.text] = all ? 1 : 0
    this.#wanted[SampleKind.other] = all ? 1 : 0
  }

  /** True when the limit is reached. */
  get done(): boolean {
    return this.samples >= this.#limit
  }

  /** Takes datagram `i` of the batch; appends to `out` whatever the format makes of it. */
  take(batch: Batch, i: number, out: TextBuffer): void {
    if (!this.gate.open(batch, i)) return
    const w = this.gate.walker
    this.#observer?.datagram(w, batch, i)
    this.#filter?.datagram(w, batch, i)
    this.#format.datagram(w, batch, i, out)
    while (this.samples < this.#limit && w.nextSample()) {
      const wanted = this.#wanted[w.sampleKind] !== 0
      const chosen = wanted && (this.#filter === undefined || this.#filter.passes())
      this.#observer?.sample(w, chosen)
      if (!chosen) {
        if (wanted) this.filtered++
        else this.unwanted++
        continue
      }
      this.chosen++
      if (this.#format.sample(w, out)) this.samples++
    }
    this.#format.endDatagram(w, out)
  }

  /** What the format held back is appended. */
  pause(out: TextBuffer): void {
    this.#format.pause?.(out)
  }
}
