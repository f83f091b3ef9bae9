// Owns constant texts that are known only at run time (keys, names), packed so that writing one is a few stores.
// Knows no protocol. Start at PackedText.

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

/** `,"KEY_name":"NAME"` for every number of a name table, found by index. */
export class PackedNames {
  /** Entry by number, 0 for none. */
  private readonly index: Uint16Array
  private readonly texts: readonly PackedText[]

  constructor(key: string, entries: ReadonlyArray<readonly [number, string]>) {
    const greatest = entries.reduce((most, x) => Math.max(most, x[0]), 0)
    this.index = new Uint16Array(greatest + 1)
    this.texts = entries.map(([value, name], i) => {
      this.index[value] = i + 1
      return new PackedText(`,"${key}_name":"${name}"`)
    })
  }

  /** Writes the name of `value`, or nothing. */
  write(v: DataView, p: number, value: number): number {
    if (value >= this.index.length) return p
    const entry = this.index[value]!
    return entry === 0 ? p : this.texts[entry - 1]!.write(v, p)
  }
}
