// Owns addresses as text outside of the hot path. Knows no record. Start at addressText.

import { writeIpv4, writeIpv6 } from './text.ts'

const decoder = new TextDecoder()

/** The address in four words from `at` on, IPv4-mapped as IPv4; null for all zeros (no address). */
export function addressText(words: Uint32Array, at: number): string | null {
  const source = new DataView(new ArrayBuffer(16))
  for (let k = 0; k < 4; k++) source.setUint32(k * 4, words[at + k]!)
  const [a, b, c, d] = [words[at], words[at + 1], words[at + 2], words[at + 3]]
  if (a === 0 && b === 0 && c === 0 && d === 0) return null
  const isIpv4 = a === 0 && b === 0 && c === 0xffff
  const scratch = new DataView(new ArrayBuffer(64))
  const length = isIpv4 ? writeIpv4(scratch, 0, source, 12) : writeIpv6(scratch, 0, source, 0)
  return decoder.decode(new Uint8Array(scratch.buffer, 0, length))
}
