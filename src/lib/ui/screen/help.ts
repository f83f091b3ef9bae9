// Owns the text of the help page. See screen.ts for the folder.

import { displayWidth, padEnd } from '../width.ts'
import { backKey, commonKeys } from './keys.ts'
import { wrapText } from './line.ts'
import type { Area, Page } from './page.ts'

const scrolling = { key: '↑ ↓', label: '', help: 'select or scroll; page up and down, home and end too' }

/**
 * All keys of a page and what it says of its columns.
 * @param within whether there is a page to go back to
 */
export function helpLines(
  page: Pick<Page<never>, 'hints' | 'help' | 'sideways'>,
  within: boolean,
  { columns, colours }: Area,
): string[] {
  const back = page.sideways === true ? { ...backKey, help: 'back; Esc too' } : backKey
  const keys = [...page.hints, scrolling, ...(within ? [back] : []), ...commonKeys]
  const wide = Math.max(...keys.map(({ key }) => displayWidth(key)))
  const lines = keys.flatMap(({ key, help }) => {
    const [first = '', ...rest] = wrapText(help, columns - wide - 3)
    return [` ${colours.accent(padEnd(key, wide))}  ${first}`, ...rest.map((line) => ' '.repeat(wide + 3) + line)]
  })
  if (page.help.length > 0) lines.push('')
  for (const text of page.help) lines.push(...wrapText(text, columns - 2, 2).map((line) => ` ${line}`))
  return lines
}
