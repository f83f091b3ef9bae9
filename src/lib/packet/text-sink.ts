// Owns writing variable fields as JSON text. Knows no protocol. Start at TextSink.

import { writeJsonText } from '../wire/json-text.ts'
import { writeAscii, writeHex, writeIpv4, writeIpv6, writeU32 } from '../wire/text.ts'
import type { FieldSink, Key, KnownNumbers } from './field-sink.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const DOT = 0x2e

/** Writes fields at `p` of `out`, reading from `source`. Set all four before a layer; nothing is kept between layers. */
export class TextSink implements FieldSink {
  out: DataView
  p = 0
  source: DataView
  bytes: Uint8Array
  private first = true

  constructor() {
    this.bytes = new Uint8Array(0)
    this.source = new DataView(this.bytes.buffer)
    this.out = this.source
  }

  number(key: Key, value: number): void {
    this.p = writeU32(this.out, key.text.write(this.out, this.p), value)
  }

  known(numbers: KnownNumbers): void {
    this.p = numbers.text.write(this.out, this.p)
  }

  hex(key: Key, at: number, length: number): void {
    this.p = this.quotedHex(key.text.write(this.out, this.p), at, length)
  }

  ipv4(key: Key, at: number): void {
    this.p = this.quotedIpv4(key.text.write(this.out, this.p), at)
  }

  ipv6(key: Key, at: number): void {
    this.p = this.quotedIpv6(key.text.write(this.out, this.p), at)
  }

  name(key: Key, value: string): void {
    const p = key.text.write(this.out, this.p)
    this.out.setUint8(p, QUOTE)
    this.p = this.quote(writeAscii(this.out, p + 1, value))
  }

  labels(key: Key, at: number, limit: number): void {
    const { out, source, bytes } = this
    let p = key.text.write(out, this.p)
    out.setUint8(p++, QUOTE)
    let i = at
    let length = source.getUint8(i)
    if (length === 0) out.setUint8(p++, DOT)
    while (length > 0 && length < 64 && i + 1 + length <= limit) {
      if (i > at) out.setUint8(p++, DOT)
      p = writeJsonText(out, p, bytes, i + 1, length)
      i += 1 + length
      length = i < limit ? source.getUint8(i) : 0
    }
    this.p = this.quote(p)
  }

  list(key: Key): void {
    const p = key.text.write(this.out, this.p)
    this.out.setUint8(p, 0x5b)
    this.p = p + 1
    this.first = true
  }

  itemNumber(value: number): void {
    this.p = writeU32(this.out, this.separate(), value)
  }

  itemHex(at: number, length: number): void {
    this.p = this.quotedHex(this.separate(), at, length)
  }

  itemIpv4(at: number): void {
    this.p = this.quotedIpv4(this.separate(), at)
  }

  itemIpv6(at: number): void {
    this.p = this.quotedIpv6(this.separate(), at)
  }

  endList(): void {
    this.out.setUint8(this.p++, 0x5d)
  }

  private separate(): number {
    if (this.first) {
      this.first = false
      return this.p
    }
    this.out.setUint8(this.p, COMMA)
    return this.p + 1
  }

  private quote(p: number): number {
    this.out.setUint8(p, QUOTE)
    return p + 1
  }

  private quotedHex(p: number, at: number, length: number): number {
    return this.quote(writeHex(this.out, this.quote(p), this.source, at, length))
  }

  private quotedIpv4(p: number, at: number): number {
    return this.quote(writeIpv4(this.out, this.quote(p), this.source, at))
  }

  private quotedIpv6(p: number, at: number): number {
    return this.quote(writeIpv6(this.out, this.quote(p), this.source, at))
  }
}
