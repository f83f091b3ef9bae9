// Owns what is counted by code: operations, NAK and RNR codes, lengths. See ai-metrics.ts for the folder. Start at kindsOf.

import { bthOpcodes, nakCodes, rnrTimerMicroseconds } from '../names/bth.ts'
import type { Tally } from './measure.ts'
import type { Kinds } from './rows.ts'

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`
const units = ['B', 'KiB', 'MiB', 'GiB']

/** Names by what the code is, given the code without its kind. */
export const nameOfCode = {
  opcode: (code: number): string => bthOpcodes.get(code) ?? `opcode ${hex(code)}`,
  nak: (code: number): string => nakCodes.get(code) ?? `NAK code ${code}`,
  rnr: (code: number): string => `wait ${rnrTimerMicroseconds[code]! / 1000} ms`,
  /** From 2^code on. */
  size: (code: number): string => `${2 ** (code % 10)} ${units[Math.floor(code / 10)]}`,
}

/**
 * @param from the first code of the kind, `codes` of them
 * @param whole column that counts all of the kind
 */
export function kindsOf(
  tally: Tally,
  from: number,
  codes: number,
  whole: number,
  top: number,
  name: (code: number) => string,
): Kinds {
  const { columnOf } = tally.sums
  const met = tally.sums.codes
    .filter((code) => code >= from && code < from + codes)
    .map((code) => ({ code: code - from, column: columnOf[code]!, weight: tally.weight(columnOf[code]!) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.code - b.code)
  const rate = tally.rate(whole)
  const listed = met.slice(0, top).map(({ code, column }) => {
    const measure = tally.rate(column)
    return { name: name(code), code, rate: measure, share: shareOf(measure.value, rate.value) }
  })
  const rest = met.slice(top)
  if (rest.length === 0) return { rate, top: listed, other: null }
  const other = tally.rate(...rest.map(({ column }) => column))
  return { rate, top: listed, other: { kinds: rest.length, rate: other, share: shareOf(other.value, rate.value) } }
}

function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole
}
