// Owns the differences from tshark that are right, each with its reason. Start at frameExcuse.

import type { Packet } from '../../src/lib/packet/packet.ts'

/** Brings a value to one form: numbers in decimal, booleans as 0 and 1. */
export function fieldForm(_name: string, value: string): string {
  if (value === 'true' || value === 'True') return '1'
  if (value === 'false' || value === 'False') return '0'
  return /^0x[0-9a-f]+$/i.test(value) ? BigInt(value).toString() : value
}

/** Why a whole frame isn't compared, or undefined. */
export function frameExcuse(_file: string, _protocols: readonly string[], _packet: Packet): string | undefined {
  return undefined
}

/** Why a field may differ, or undefined. */
export function fieldExcuse(
  _name: string,
  _ours: readonly string[],
  _theirs: readonly string[],
  _protocols: readonly string[],
  _packet: Packet,
): string | undefined {
  return undefined
}
