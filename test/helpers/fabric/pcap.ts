// Owns turning the datagrams of a generated fabric into a capture. Start at pcapOf.

import { CaptureWriter } from '../../bench/capture-writer.ts'
import { type SentDatagram, START } from './agents.ts'

/** A microsecond pcap, as seen by the collector. */
export function pcapOf(datagrams: readonly SentDatagram[]): Uint8Array {
  const parts: Uint8Array[] = []
  const writer = new CaptureWriter((bytes) => parts.push(bytes.slice()))
  for (const { time, agent, bytes } of datagrams) {
    writer.bytes.set(bytes, writer.begin())
    const microseconds = Math.floor(time * 1e6)
    writer.end(bytes.length, START + Math.floor(microseconds / 1e6), microseconds % 1e6, agent.address)
  }
  writer.close()
  return new Uint8Array(Buffer.concat(parts))
}
