// Owns --format ndjson and json: where objects start and end. What is in them is ndjson.ts. Start at ObjectFormat.

import { NdjsonWriter } from '../ndjson/ndjson-writer.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import type { TextBuffer } from '../wire/text.ts'
import type { Format } from './format.ts'

/** What stands around objects, so that the whole is a list of lines or one JSON array. */
export interface Frame {
  readonly begin: string
  readonly between: string
  /** Behind each object at once, so that a reader of a live stream has whole lines. */
  readonly after: string
  readonly end: string
}

export const lines: Frame = { begin: '', between: '', after: '\n', end: '' }
export const array: Frame = { begin: '[', between: ',\n', after: '', end: ']\n' }

/** Appends one of a frame's texts, which are short and ASCII. */
export function writeFrame(out: TextBuffer, text: string): void {
  out.ensure(text.length)
  for (let i = 0; i < text.length; i++) out.bytes[out.length++] = text.charCodeAt(i)
}

/** One object a sample; a datagram without samples is an object too. */
export class SampleObjects implements Format {
  readonly #writer = new NdjsonWriter()
  readonly #frame: Frame
  #objects = 0

  constructor(frame: Frame) {
    this.#frame = frame
  }

  begin(out: TextBuffer): void {
    writeFrame(out, this.#frame.begin)
  }

  datagram(w: Walker, batch: Batch, i: number, out: TextBuffer): void {
    this.#writer.datagram(w, batch, i)
    if (w.sampleCount === 0) {
      this.#separate(out)
      this.#writer.prefix(out)
      writeFrame(out, '}')
      writeFrame(out, this.#frame.after)
    }
  }

  sample(w: Walker, out: TextBuffer): boolean {
    this.#separate(out)
    this.#writer.sample(w, out)
    writeFrame(out, this.#frame.after)
    return true
  }

  endDatagram(): void {}

  end(out: TextBuffer): void {
    writeFrame(out, this.#frame.end)
  }

  #separate(out: TextBuffer): void {
    if (this.#objects++ > 0) writeFrame(out, this.#frame.between)
  }
}

/** One object a datagram, its samples in a list; none for a datagram of whose samples none was chosen. */
export class DatagramObjects implements Format {
  readonly #writer = new NdjsonWriter()
  readonly #frame: Frame
  #objects = 0
  #samples = 0
  #begun = false

  constructor(frame: Frame) {
    this.#frame = frame
  }

  begin(out: TextBuffer): void {
    writeFrame(out, this.#frame.begin)
  }

  datagram(w: Walker, batch: Batch, i: number): void {
    this.#samples = 0
    this.#begun = false
    this.#writer.datagram(w, batch, i)
  }

  sample(w: Walker, out: TextBuffer): boolean {
    this.#begin(out)
    if (this.#samples++ > 0) writeFrame(out, ',')
    this.#writer.sampleOnly(w, out)
    return true
  }

  endDatagram(w: Walker, out: TextBuffer): void {
    if (!this.#begun) {
      if (w.sampleIndex >= 0) return
      this.#begin(out)
    }
    writeFrame(out, ']}')
    writeFrame(out, this.#frame.after)
  }

  end(out: TextBuffer): void {
    writeFrame(out, this.#frame.end)
  }

  #begin(out: TextBuffer): void {
    if (this.#begun) return
    this.#begun = true
    if (this.#objects++ > 0) writeFrame(out, this.#frame.between)
    this.#writer.prefix(out)
    writeFrame(out, ',"samples":[')
  }
}
