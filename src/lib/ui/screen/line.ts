// Owns one line of a screen: text from outside made safe and of known width, parts side by side, wrapping.
// See screen.ts for the folder.

import { escapeText } from '../escape-text.ts'
import { displayWidth, padEnd, padStart, truncate } from '../width.ts'
import { fitSlots } from './layout.ts'

/** More characters than this of one text can't be seen at once; names from the network may have 64 Ki. */
const textLimit = 512

// Terminals disagree on the width of joined emoji, variation selectors, keycaps and skin tones (UTS #51): one column off and
// a table is no table. Without them each character has a width of its own. Marks beyond two on a letter grow over the lines above.
const unsteady = /[\u200d\u20e3\u{fe00}-\u{fe0f}\u{1f3fb}-\u{1f3ff}]|(?<=\p{M}{2})\p{M}/gu

/** Text from outside for a screen: escaped as by `escapeText`, and of a width that terminals agree on. */
export function cellText(text: string): string {
  return escapeText(text.slice(0, textLimit)).replace(unsteady, '')
}

/** Exactly `width` columns: cut with `…`, or filled up with spaces. For text without colour. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = truncate(text, width)
  return align === 'right' ? padStart(cut, width) : padEnd(cut, width)
}

/** As `truncate`, but the middle is left out: the last digits of an address tell more than the ones before. */
export function truncateMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width || width < 5) return truncate(text, width)
  const tail = Math.floor((width - 1) / 2)
  return `${truncate(text, width - tail).slice(0, -1)}…${text.slice(-tail)}`
}

/** A colour sequence, as chalk writes it, or one character. */
const piece = /\p{Cc}\[[\d;]*m|./gsu

/** A line, with colour or without, that is at most `columns` wide: the rest is left out. */
export function clipLine(line: string, columns: number): string {
  // No character is wider than 2.
  if (line.length * 2 <= columns || displayWidth(line) <= columns) return line
  let kept = ''
  let used = 0
  for (const [text] of line.matchAll(piece)) {
    if (text.length > 2) kept += text
    else if (used + displayWidth(text) <= columns) {
      kept += text
      used += displayWidth(text)
    } else used = columns
  }
  return kept
}

export type Paint = (text: string) => string

/** A piece of a line that keeps its place while its text changes. */
export interface Part {
  /** Cut to the width it gets; a function is given that width. */
  readonly text: string | ((width: number) => string)
  readonly min: number
  readonly max?: number
  /** See Slot.priority. */
  readonly priority: number
  readonly align?: 'left' | 'right'
  readonly paint?: Paint | undefined
}

/** Parts side by side in at most `columns`, with a space before the first. */
export function fitParts(parts: readonly Part[], columns: number): string {
  const { widths, gap } = fitSlots(parts, columns - 1)
  const texts: string[] = []
  for (const [at, part] of parts.entries()) {
    const width = widths[at]!
    if (width === 0) continue
    const text = fitText(typeof part.text === 'string' ? part.text : part.text(width), width, part.align)
    texts.push(part.paint ? part.paint(text) : text)
  }
  return ` ${texts.join(' '.repeat(gap))}`
}

/**
 * Text as lines of at most `width` columns, broken between words, in a word only where it is longer than a line.
 * @param indent columns before each line but the first
 */
export function wrapText(text: string, width: number, indent = 0): string[] {
  const lines: string[] = []
  const lead = ' '.repeat(indent)
  let line = ''
  let used = 0
  const flush = () => {
    lines.push(line)
    line = lead
    used = indent
  }
  for (const word of text.split(' ')) {
    const wide = displayWidth(word)
    const empty = used === (lines.length > 0 ? indent : 0) && line.trim() === ''
    if (!empty && used + 1 + wide <= width) {
      line += ` ${word}`
      used += 1 + wide
      continue
    }
    if (!empty) flush()
    if (used + wide <= width) {
      line += word
      used += wide
      continue
    }
    for (const character of word) {
      const more = displayWidth(character)
      if (used + more > width && used > (lines.length > 0 ? indent : 0)) flush()
      line += character
      used += more
    }
  }
  lines.push(line)
  return lines
}
