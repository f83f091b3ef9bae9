// Owns constant texts that are known only at run time (keys, names), packed so that writing one is a few stores.
// Knows no protocol. Start at PackedText.

import { writeU32 } from '../wire/text.ts'

/**
 * A constant ASCII text in eights, the last one padded. Written as doubles: ASCII can't form a NaN pattern, so the bits
 * stay. Up to 7 bytes behind the text are overwritten, which a buffer with room to spare allows.
 */
export class PackedText {
  readonly words: Float64Array
  /** Bytes that count. */
  readonly length: number

  constructor(text: string) {
    const bytes = new TextEncoder().encode(text)
    const padded = new Uint8Array((bytes.length + 7) & ~7)
    padded.set(bytes)
    const view = new DataView(padded.buffer)
    this.length = bytes.length
    this.words = Float64Array.from({ length: padded.length / 8 }, (_, i) => view.getFloat64(i * 8, true))
  }

  /** Writes the text at `p` and gives the position behind it. */
  write(v: DataView, p: number): number {
    const { words } = this
    for (let i = 0; i < words.length; i++) v.setFloat64(p + i * 8, words[i]!, true)
    return p + this.length
  }
}

/** `,"KEY":VALUE,"KEY_name":"NAME"` for every number of a name table, found by index. */
export class PackedNames {
  /** Text by number; the number alone where it has no name. */
  private readonly index: Uint16Array
  private readonly texts: readonly PackedText[]
  private readonly key: PackedText

  constructor(key: string, entries: ReadonlyArray<readonly [number, string]>) {
    const greatest = entries.reduce((most, x) => Math.max(most, x[0]), 0)
    this.index = new Uint16Array(greatest + 1)
    this.texts = entries.map(([value, name], i) => {
      this.index[value] = i + 1
      return new PackedText(`,"${key}":${value},"${key}_name":"${name}"`)
    })
    this.key = new PackedText(`,"${key}":`)
  }

  /** Writes `value` with its key, and its name where it has one. */
  write(v: DataView, p: number, value: number): number {
    const entry = value < this.index.length ? this.index[value]! : 0
    return entry === 0 ? writeU32(v, this.key.write(v, p), value) : this.texts[entry - 1]!.write(v, p)
  }
}

/**
 * Source that writes a constant ASCII text at `p` of `v` and moves `p` on: only stores of eight bytes, the last one
 * padded with zeros. Unlike literalCode in wire/text.ts it needs up to 7 bytes of room behind the text.
 */
export function paddedLiteralCode(text: string): string {
  const { words, length } = new PackedText(text)
  return `${Array.from(words, (word, i) => `v.setFloat64(p+${i * 8},${word},true);`).join('')}p+=${length};`
}

/** Numbers below this have their digits in `smallDigits`. */
export const SMALL = 256
/** Digits of 0..255, first digit first, and how many they are: two loads and a store, no branch. */
export const smallDigits = new Uint32Array(SMALL)
export const smallLength = new Uint8Array(SMALL)
for (let i = 0; i < SMALL; i++) {
  const text = String(i)
  smallLength[i] = text.length
  for (let k = 0; k < text.length; k++) smallDigits[i]! |= text.charCodeAt(k) << (k * 8)
}
