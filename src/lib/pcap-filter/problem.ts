// Owns what is said of a wrong filter: what is wrong, and a mark under the place. Knows no grammar. Start at FilterText.

import { InputError } from '../errors.ts'

/** Longer texts are shown in part, around the place. */
const MOST_SHOWN = 100
const BEFORE = 60

/** A part of a text: first character and length in UTF-16 units. */
export interface Place {
  readonly at: number
  readonly length: number
}

/** From the beginning of one place to the end of another. */
export function span(from: Place, to: Place): Place {
  return { at: from.at, length: to.at + to.length - from.at }
}

/** The filter that a person wrote. */
export class FilterText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /**
   * The error for a place in the text.
   * @param message what is wrong and what is needed, as sentences
   */
  problem({ at, length }: Place, message: string, next: readonly string[] = []): InputError {
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
    return new InputError(`the filter is wrong: ${message}\n  ${shown}\n  ${mark}`, [...next, teach])
  }
}

const teach = 'man 7 pcap-filter describes the language.'
