// Owns writing values back to XDR bytes, driven by the declaration. Knows no record. Start at XdrWriter.

import { GrowingBuffer } from './growing-buffer.ts'
import { encodeText, type Fields } from './interpret.ts'
import { type Address, type Field, fixedLength, type Kind, type NestedRecord } from './kinds.ts'
import type { RecordType } from './record.ts'

/** A growing buffer of big-endian words; padding is always zero. */
export class XdrWriter extends GrowingBuffer {
  constructor(capacity = 2048) {
    super(capacity)
  }

  u32(value: number): void {
    this.ensure(4)
    this.view.setUint32(this.length, value)
    this.length += 4
  }

  u64(value: bigint): void {
    this.ensure(8)
    this.view.setBigUint64(this.length, value)
    this.length += 8
  }

  f32(value: number): void {
    this.ensure(4)
    this.view.setFloat32(this.length, value)
    this.length += 4
  }

  f64(value: number): void {
    this.ensure(8)
    this.view.setFloat64(this.length, value)
    this.length += 8
  }

  /** The bytes, and zeros up to a multiple of 4. */
  padded(bytes: Uint8Array): void {
    const size = (bytes.length + 3) & ~3
    this.ensure(size)
    this.bytes.set(bytes, this.length)
    this.bytes.fill(0, this.length + bytes.length, this.length + size)
    this.length += size
  }

  /** Length word, bytes, padding. */
  counted(bytes: Uint8Array): void {
    this.u32(bytes.length)
    this.padded(bytes)
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }
}

/** Writes the fields of a record; the optional ones where they are given. */
export function encodeFields(type: Pick<RecordType, 'fields' | 'optionalFrom'>, values: Fields, out: XdrWriter): void {
  let optional = false
  for (const field of type.fields) {
    optional ||= field.name === type.optionalFrom
    if (optional && values[field.name] === undefined) return
    encodeValue(field, field.kind, values[field.name], out)
  }
}

function encodeValue(field: Field, kind: Kind, value: unknown, out: XdrWriter): void {
  switch (kind.kind) {
    case 'u32':
    case 'i32':
      out.u32(value as number)
      return
    case 'u64':
      out.u64(value as bigint)
      return
    case 'f32':
      out.f32(value as number)
      return
    case 'f64':
      out.f64(value as number)
      return
    case 'mac':
    case 'ipv4':
    case 'ipv6':
      out.padded(sized(field, value as Uint8Array, kind.kind === 'mac' ? 6 : kind.size!))
      return
    case 'fixed':
      out.padded(sized(field, value as Uint8Array, fixedLength(kind)))
      return
    case 'opaque':
      out.counted(value as Uint8Array)
      return
    case 'string':
      out.counted(encodeText(value as string))
      return
    case 'address': {
      const address = value as Address
      out.u32(address.type)
      out.append(address.bytes)
      return
    }
    case 'struct':
      encodeFields({ fields: kind.fields! }, value as Fields, out)
      return
    case 'array': {
      const items = value as readonly unknown[]
      out.u32(items.length)
      for (const item of items) encodeValue(field, kind.of!, item, out)
      return
    }
    case 'union': {
      const { type, value: inner } = value as { type: number; value: unknown }
      const arm = kind.arms!.get(type)
      if (arm === undefined) throw new RangeError(`${field.name}: no arm ${type}`)
      out.u32(type)
      encodeValue(field, arm, inner, out)
      return
    }
    case 'records': {
      const items = value as readonly NestedRecord[]
      out.u32(items.length)
      for (const item of items) {
        out.u32(item.tag)
        out.counted(item.bytes)
      }
    }
  }
}

function sized(field: Field, bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length !== size) throw new RangeError(`${field.name}: ${bytes.length} bytes, needed ${size}`)
  return bytes
}
