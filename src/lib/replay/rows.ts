// Owns some 32-bit words per key, bounded: the state of rewriting. Knows no meaning of them. Start at Rows.row.

import { longerWords } from '../agents/columns.ts'
import { FIRST_CAPACITY, Slots } from '../agents/slots.ts'

/** Rows of words by keys of words; the least recently used row goes when there are too many. */
export class Rows {
  /** All rows, one after the other. Another array after `row` made it longer. */
  words: Uint32Array
  /** The row that was asked for last was not there: its words are zero. */
  fresh = false
  readonly #slots: Slots
  readonly #width: number

  /** @param most rows; `keyWidth` words a key, `width` words a row */
  constructor(keyWidth: number, width: number, most: number) {
    this.#width = width
    this.words = new Uint32Array(FIRST_CAPACITY * width)
    this.#slots = new Slots(keyWidth, most, {
      grown: (capacity) => {
        this.words = longerWords(this.words, capacity * width)
      },
      evicted: () => {},
    })
  }

  /** The key to look for; write all of its words, then call `row`. */
  get probe(): Uint32Array {
    return this.#slots.probe
  }

  /** Where the row of the key begins in `words`; made where it is not there. */
  row(): number {
    const slots = this.#slots
    let slot = slots.find()
    this.fresh = slot < 0
    if (this.fresh) {
      slot = slots.insert()
      this.words.fill(0, slot * this.#width, (slot + 1) * this.#width)
    } else {
      slots.touch(slot)
    }
    return slot * this.#width
  }
}
