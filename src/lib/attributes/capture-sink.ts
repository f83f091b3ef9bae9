// Owns taking one variable field (an option, a name) out of a layer, as number and as text. Knows no protocol.
// Start at CaptureSink.

import type { FieldSink, Key, KnownNumbers } from '../packet/field-sink.ts'
import { TextBuffer, writeAscii, writeHex, writeIpv4, writeIpv6, writeU32 } from '../wire/text.ts'

const SPACE = 32

/** Keeps the first field of one name; the items of a list have spaces between them. Reused from layer to layer. */
export class CaptureSink implements FieldSink {
  /** Of the last layer visited. */
  found = false
  value = -1
  readonly text = new TextBuffer(512)
  readonly #name: string
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #list = false

  constructor(key: Key) {
    this.#name = key.name
  }

  /** Call before a layer's `visit`. */
  start(bytes: Uint8Array, view: DataView): void {
    this.#bytes = bytes
    this.#view = view
    this.found = false
    this.#list = false
    this.value = -1
    this.text.length = 0
  }

  #take(key: { readonly name: string }): boolean {
    if (this.found || key.name !== this.#name) return false
    this.found = true
    return true
  }

  /** Room for one more item, with a space before it unless it is the first. */
  #item(most: number): DataView {
    const { text } = this
    text.ensure(most + 1)
    if (text.length > 0) text.view.setUint8(text.length++, SPACE)
    return text.view
  }

  number(key: Key, value: number): void {
    if (!this.#take(key)) return
    this.value = value
    this.#number(value)
  }

  known(numbers: KnownNumbers): void {
    if (!this.#take(numbers)) return
    for (const value of numbers.values) this.#number(value)
  }

  hex(key: Key, at: number, length: number): void {
    if (this.#take(key)) this.#hex(at, length)
  }

  ipv4(key: Key, at: number): void {
    if (this.#take(key)) this.#ipv4(at)
  }

  ipv6(key: Key, at: number): void {
    if (this.#take(key)) this.#ipv6(at)
  }

  name(key: Key, value: string): void {
    if (!this.#take(key)) return
    const view = this.#item(value.length)
    this.text.length = writeAscii(view, this.text.length, value)
  }

  labels(key: Key, at: number, limit: number): void {
    if (!this.#take(key)) return
    const { text } = this
    const bytes = this.#bytes
    text.ensure(limit - at + 1)
    let p = 0
    for (let i = at; i < limit; ) {
      const length = bytes[i]!
      // 0 ends the name, a pointer (0xc0) ends what is here.
      if (length === 0 || length > 63 || i + 1 + length > limit) break
      if (p > 0) text.view.setUint8(p++, 46)
      for (let k = 1; k <= length; k++) text.view.setUint8(p++, bytes[i + k]!)
      i += 1 + length
    }
    // The root; a name that starts with a pointer is empty text.
    if (at < limit && bytes[at] === 0) text.view.setUint8(p++, 46)
    text.length = p
  }

  list(key: Key): void {
    this.#list = this.#take(key)
  }

  itemNumber(value: number): void {
    if (this.#list) this.#number(value)
  }

  itemHex(at: number, length: number): void {
    if (this.#list) this.#hex(at, length)
  }

  itemIpv4(at: number): void {
    if (this.#list) this.#ipv4(at)
  }

  itemIpv6(at: number): void {
    if (this.#list) this.#ipv6(at)
  }

  endList(): void {
    if (this.#list && this.text.length === 0) this.found = false
    this.#list = false
  }

  #number(value: number): void {
    const view = this.#item(10)
    this.text.length = writeU32(view, this.text.length, value)
  }

  #hex(at: number, length: number): void {
    const view = this.#item(length * 2)
    this.text.length = writeHex(view, this.text.length, this.#view, at, length)
  }

  #ipv4(at: number): void {
    const view = this.#item(15)
    this.text.length = writeIpv4(view, this.text.length, this.#view, at)
  }

  #ipv6(at: number): void {
    const view = this.#item(45)
    this.text.length = writeIpv6(view, this.text.length, this.#view, at)
  }
}
