// Owns the loop from a source's batches to a sink: datagram after datagram, text handed on as it comes. Knows neither what
// is read nor what is written. Start at passBatches.

import { FLUSH_BYTES, flush } from '../sink/flush.ts'
import type { Sink } from '../sink/sink.ts'
import type { Batch, Source } from '../source/source.ts'
import type { TextBuffer } from '../wire/text.ts'

/** Takes datagrams and appends to `out` whatever comes of them. */
export interface Taker {
  take(batch: Batch, i: number, out: TextBuffer): void
  /** No more is wanted. */
  readonly done: boolean
  /** A batch is over; where it is the last one for a while, what was held back is appended. */
  pause?(out: TextBuffer): void
}

/** How a pass ends before the source does. */
export interface PassEnd {
  /** Closes the source. */
  readonly stop?: AbortSignal
  /** Called when the reader of the sink has gone, and the pass goes on: something else is done with datagrams too. */
  readonly unread?: () => void
}

/** Passes all datagrams on until the source ends, the taker is done, or the reader of the sink has gone. */
export async function passBatches(
  source: Pick<Source, 'batches' | 'close'>,
  taker: Taker,
  out: TextBuffer,
  sink: Sink,
  { stop, unread }: PassEnd = {},
): Promise<void> {
  // A source that waits for a pipe ends its batches when it is closed.
  let over = false
  const end = () => {
    over = true
    void source.close()
  }
  stop?.addEventListener('abort', end, { once: true })
  try {
    for await (const batch of source.batches()) {
      for (let i = 0; i < batch.count && !taker.done && !over; i++) {
        taker.take(batch, i, out)
        if (out.length < FLUSH_BYTES) continue
        await flush(out, sink)
        over ||= sink.closed && unread === undefined
      }
      taker.pause?.(out)
      await flush(out, sink)
      if (sink.closed) {
        if (unread === undefined) return
        unread()
      }
      if (taker.done || over) return
    }
  } finally {
    stop?.removeEventListener('abort', end)
  }
}
