// Owns a point of time as the 64 bits of extended_timestamp (0:1043), without a bigint. Start at writeNanoseconds.

const NS = 1_000_000_000
const HALF_WORD = 0x10000
const WORD = 0x100000000

/**
 * Writes seconds × 10^9 + nanoseconds as eight bytes, big-endian. A number holds 53 bits of them, so it goes in halves.
 * @param seconds since 1970, 32 bits
 */
export function writeNanoseconds(view: DataView, at: number, seconds: number, nanoseconds: number): void {
  const lower = (seconds & 0xffff) * NS + nanoseconds
  const upper = (seconds >>> 16) * NS
  const low = lower + (upper % HALF_WORD) * HALF_WORD
  view.setUint32(at, Math.floor(upper / HALF_WORD) + Math.floor(low / WORD))
  view.setUint32(at + 4, low % WORD)
}
