// Owns constant texts that are known only at run time (keys, names), packed so that writing one is a few stores.
// Knows no protocol. Start at PackedText.

import type { NameTable } from './name-table.ts'
import { textWords, writeU32 } from './text.ts'

/** A constant ASCII text in eights (textWords). Up to 7 bytes behind the text are overwritten. */
export class PackedText {
  readonly words: Float64Array
  /** Bytes that count. */
  readonly length: number

  constructor(text: string) {
    this.words = textWords(text)
    this.length = text.length
  }

  /** Writes the text at `p` and gives the position behind it. */
  write(v: DataView, p: number): number {
    const { words } = this
    for (let i = 0; i < words.length; i++) v.setFloat64(p + i * 8, words[i]!, true)
    return p + this.length
  }
}

/** Texts of small values are found by index, those of larger ones (Ethernet types) in a map. */
const INDEXED = 512

type Found = PackedText | null | undefined

/** Texts made when their value is first met; null where it has none. Only values of the table are kept. */
class TextCache {
  readonly #make: (value: number) => PackedText | null
  readonly #small: Found[] = new Array(INDEXED).fill(undefined)
  readonly #large = new Map<number, PackedText>()

  constructor(make: (value: number) => PackedText | null) {
    this.#make = make
  }

  get(value: number): PackedText | null {
    const known = value < INDEXED ? this.#small[value] : this.#large.get(value)
    return known === undefined ? this.#first(value) : known
  }

  #first(value: number): PackedText | null {
    const text = this.#make(value)
    if (value < INDEXED) this.#small[value] = text
    else if (text !== null) this.#large.set(value, text)
    return text
  }
}

/** The names of one key, ready to write. Texts are made when a value is first met, so a large table costs nothing. */
export class PackedNames {
  readonly #key: PackedText
  /** `,"KEY":VALUE,"KEY_name":"NAME"` */
  readonly #whole: TextCache
  /** `,"KEY_name":"NAME"` */
  readonly #beside: TextCache

  constructor(key: string, names: NameTable) {
    this.#key = new PackedText(`,"${key}":`)
    const cache = (before: (value: number) => string) =>
      new TextCache((value) => {
        const name = names.get(value)
        return name === undefined ? null : new PackedText(`${before(value)},"${key}_name":"${name}"`)
      })
    this.#whole = cache((value) => `,"${key}":${value}`)
    this.#beside = cache(() => '')
  }

  /** Writes `,"KEY":VALUE`, and `,"KEY_name":"NAME"` where the value has a name. */
  write(v: DataView, p: number, value: number): number {
    const text = this.#whole.get(value)
    return text === null ? writeU32(v, this.#key.write(v, p), value) : text.write(v, p)
  }

  /** Writes `,"KEY_name":"NAME"` where the value has a name. */
  beside(v: DataView, p: number, value: number): number {
    const text = this.#beside.get(value)
    return text === null ? p : text.write(v, p)
  }
}
