// Owns how a screen of an analysis says what makes its numbers doubtful. See ui.ts for the folder.

import { formatCount } from './numbers.ts'
import { type Area, cellText, TextPage, wrapText } from './screen/screen.ts'
import { truncate } from './width.ts'

/**
 * Below a table: what could not be done, then notes, the first of several. As many lines for one size of the terminal, so that
 * the table does not move.
 */
export function noteLines(
  notes: readonly string[],
  refused: string | undefined,
  { columns, rows, colours }: Area,
): string[] {
  const room = rows < 16 ? 1 : rows < 40 ? 2 : 4
  const lines = refused === undefined ? [] : [colours.bad(truncate(` ${cellText(refused)}`, columns))]
  const left = room - lines.length
  const shown = notes.length <= left ? notes : notes.slice(0, Math.max(0, left - 1))
  for (const note of shown) lines.push(colours.doubtful(truncate(` ${cellText(note)}`, columns)))
  const more = notes.length - shown.length
  if (more > 0 && lines.length < room) {
    lines.push(
      colours.doubtful(` ${formatCount(more)}${shown.length > 0 ? ' more' : ''} note${more === 1 ? '' : 's'}: n`),
    )
  }
  while (lines.length < room) lines.push('')
  return lines
}

/** The page of all notes, whole. @param head the lines above */
export function notesPage<Snapshot extends { readonly notes: readonly string[] }>(
  head: (snapshot: Snapshot, area: Area) => readonly string[],
): TextPage<Snapshot> {
  return new TextPage({ head, body: ({ notes }, area) => notesText(notes, area) })
}

function notesText(notes: readonly string[], { columns, colours }: Area): string[] {
  if (notes.length === 0) return ['', ' No note: nothing is known that makes these numbers doubtful.']
  return [
    '',
    colours.strong(' What makes these numbers doubtful'),
    ...notes.flatMap((note) => wrapText(`- ${cellText(note)}`, columns - 2, 2).map((line) => ` ${line}`)),
  ]
}
