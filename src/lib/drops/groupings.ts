// Owns what can make a row of drops, as a word. Loads next to nothing: flags use it. See drops.ts for the folder. Start at
// parseGroupings.

import { InputError } from '../errors.ts'
import { didYouMean } from '../parse/nearest.ts'

export const dropGroupings = ['reason', 'place', 'victim'] as const
export type DropGrouping = (typeof dropGroupings)[number]

/**
 * `reason,place`: what makes a row, in the order of the table.
 * @throws InputError for anything else
 */
export function parseGroupings(text: string, what: string): DropGrouping[] {
  const words = text.split(',').map((word) => word.trim())
  for (const word of words) {
    if ((dropGroupings as readonly string[]).includes(word)) continue
    throw new InputError(
      `${what} "${text}" is not understood: needed ${dropGroupings.join(', ')}, or several of them with commas. ${didYouMean(word, dropGroupings) ?? ''}`.trim(),
      ['--keys takes any keys of the flow language: sonde help flows.'],
    )
  }
  return dropGroupings.filter((one) => words.includes(one))
}
