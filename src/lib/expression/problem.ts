// Owns what is said of a wrong expression: which flag, what is wrong, and a mark under the place. Knows no grammar.
// Start at Source.

import { InputError } from '../errors.ts'

/** Longer texts are shown in part, around the place. */
const MOST_SHOWN = 100
const BEFORE = 60

/** A text that a person wrote, and the flag it came with. */
export class Source {
  readonly text: string
  readonly what: string

  constructor(text: string, what: string) {
    this.text = text
    this.what = what
  }

  /**
   * The error for a place in the text.
   * @param message what is wrong and what is needed, as a sentence
   */
  problem(place: Place, message: string, next: readonly string[] = []): InputError {
    const { at, length } = place
    // Line breaks and tabs would move the mark.
    let shown = this.text.replace(/[\s\p{C}]/gu, ' ')
    let from = 0
    if (shown.length > MOST_SHOWN) {
      from = Math.max(0, at - BEFORE)
      const end = from + MOST_SHOWN
      shown = `${from > 0 ? '…' : ''}${shown.slice(from, end)}${end < shown.length ? '…' : ''}`
      if (from > 0) from--
    }
    const mark = ' '.repeat(at - from) + '^'.repeat(Math.max(1, Math.min(length, shown.length - (at - from))))
    return new InputError(`${this.what} is wrong: ${message}\n  ${shown}\n  ${mark}`, [...next, teach])
  }
}

const teach = 'sonde help flows shows how keys, values and filters are written.'

/** A part of a text: first character and length in UTF-16 units. */
export interface Place {
  readonly at: number
  readonly length: number
}

/** Thrown while an expression is emitted, where the text it came from is not at hand; caught and told with its source. */
export class Misfit extends Error {
  readonly place: Place
  readonly next: readonly string[]

  constructor(place: Place, message: string, next: readonly string[] = []) {
    super(message)
    this.place = place
    this.next = next
  }
}
