// Owns a sink for where nothing is written, as with a screen. Start at noSink.

import type { Sink } from './sink.ts'

export const noSink: Sink = Object.freeze({
  write: () => true,
  drain: async () => {},
  close: async () => {},
  closed: false,
})
