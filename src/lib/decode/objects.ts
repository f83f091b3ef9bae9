// Owns --format ndjson and json: where objects start and end. What is in them is ndjson.ts. Start at ObjectFormat.

import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import type { TextBuffer } from '../wire/text.ts'
import type { Format } from './format.ts'
import { NdjsonWriter } from './ndjson.ts'

/** What stands around objects, so that the whole is a list of lines or one JSON array. */
export interface Frame {
  readonly begin: string
  readonly between: string
  readonly end: (objects: number) => string
}

export const lines: Frame = { begin: '', between: '\n', end: (n) => (n === 0 ? '' : '\n') }
export const array: Frame = { begin: '[', between: ',\n', end: () => ']\n' }

/** One object a sample; a datagram without samples is an object too. */
export class SampleObjects implements Format {
  readonly #writer = new NdjsonWriter()
  readonly #frame: Frame
  #objects = 0

  constructor(frame: Frame) {
    this.#frame = frame
  }

  begin(out: TextBuffer): void {
    out.text(this.#frame.begin)
  }

  datagram(w: Walker, batch: Batch, i: number, out: TextBuffer): void {
    this.#writer.datagram(w, batch, i)
    if (w.sampleCount === 0) {
      this.#separate(out)
      this.#writer.prefix(out)
      out.text('}')
    }
  }

  sample(w: Walker, out: TextBuffer): boolean {
    this.#separate(out)
    this.#writer.sample(w, out)
    return true
  }

  endDatagram(): void {}

  end(out: TextBuffer): void {
    out.text(this.#frame.end(this.#objects))
  }

  #separate(out: TextBuffer): void {
    if (this.#objects++ === 0) return
    const { between } = this.#frame
    out.ensure(between.length)
    for (let i = 0; i < between.length; i++) out.bytes[out.length++] = between.charCodeAt(i)
  }
}

/** One object a datagram, its samples in a list. */
export class DatagramObjects implements Format {
  readonly #writer = new NdjsonWriter()
  readonly #frame: Frame
  #objects = 0
  #samples = 0

  constructor(frame: Frame) {
    this.#frame = frame
  }

  begin(out: TextBuffer): void {
    out.text(this.#frame.begin)
  }

  datagram(w: Walker, batch: Batch, i: number, out: TextBuffer): void {
    if (this.#objects++ > 0) out.text(this.#frame.between)
    this.#samples = 0
    this.#writer.datagram(w, batch, i)
    this.#writer.prefix(out)
    out.text(',"samples":[')
  }

  sample(w: Walker, out: TextBuffer): boolean {
    if (this.#samples++ > 0) out.text(',')
    this.#writer.sampleOnly(w, out)
    return true
  }

  endDatagram(_w: Walker, out: TextBuffer): void {
    out.text(']}')
  }

  end(out: TextBuffer): void {
    out.text(this.#frame.end(this.#objects))
  }
}
