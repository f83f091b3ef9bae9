// Owns the page of one hop or drop in the screen of `sonde path`: every key that it has, as docs/path.md names them. See
// ../path-screen.ts. Start at hopPage.

import type { Datum } from '../../analysis/column.ts'
import { type PathRow, pathColumns, pathRowsOf } from '../../path/columns.ts'
import type { PathSnapshot } from '../../path/snapshot.ts'
import { formatCount } from '../numbers.ts'
import { cellText, TextPage, wrapText } from '../screen/screen.ts'
import { truncate } from '../width.ts'
import { headLines } from './lines.ts'

/** Said above the page, or of no interest in a picture of now. */
const unsaid = new Set(['kind', 'start', 'end', 'hop'])
/** Wide enough for the longest key. */
const KEY = 23
/** From so many columns on there is room for what a key is. */
const WIDE = 120
const VALUE = 34

/** The same row in every snapshot. */
export const rowId = ({ hop, drop }: PathRow): string => hop?.id ?? `drop\n${drop!.id}`

export function hopPage(selected: PathRow): TextPage<PathSnapshot> {
  const id = rowId(selected)
  return new TextPage({
    head: headLines,
    body: ({ window }, { columns, colours }) => {
      const row = window === null ? undefined : pathRowsOf(window, columns).find((one) => rowId(one) === id)
      if (row === undefined) return ['', colours.dim(' No sample of it lately.')]
      const { hop, drop, shownNode } = row
      const title = drop === null ? `hop ${hop!.hop}: ${shownNode}` : `hop ${drop.hop}: dropped by ${shownNode}`
      const told = pathColumns.filter(({ key, value }) => !unsaid.has(key) && isKnown(value(row)))
      const lines = told.flatMap(({ key, doc, value }) => {
        const text = cellText(valueText(value(row)))
        const about = columns < WIDE ? '' : colours.dim(truncate(doc.replaceAll('`', ''), columns - KEY - VALUE - 3))
        if (about !== '' && text.length < VALUE) return [` ${key.padEnd(KEY)} ${text.padEnd(VALUE)} ${about}`]
        const [first, ...rest] = wrapText(text, columns - KEY - 3)
        return [` ${key.padEnd(KEY)} ${first}`, ...rest.map((line) => ` ${' '.repeat(KEY)} ${line}`)]
      })
      return ['', colours.strong(` ${cellText(title)}`), '', ...lines]
    },
  })
}

const isKnown = (value: Datum): boolean => value !== null && value !== ''

function valueText(value: Datum): string {
  if (typeof value === 'number')
    return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(4)))
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(', ') : String(value)
}
