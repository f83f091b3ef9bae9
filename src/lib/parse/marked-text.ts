// Owns showing a place in a text that a person wrote: the text, or the part around the place, and a mark under it. See
// parse.ts for the folder.

/** Longer texts are shown in part, around the place. */
const MOST_SHOWN = 100
const BEFORE = 60

/** A part of a text: first character and length in UTF-16 units. */
export interface Place {
  readonly at: number
  readonly length: number
}

/** Two lines, indented by two spaces: the text as far as it is shown, and `^` under each character of the place, at least one. */
export function markedText(text: string, { at, length }: Place): string {
  // Line breaks and tabs would move the mark.
  let shown = text.replace(/[\s\p{C}]/gu, ' ')
  let from = 0
  if (shown.length > MOST_SHOWN) {
    from = Math.max(0, at - BEFORE)
    const end = from + MOST_SHOWN
    shown = `${from > 0 ? '…' : ''}${shown.slice(from, end)}${end < shown.length ? '…' : ''}`
    if (from > 0) from--
  }
  const mark = ' '.repeat(at - from) + '^'.repeat(Math.max(1, Math.min(length, shown.length - (at - from))))
  return `  ${shown}\n  ${mark}`
}
