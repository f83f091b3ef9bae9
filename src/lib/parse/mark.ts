// Owns marks of packets as text. See parse.ts for the folder.

import { notUnderstood } from './parse.ts'

/** A mark under a mask. */
export interface Mark {
  readonly value: number
  readonly mask: number
}

const MOST = 0xffffffff

/**
 * `0x10`, `16`, `0x10/0xff`: as iptables and ip-rule have them; without a mask all bits count.
 * @throws InputError naming `what`; also where the value has bits outside of its mask, which no packet can have
 */
export function parseMark(text: string, what: string): Mark {
  const match = /^(0x[\da-f]{1,8}|\d{1,10})(?:\/(0x[\da-f]{1,8}|\d{1,10}))?$/i.exec(text.trim())
  const value = Number(match?.[1])
  const mask = match?.[2] === undefined ? MOST : Number(match[2])
  if (match === null || value > MOST || mask > MOST) {
    throw notUnderstood(what, text, 'Give a number of 32 bits, with a mask if wanted, such as 16, 0x10 or 0x10/0xff.')
  }
  if ((value & ~mask) !== 0) {
    throw notUnderstood(what, text, 'The value has bits that the mask leaves out: no packet could have it.')
  }
  return { value, mask }
}
