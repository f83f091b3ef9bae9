// Owns lists in one argument. See parse.ts for the folder.

import { didYouMean } from './nearest.ts'
import { notUnderstood } from './parse.ts'

/**
 * Splits `a,b,c`, without the spaces around the items.
 * @throws InputError naming `what` where an item is empty
 */
export function parseList(text: string, what: string): string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.some((item) => item === '')) {
    throw notUnderstood(what, text, 'Give one or more values with single commas between them.')
  }
  return items
}

/**
 * The values of a flag that may be repeated, out of its environment variable: with commas between them; `\,` is a comma in a
 * value. Spaces around values and empty ones are left out.
 */
export function splitRepeated(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((item) => item.trim().replaceAll('\\,', ','))
    .filter((item) => item !== '')
}

/**
 * UDP ports with commas between them.
 * @throws InputError naming `what`
 */
export function parsePorts(text: string, what: string): number[] {
  return parseList(text, what).map((item) => {
    const port = /^\d{1,5}$/.test(item) ? Number(item) : 0
    if (port < 1 || port > 65_535)
      throw notUnderstood(what, item, 'Give ports from 1 to 65535, such as 6343 or 6343,9995.')
    return port
  })
}

/**
 * Some of a few known words, with commas between them.
 * @throws InputError naming `what` and, where one is near, the word that may have been meant
 */
export function parseChoices<T extends string>(text: string, what: string, choices: readonly T[]): T[] {
  return parseList(text, what).map((item) => {
    const choice = choices.find((known) => known === item)
    if (choice === undefined) {
      const meant = didYouMean(item, choices)
      throw notUnderstood(what, item, `Give one or more of ${choices.join(', ')}.${meant ? ` ${meant}` : ''}`)
    }
    return choice
  })
}
