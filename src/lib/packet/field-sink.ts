// Owns the seam through which variable fields (options, names) leave a layer: as text or as values. Knows no protocol.
// Start at FieldSink; text-sink.ts and full.ts implement it.

import { PackedText } from '../wire/packed-text.ts'

/** A key of a variable field, made once. */
export class Key {
  readonly name: string
  /** `,"NAME":` */
  readonly text: PackedText

  constructor(name: string) {
    this.name = name
    this.text = new PackedText(`,"${name}":`)
  }
}

/** A list of numbers that comes so often that its text is made once. */
export class KnownNumbers {
  readonly name: string
  readonly values: readonly number[]
  /** `,"NAME":[1,2]` */
  readonly text: PackedText

  constructor(name: string, values: readonly number[]) {
    this.name = name
    this.values = values
    this.text = new PackedText(`,"${name}":[${values.join(',')}]`)
  }
}

/** Receives the variable fields of one layer in order. Lists: `list`, then items, then `endList`. */
export interface FieldSink {
  number(key: Key, value: number): void
  known(numbers: KnownNumbers): void
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
