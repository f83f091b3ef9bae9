// Owns handing text on to a sink: when, and waiting where the sink asks for it. Start at flush.

import type { TextBuffer } from '../wire/text.ts'
import type { Sink } from './sink.ts'

/** Output is handed on when so much is there: large enough that system calls don't count. */
export const FLUSH_BYTES = 1 << 17

/** Hands on what is in the buffer, which is empty then; waits until the sink takes more. */
export async function flush(out: TextBuffer, sink: Sink): Promise<void> {
  if (out.length === 0) return
  const room = sink.write(out.written())
  out.clear()
  if (!room) await sink.drain()
}
