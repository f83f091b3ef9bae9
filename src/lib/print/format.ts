// Owns the seam between walking datagrams and writing them in some form. Knows no form. Start at Format.

import type { Walker } from '../sflow/walker.ts'
import type { Batch } from '../source/source.ts'
import type { TextBuffer } from '../wire/text.ts'

/**
 * One way to write what was decoded. Calls come in this order: begin, then for each datagram: datagram, sample for each
 * chosen sample, endDatagram; end. All append to `out`, which the caller empties between samples.
 */
export interface Format {
  begin(out: TextBuffer): void
  /** The walker has opened datagram `i` of the batch. */
  datagram(w: Walker, batch: Batch, i: number, out: TextBuffer): void
  /** The walker stands on a sample. False where this form has nothing for it. */
  sample(w: Walker, out: TextBuffer): boolean
  endDatagram(w: Walker, out: TextBuffer): void
  /** The input may give nothing more for a while: what was held back is appended. */
  pause?(out: TextBuffer): void
  /** Called also after a stop or damage: output is always whole. */
  end(out: TextBuffer): void
}
