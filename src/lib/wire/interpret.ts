// Owns the readable definition of what each kind looks like in bytes: a decoder that walks the declaration.
// It is the oracle of the compiled faces and the fallback where code can't be generated. Start at interpret().

import { utf8SequenceLength } from './json-text.ts'
import { type Address, type Field, fixedLength, type Kind, type NestedRecord } from './kinds.ts'
import type { Outcome } from './outcome.ts'
import type { RecordType } from './record.ts'

/** Values of a structure by field name, in declared order. */
export type Fields = Record<string, unknown>

/**
 * Decodes the fields of a record from `at`.
 * @returns its values, or undefined where it is broken (`outcome` says how); `outcome.next` is behind the last field
 */
export function interpret(
  type: Pick<RecordType, 'fields' | 'optionalFrom'>,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  outcome: Outcome,
): Fields | undefined {
  const cut = type.optionalFrom === undefined ? -1 : type.fields.findIndex((x) => x.name === type.optionalFrom)
  const known = cut < 0 ? type.fields : type.fields.slice(0, cut)
  const reader = new Reader(bytes, view, at, end, outcome)
  const values: Fields = {}
  if (!reader.members(known, values)) return undefined
  if (cut >= 0) {
    const rest = type.fields.slice(cut)
    const least = rest.reduce((n, x) => n + x.kind.least, 0)
    if (end - reader.at >= least && !reader.members(rest, values)) return undefined
  }
  outcome.next = reader.at
  outcome.field = ''
  return values
}

const failed = Symbol('failed')

class Reader {
  at: number
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #end: number
  readonly #outcome: Outcome

  constructor(bytes: Uint8Array, view: DataView, at: number, end: number, outcome: Outcome) {
    this.#bytes = bytes
    this.#view = view
    this.at = at
    this.#end = end
    this.#outcome = outcome
  }

  members(fields: readonly Field[], into: Fields): boolean {
    for (const field of fields) {
      const value = this.#value(field.kind, field.name)
      if (value === failed) return false
      into[field.name] = value
    }
    return true
  }

  #take(size: number): number {
    const at = this.at
    this.at += size
    return at
  }

  #value(kind: Kind, name: string): unknown {
    const view = this.#view
    if (kind.kind !== 'struct' && this.at + kind.least > this.#end) {
      // A length, count or type word that does not fit is a short field of 4 bytes.
      this.#outcome.short(name, this.at, kind.size ?? 4, this.#end)
      if (kind.kind !== 'union' || this.at + 4 > this.#end) return failed
    }
    switch (kind.kind) {
      case 'u32':
        return view.getUint32(this.#take(4))
      case 'i32':
        return view.getInt32(this.#take(4))
      case 'u64':
        return view.getBigUint64(this.#take(8))
      case 'f32':
        return view.getFloat32(this.#take(4))
      case 'f64':
        return view.getFloat64(this.#take(8))
      case 'mac':
        return this.#copy(this.#take(8), 6)
      case 'ipv4':
        return this.#copy(this.#take(4), 4)
      case 'ipv6':
        return this.#copy(this.#take(16), 16)
      case 'fixed':
        return this.#copy(this.#take(kind.size!), fixedLength(kind))
      case 'opaque':
      case 'string':
        return this.#counted(kind.kind, name)
      case 'address':
        return this.#address(name)
      case 'struct': {
        const values: Fields = {}
        return this.members(kind.fields!, values) ? values : failed
      }
      case 'array':
        return this.#array(kind, name)
      case 'union':
        return this.#union(kind, name)
      case 'records':
        return this.#records(name)
    }
  }

  #copy(at: number, length: number): Uint8Array {
    return this.#bytes.slice(at, at + length)
  }

  #counted(kind: 'opaque' | 'string', name: string): unknown {
    const at = this.at
    const length = this.#view.getUint32(at)
    if (length > this.#end - at - 4) {
      this.#outcome.long(name, at, length, this.#end)
      return failed
    }
    // The padding of the last field may be missing (0:1037 of some agents).
    this.at = Math.min(this.#end, at + 4 + ((length + 3) & ~3))
    return kind === 'opaque' ? this.#copy(at + 4, length) : decodeText(this.#bytes, at + 4, length)
  }

  #address(name: string): Address | typeof failed {
    const at = this.at
    const type = this.#view.getUint32(at)
    if (type > 2) {
      this.#outcome.arm(name, at, type, '0 (unknown), 1 (IPv4) or 2 (IPv6)')
      return failed
    }
    const length = type === 1 ? 4 : type === 2 ? 16 : 0
    if (at + 4 + length > this.#end) {
      this.#outcome.short(name, at, 4 + length, this.#end)
      return failed
    }
    this.at = at + 4 + length
    return { type: type as 0 | 1 | 2, bytes: this.#copy(at + 4, length) }
  }

  #array(kind: Kind, name: string): unknown {
    const at = this.at
    const count = this.#view.getUint32(at)
    const of = kind.of!
    if (count * of.least > this.#end - at - 4) {
      this.#outcome.count(name, at, count, of.least, this.#end)
      return failed
    }
    this.at = at + 4
    const items: unknown[] = []
    for (let i = 0; i < count; i++) {
      const item = this.#value(of, name)
      if (item === failed) return failed
      items.push(item)
    }
    return items
  }

  #union(kind: Kind, name: string): unknown {
    const at = this.at
    const type = this.#view.getUint32(at)
    const arm = kind.arms!.get(type)
    if (arm === undefined) {
      this.#outcome.arm(name, at, type, armList(kind))
      return failed
    }
    this.at = at + 4
    const value = this.#value(arm, name)
    return value === failed ? failed : { type, value }
  }

  #records(name: string): NestedRecord[] | typeof failed {
    const at = this.at
    const count = this.#view.getUint32(at)
    if (count * 8 > this.#end - at - 4) {
      this.#outcome.count(name, at, count, 8, this.#end)
      return failed
    }
    this.at = at + 4
    const items: NestedRecord[] = []
    for (let i = 0; i < count; i++) {
      const here = this.at
      if (here + 8 > this.#end) {
        this.#outcome.short(name, here, 8, this.#end)
        return failed
      }
      const tag = this.#view.getUint32(here)
      const length = this.#view.getUint32(here + 4)
      if (length > this.#end - here - 8) {
        this.#outcome.long(name, here + 4, length, this.#end)
        return failed
      }
      items.push({ tag, bytes: this.#copy(here + 8, length) })
      this.at = Math.min(this.#end, here + 8 + ((length + 3) & ~3))
    }
    return items
  }
}

/** `0, 1 or 4`: the discriminants of a union. */
export function armList(kind: Kind): string {
  return [...kind.arms!.keys()].join(', ')
}

const surrogates = 0xdc00
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Text of UTF-8 bytes; a byte b that is no UTF-8 becomes the lone surrogate U+DC00 + b (which UTF-8 itself can't
 * hold), so that encodeText gives the same bytes again.
 */
export function decodeText(bytes: Uint8Array, at: number, length: number): string {
  const end = at + length
  let text = ''
  let from = at
  for (let i = at; i < end; ) {
    const n = utf8SequenceLength(bytes, i, end)
    if (n === 0) {
      text += decoder.decode(bytes.subarray(from, i)) + String.fromCharCode(surrogates + bytes[i]!)
      from = ++i
    } else {
      i += n
    }
  }
  return text + decoder.decode(bytes.subarray(from, end))
}

const encoder = new TextEncoder()

/** Bytes of a text from decodeText, or of any text (a lone surrogate that stands for no byte becomes U+FFFD). */
export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text)
  const out: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= 0xdc80 && code <= 0xdcff) out.push(code - surrogates)
    else out.push(...encoder.encode(character))
  }
  return Uint8Array.from(out)
}
