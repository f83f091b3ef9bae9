// Owns the seam through which variable fields (options, names) leave a layer: as text or as values. Knows no protocol.
// Start at FieldSink; text-sink.ts and full.ts implement it.

/** A key of a variable field, made once: its text is packed for the writer. */
export class Key {
  readonly name: string
  /** `,"NAME":` in eights, the last one padded; written as doubles, which ASCII can't turn into NaN. */
  readonly words: Float64Array
  /** Bytes of it that count. */
  readonly length: number

  constructor(name: string) {
    const text = new TextEncoder().encode(`,"${name}":`)
    const padded = new Uint8Array((text.length + 7) & ~7)
    padded.set(text)
    this.name = name
    this.length = text.length
    const view = new DataView(padded.buffer)
    this.words = Float64Array.from({ length: padded.length / 8 }, (_, i) => view.getFloat64(i * 8, true))
  }
}

/** Receives the variable fields of one layer in order. Lists: `list`, then items, then `endList`. */
export interface FieldSink {
  number(key: Key, value: number): void
  /** Bytes as lower-case hex. */
  hex(key: Key, at: number, length: number): void
  ipv4(key: Key, at: number): void
  ipv6(key: Key, at: number): void
  /** A constant text of printable ASCII. */
  name(key: Key, value: string): void
  /** DNS labels from `at`, up to a zero, a pointer or `limit`, joined by dots. */
  labels(key: Key, at: number, limit: number): void
  list(key: Key): void
  itemNumber(value: number): void
  itemHex(at: number, length: number): void
  itemIpv4(at: number): void
  itemIpv6(at: number): void
  endList(): void
}
