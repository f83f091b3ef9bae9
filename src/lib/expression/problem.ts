// Owns what is said of a wrong expression: which flag, what is wrong, and a mark under the place. Knows no grammar.
// Start at Source.

import { InputError } from '../errors.ts'
import { markedText, type Place } from '../parse/marked-text.ts'

export type { Place }

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
    return new InputError(`${this.what} is wrong: ${message}\n${markedText(this.text, place)}`, [...next, teach])
  }
}

const teach = 'sonde help flows shows how keys, values and filters are written.'

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
