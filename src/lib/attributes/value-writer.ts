// Owns values as text: for each form the statements that write it, bytes to bytes. Knows no attribute and not what stands
// around a value: CSV and JSON (cells.ts) and plain text are subclasses. Start at ValueWriter.

import type { NameTable } from '../wire/name-table.ts'
import * as text from '../wire/text.ts'
import { presence, type Value } from './attribute.ts'
import { interfaceName } from './sample.ts'
import type { Scope } from './scope.ts'

/** Longest value that is no text from the network and no name: an IPv4-mapped address, a time; with its quotes. */
export const FIXED_BYTES = 64

export type Of<F extends Value['form']> = Extract<Value, { form: F }>

/** Statements that move `p` behind the value that is there. `v`, a DataView of the output with room, and `p` are in scope. */
export abstract class ValueWriter {
  /** Upper bound of the constant texts of a row: names, keys, commas. */
  bytes = 0
  protected readonly scope: Scope

  constructor(scope: Scope) {
    this.scope = scope
  }

  /** Statements for the constant text `before` and the value or its absence. */
  write(value: Value, before: string): string {
    this.bytes += before.length
    const here = presence(value)
    const absent = this.absent === '' ? '' : `else{${text.literalCode(this.absent)}}`
    return `${text.literalCode(before)}if(${here}){${this.present(value)}}${absent}`
  }

  /** What is written for a value that is missing. */
  protected abstract readonly absent: string
  protected abstract quoted(statements: string): string
  protected abstract text(value: Of<'text'>): string
  /** Quotes and escapes a name of a table or program, which is printable ASCII. */
  protected abstract quoteName(name: string): string

  /** Statements for a value that is known to be there. */
  present(value: Value): string {
    switch (value.form) {
      case 'number':
        return `p=writeU32(v,p,${value.value});`
      case 'signed':
        return `p=writeI32(v,p,${value.value});`
      case 'u64':
        return `p=writeU64(v,p,${value.hi},${value.lo});`
      case 'float':
        return `p=writeF${value.bits}(v,p,${value.value});`
      case 'bool':
        return `if(${value.value}===1){${text.literalCode('true')}}else{${text.literalCode('false')}}`
      case 'bits':
        return this.quoted(`p=writeBits(v,p,${value.value},${value.width});`)
      case 'mac':
        return this.quoted(`p=${value.colons ? 'writeMac' : 'writeMacPlain'}(v,p,d,${value.at});`)
      case 'ipv4':
        return this.quoted(`p=writeIpv4(v,p,d,${value.at});`)
      case 'ipv6':
        return this.quoted(`p=writeIpv6(v,p,d,${value.at});`)
      case 'address':
        return this.quoted(`p=writeAddress(v,p,${value.kind},${value.view},${value.at});`)
      case 'label':
      case 'port':
      case 'choice':
        throw new RangeError(`${value.form}: no attribute has this form`)
      case 'hex':
        this.bytes += value.length * 2
        return this.quoted(`p=writeHex(v,p,d,${value.at},${value.length});`)
      case 'name':
        return this.name(value)
      case 'text':
        return this.text(value)
      case 'interface': {
        const names = this.scope.code.constant('I', interfaceName)
        return this.quoted(`p=writeInterface(v,p,${value.format},${value.value},${names});`)
      }
      case 'source':
        return this.quoted(`p=writeSource(v,p,${value.type},${value.index});`)
      case 'time': {
        const second = this.scope.code.constant('S', new SecondText())
        return this.quoted(`p=${second}.write(v,p,${value.sec},${value.nsec});`)
      }
    }
  }

  private name({ value, names }: Of<'name'>): string {
    const { texts, most } = nameTexts(names, (name) => this.quoteName(name))
    this.bytes += most
    const map = this.scope.code.constant('N', texts)
    const known = this.scope.code.name('n')
    const other = this.quoted(`p=writeU32(v,p,${value});`)
    return `const ${known}=${map}.get(${value});if(${known}!==undefined)p=writeBytes(v,p,${known});else{${other}}`
  }
}

function nameTexts(names: NameTable, quote: (name: string) => string) {
  const encoder = new TextEncoder()
  const texts = new Map(names.entries.map(([value, name]) => [value, encoder.encode(quote(name))]))
  return { texts, most: Math.max(...[...texts.values()].map((x) => x.length)) }
}

/** Writers that only generated code calls. */
export const textWriters = {
  writeBytes(v: DataView, p: number, bytes: Uint8Array): number {
    for (let i = 0; i < bytes.length; i++) v.setUint8(p + i, bytes[i]!)
    return p + bytes.length
  },

  writeBits(v: DataView, p: number, value: number, width: number): number {
    for (let i = 0; i < width; i++) v.setUint8(p + i, 48 + ((value >>> (width - 1 - i)) & 1))
    return p + width
  },

  writeAddress(v: DataView, p: number, kind: number, source: DataView, at: number): number {
    if (kind === 4) return text.writeIpv4(v, p, source, at)
    return kind === 6 ? text.writeIpv6(v, p, source, at) : text.writeMacPlain(v, p, source, at)
  },

  writeInterface(v: DataView, p: number, format: number, value: number, names: typeof interfaceName): number {
    const name = names(format, value)
    return name === undefined ? text.writeU32(v, p, value) : text.writeAscii(v, p, name)
  },

  writeSource(v: DataView, p: number, type: number, index: number): number {
    if (type === 0) return text.writeU32(v, p, index)
    const q = text.writeU32(v, p, type)
    v.setUint8(q, 0x2e)
    return text.writeU32(v, q + 1, index)
  },
}

/** ISO 8601 with nine digits; the part up to the second is made once a second. */
class SecondText {
  #sec = -1
  readonly #view = new DataView(new ArrayBuffer(24))

  write(v: DataView, p: number, sec: number, nsec: number): number {
    if (sec !== this.#sec) {
      this.#sec = sec
      text.writeAscii(this.#view, 0, `${new Date(sec * 1000).toISOString().slice(0, 19)}.`)
    }
    // ASCII is never a NaN pattern, so doubles keep their bits.
    for (let i = 0; i < 24; i += 8) v.setFloat64(p + i, this.#view.getFloat64(i, true), true)
    const q = text.writeNanoseconds(v, p + 20, nsec)
    v.setUint8(q, 0x5a)
    return q + 1
  }
}
