// Owns addresses as text outside of the hot path. Knows no record. Start at addressText.

import { writeIpv6 } from './text.ts'

const decoder = new TextDecoder()

/** The address in four words from `at` on, IPv4-mapped as IPv4; null for all zeros (no address). */
export function addressText(words: Uint32Array, at: number): string | null {
  const [a, b, c, d] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!]
  if (a === 0 && b === 0 && c === 0 && d === 0) return null
  // Without a buffer: lists of thousands of agents are made a few times a second.
  if (a === 0 && b === 0 && c === 0xffff) return `${d >>> 24}.${(d >>> 16) & 0xff}.${(d >>> 8) & 0xff}.${d & 0xff}`
  const source = new DataView(new ArrayBuffer(16))
  for (let k = 0; k < 4; k++) source.setUint32(k * 4, words[at + k]!)
  const scratch = new DataView(new ArrayBuffer(64))
  const length = writeIpv6(scratch, 0, source, 0)
  return decoder.decode(new Uint8Array(scratch.buffer, 0, length))
}
