// Owns what a protocol of pushing is, as an interface. See push.ts for the folder.

import type { Family, Labels } from '../metrics/metrics.ts'

/** Part of what one moment has: what can be sent, or be lost, by itself. Chunks one after the other are one longer chunk. */
export interface Chunk {
  readonly bytes: Uint8Array
  readonly values: number
}

export interface Encoding {
  /** @param labels for every series that has none of this name */
  start(labels: Labels): Encoder
  /** What of the body goes over the wire. */
  compress(body: Uint8Array): Promise<Uint8Array>
  readonly headers: Readonly<Record<string, string>>
}

/** For one server: moments are encoded in their order. */
export interface Encoder {
  /** @param timeMs of all numbers, milliseconds since 1970 */
  encode(families: readonly Family[], timeMs: number): Chunk[]
  /** Nothing more comes. @param timeMs later than the last moment */
  end(timeMs: number): Chunk[]
}

/** Values of a chunk: about 100 KiB. */
export const VALUES_PER_CHUNK = 1000

/** Pairs by name; those of the series come before those that all have. */
export function sortedLabels(own: Labels, all: Labels): Labels {
  const labels = [...own]
  for (const label of all) if (!own.some(([name]) => name === label[0])) labels.push(label)
  // Names are ASCII, so this is the order of bytes.
  return labels.sort(([a], [b]) => (a < b ? -1 : 1))
}
