// Owns a sink for threads that share a descriptor, so that text needs no way through the main thread. Start at openShared;
// FdSink.share gives what it needs.

import { FdSink } from './fd-sink.ts'
import { writeInTurn } from './in-turn.ts'
import type { SharedOutput } from './sink.ts'

/** A sink whose blocks come out whole, whatever other threads write. It does not close the descriptor. */
export function openShared(shared: SharedOutput): FdSink {
  return new FdSink(shared.fd, shared.name, false, (_fd, bytes, offset, length) =>
    writeInTurn(shared, bytes, offset, length),
  )
}
