// Owns numbers of the kernel's texts as sFlow's counters take them. Knows no file. Start at counter32.

/** A counter that an agent does not have: all ones (sFlow version 5, "unknown counter"). */
export const NO_COUNTER32 = 0xffffffff
export const NO_COUNTER64 = 0xffffffffffffffffn

/**
 * The lower 32 bits, as a counter wraps.
 * @param text decimal digits; -1 is the kernel's "no limit" and becomes all ones
 * @returns all ones where the text is no number
 */
export function counter32(text: string | undefined): number {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(BigInt.asUintN(32, BigInt(text))) : NO_COUNTER32
}

/** As counter32, with 64 bits. */
export function counter64(text: string | undefined): bigint {
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt.asUintN(64, BigInt(text)) : NO_COUNTER64
}

/** A sum or product as a counter of 32 bits: wraps. @param value a whole number below 2^53 */
export function wrap32(value: number): number {
  return value % 0x100000000
}
