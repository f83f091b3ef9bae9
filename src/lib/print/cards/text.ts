// Owns the layout of a card: labelled lines of groups, wrapped at a width with a hanging indent.
// Knows no sFlow. Start at CardText; a group is what should stay on one line.

import type { Style, Tone } from '../style.ts'

/** A run of text in one tone. Wrapping may cut it at its spaces; two runs of a group have nothing between them. */
export interface Run {
  readonly text: string
  readonly tone: Tone
}

export const bad = (text: string): Run => ({ text, tone: 'bad' })
export const doubtful = (text: string): Run => ({ text, tone: 'doubtful' })
export const dim = (text: string): Run => ({ text, tone: 'dim' })
export const strong = (text: string): Run => ({ text, tone: 'strong' })

/** Between what something was or came from and what it becomes or goes to. */
export const ARROW: Run = dim(' → ')
const ARROW_COLUMNS = 3

/** A run, or a text without a tone. */
export type Piece = string | Run

const LABEL_COLUMN = 2
/** Column of the values: the longest labels that occur often have eight characters. */
const VALUE_COLUMN = 12
/** A card is not laid out narrower than this: wrapping would only tear addresses apart. */
const LEAST_WIDTH = 40

/**
 * Builds the lines of one card. Texts must be escaped; `take` gives all lines, each ended, and starts anew.
 * No line is wider than the width.
 */
export class CardText {
  readonly #style: Style
  readonly #width: number
  #done = ''
  #line = ''
  /** Columns of #line that are taken. */
  #column = 0
  /** Where lines go on. */
  #hang = 0
  /** Nothing but the label stands on this line yet. */
  #fresh = true

  constructor(style: Style, width: number) {
    this.#style = style
    this.#width = Math.max(LEAST_WIDTH, width)
  }

  /** Starts the card's first line; what does not fit goes on `hang` columns in. */
  head(hang: number): void {
    this.#end()
    this.#hang = hang
    this.#fresh = true
  }

  /** Starts a line with a label of the network's layer or record, `depth` steps in. */
  label(name: string, tone: Tone = 'accent', depth = 0): void {
    this.#end()
    this.#hang = VALUE_COLUMN
    const at = LABEL_COLUMN + depth * 2
    const width = this.#style.width(name)
    const gap = Math.max(2, VALUE_COLUMN - at - width)
    this.#line = ' '.repeat(at) + this.#tone(name, tone) + ' '.repeat(name === '' ? VALUE_COLUMN - at : gap)
    this.#column = name === '' ? VALUE_COLUMN : at + width + gap
    this.#fresh = true
  }

  /** Starts a line below the current label, in the column of its values. */
  more(): void {
    this.label('')
  }

  /** Appends a group, two spaces behind the one before, on the next line where it doesn't fit. */
  group(...pieces: readonly Piece[]): void {
    let width = 0
    for (const piece of pieces) width += piece === ARROW ? ARROW_COLUMNS : this.#style.width(textOf(piece))
    const gap = this.#fresh ? 0 : 2
    // Behind a label that is longer than its column a group goes to the next line only if it fits there.
    const longLabel = this.#fresh && this.#column > this.#hang && this.#hang + width <= this.#width
    if (this.#column + gap + width > this.#width && (!this.#fresh || longLabel)) {
      this.#wrap()
    } else {
      this.#space(gap)
    }
    this.#fresh = false
    if (this.#column + width <= this.#width) {
      for (const piece of pieces) this.#line += typeof piece === 'string' ? piece : this.#tone(piece.text, piece.tone)
      this.#column += width
    } else {
      for (const piece of pieces) this.#putInParts(piece)
    }
  }

  /** Nothing but the label stands on this line yet. */
  get fresh(): boolean {
    return this.#fresh
  }

  /** A group of a dim name and its value. */
  pair(name: string, ...value: readonly Piece[]): void {
    this.group(dim(`${name} `), ...value)
  }

  take(): string {
    this.#end()
    const text = this.#done
    this.#done = ''
    return text
  }

  #end(): void {
    if (this.#column > 0) this.#done += `${this.#line.trimEnd()}\n`
    this.#line = ''
    this.#column = 0
  }

  #wrap(): void {
    this.#end()
    this.#space(this.#hang)
  }

  #space(columns: number): void {
    this.#line += ' '.repeat(columns)
    this.#column += columns
  }

  #put(text: string, tone: Tone): void {
    this.#line += this.#tone(text, tone)
    this.#column += this.#style.width(text)
  }

  /** A piece too wide for the line: cut at its spaces, and where a word alone is too wide, anywhere. */
  #putInParts(piece: Piece): void {
    const tone = typeof piece === 'string' ? 'plain' : piece.tone
    for (const part of textOf(piece).split(/( +)/)) {
      const width = this.#style.width(part)
      if (part.startsWith(' ')) {
        if (this.#column > this.#hang && this.#column + width < this.#width) this.#space(width)
        continue
      }
      if (this.#column + width > this.#width && this.#column > this.#hang) this.#wrap()
      if (this.#column + width <= this.#width) this.#put(part, tone)
      else for (const character of part) this.#putCharacter(character, tone)
    }
  }

  #putCharacter(text: string, tone: Tone): void {
    if (this.#column + this.#style.width(text) > this.#width) this.#wrap()
    this.#put(text, tone)
  }

  #tone(text: string, tone: Tone): string {
    return tone === 'plain' || text === '' ? text : this.#style[tone](text)
  }
}

const textOf = (piece: Piece): string => (typeof piece === 'string' ? piece : piece.text)
