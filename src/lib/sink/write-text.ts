// Owns writing a whole text at once. Start at writeText.

import type { Sink } from './sink.ts'

/** Writes the text and closes the sink. */
export async function writeText(text: string, sink: Sink): Promise<void> {
  try {
    if (!sink.write(new TextEncoder().encode(text))) await sink.drain()
  } finally {
    await sink.close()
  }
}
