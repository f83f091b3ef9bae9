// Owns reading the captures that test/bench/capture-writer.ts writes, and no others: their headers have fixed lengths.
// Independent of src/lib/source, so that tests of decoders do not depend on it.

import { readFileSync } from 'node:fs'

/** The UDP payloads of such a capture, in order. */
export function ownDatagrams(path: string): Uint8Array[] {
  const file = new Uint8Array(readFileSync(path))
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  if (view.getUint32(0, true) !== 0xa1b2c3d4) throw new Error(`${path} was not written by CaptureWriter`)
  const datagrams: Uint8Array[] = []
  for (let at = 24; at < file.length; ) {
    const frame = view.getUint32(at + 8, true)
    datagrams.push(file.subarray(at + 16 + 42, at + 16 + frame))
    at += 16 + frame
  }
  return datagrams
}
