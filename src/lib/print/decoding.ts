// Owns the loop of one run: datagram after datagram, sample after sample, those that were chosen, into a Format.
// Knows no file, no terminal and no form of output. Start at Decoding.datagram.

import { prefixContains } from '../parse/address.ts'
import { SampleKind } from '../sflow/samples.ts'
import { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import { formatIp } from '../wire/json.ts'
import type { TextBuffer } from '../wire/text.ts'
import type { Format } from './format.ts'
import type { IssueLog } from './issue-log.ts'
import type { Selection } from './options.ts'
import { TimeWindow } from './time-window.ts'

/** Sees what passes: every datagram of the wanted agents, and every sample of it. */
export interface Observer {
  datagram(w: Walker, batch: Batch, i: number): void
  /** @param chosen it is of a wanted kind, and goes to the format */
  sample(w: Walker, chosen: boolean): void
}

/** Feeds the chosen samples of each datagram to a format, and everything to an observer. */
export class Decoding {
  /** Datagrams offered, of any version. */
  offered = 0
  /** Of them, those outside --since and --until. */
  outside = 0
  /** Of those inside, the ones that are version 5. */
  opened = 0
  /** Of those, the ones of agents that are not wanted. */
  ofOthers = 0
  /** Samples that are not of a wanted kind. */
  unwanted = 0
  /** Samples handed to the format. */
  chosen = 0
  /** Samples that the format printed. */
  samples = 0
  readonly #walker: Walker
  readonly #format: Format
  readonly #selection: Selection
  readonly #observer: Observer | undefined
  readonly #wanted = new Uint8Array(8)
  readonly #limit: number
  readonly #window: TimeWindow
  readonly #agent = new Uint32Array(4)
  #batch: Batch | undefined
  #index = 0

  /** @throws InputError for bounds of time that contradict each other */
  constructor(format: Format, selection: Selection, issues: IssueLog, observer?: Observer) {
    this.#format = format
    this.#selection = selection
    this.#observer = observer
    this.#window = new TimeWindow(selection.since, selection.until)
    this.#limit = selection.limit ?? Number.POSITIVE_INFINITY
    this.#walker = new Walker((issue) => issues.add(issue, () => this.#place()))
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
  datagram(batch: Batch, i: number, out: TextBuffer): void {
    const w = this.#walker
    this.offered++
    this.#batch = batch
    this.#index = i
    if (!this.#window.contains(batch.sec[i]!, batch.nsec[i]!)) {
      this.outside++
      return
    }
    if (!w.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) return
    this.opened++
    if (this.#selection.agents.length > 0 && !this.#agentWanted(w)) {
      this.ofOthers++
      return
    }
    this.#observer?.datagram(w, batch, i)
    this.#format.datagram(w, batch, i, out)
    while (this.samples < this.#limit && w.nextSample()) {
      const chosen = this.#wanted[w.sampleKind] !== 0
      this.#observer?.sample(w, chosen)
      if (!chosen) {
        this.unwanted++
        continue
      }
      this.chosen++
      if (this.#format.sample(w, out)) this.samples++
    }
    this.#format.endDatagram(w, out)
  }

  #agentWanted(w: Walker): boolean {
    const words = this.#agent
    w.agentWords(words)
    return this.#selection.agents.some((x) => prefixContains(x, words[0]!, words[1]!, words[2]!, words[3]!))
  }

  /** The present datagram as a person finds it again: its number, time and sender. */
  #place(): string {
    const { sec, nsec, sender } = this.#batch!
    const i = this.#index
    const second = new Date(sec[i]! * 1000).toISOString().slice(0, 19)
    const time = `${second}.${String(nsec[i]!).padStart(9, '0')}Z`
    const words = sender.subarray(i * 4, i * 4 + 4)
    return `datagram ${this.offered} (${time}${words.some((x) => x !== 0) ? ` from ${senderText(words)}` : ''})`
  }
}

/** An address in four words, IPv4-mapped as IPv4. */
function senderText(words: Uint32Array): string {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (let k = 0; k < 4; k++) view.setUint32(k * 4, words[k]!)
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff
  return formatIp(mapped ? bytes.subarray(12) : bytes)
}
