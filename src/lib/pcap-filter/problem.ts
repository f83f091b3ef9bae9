// Owns what is said of a wrong filter: what is wrong, and a mark under the place. Knows no grammar. Start at FilterText.

import { InputError } from '../errors.ts'
import { markedText, type Place } from '../parse/marked-text.ts'

export type { Place }

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
  problem(place: Place, message: string, next: readonly string[] = []): InputError {
    return new InputError(`the filter is wrong: ${message}\n${markedText(this.text, place)}`, [...next, teach])
  }
}

const teach = 'man 7 pcap-filter describes the language.'
