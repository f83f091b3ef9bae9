// Owns the scan face: compiled readers of the JSON that write.ts makes, straight to XDR bytes. They know only our own
// key order and spacing; anything else is "no", and json.ts reads it. Start at compileScan.

import { build, Code } from './emit.ts'
import type { XdrWriter } from './encode.ts'
import type { Field, Kind } from './kinds.ts'
import type { RecordType } from './record.ts'
import type { Scanner } from './scanner.ts'

/**
 * Reads the members of a JSON object at `q` (behind its brace) and appends their XDR bytes to `out`. There must be
 * SCAN_SLACK readable bytes behind `q`.
 * @returns position behind the last member, or -1 where the text is not as we write it; `out` then holds rubbish
 */
export type Scan = (s: Uint8Array, d: DataView, q: number, out: XdrWriter, S: Scanner) => number

/** Literals are compared 8 bytes at a time without a look at the end of the text. */
export const SCAN_SLACK = 512

/** Compiles the reader of these fields. */
export function compileScan(type: Pick<RecordType, 'name' | 'fields' | 'optionalFrom'>): Scan {
  const emitter = new ScanEmitter()
  emitter.members(type.fields, type.optionalFrom)
  emitter.code.line('return q;')
  return build<Scan>(emitter.code, 's,d,q,out,S', `${type.name}.scan`)
}

/** Compiles a comparison: position behind the literal, or -1. */
export function compileExpect(literal: string): (d: DataView, q: number) => number {
  const emitter = new ScanEmitter()
  emitter.expect(literal)
  emitter.code.line('return q;')
  return build(emitter.code, 'd,q', 'expect')
}

const encoder = new TextEncoder()

class ScanEmitter {
  readonly code = new Code()

  /** Condition under which the text at `q` is not the literal. ASCII is never a NaN pattern, so doubles compare. */
  #differs(literal: string): string {
    const bytes = encoder.encode(literal)
    const view = new DataView(bytes.buffer)
    const tests: string[] = []
    let i = 0
    for (; i + 8 <= bytes.length; i += 8) tests.push(`d.getFloat64(q+${i},true)!==${view.getFloat64(i, true)}`)
    if (i + 4 <= bytes.length) {
      tests.push(`d.getUint32(q+${i},true)!==${view.getUint32(i, true)}`)
      i += 4
    }
    for (; i < bytes.length; i++) tests.push(`d.getUint8(q+${i})!==${bytes[i]}`)
    return tests.join('||')
  }

  expect(literal: string): void {
    this.code.line(`if(${this.#differs(literal)})return -1;q+=${literal.length};`)
  }

  members(fields: readonly Field[], optionalFrom?: string): void {
    for (const [i, field] of fields.entries()) {
      if (field.name === optionalFrom) this.code.line('if(d.getUint8(q)===125)return q;')
      this.expect(`${i === 0 ? '' : ','}"${field.name}":`)
      this.#value(field, field.kind)
    }
  }

  /** A call of the scanner that appends to `out`. */
  #call(method: string): void {
    this.code.line(`q=S.${method}(s,d,q,out);if(q<0)return -1;`)
  }

  #value(field: Field, kind: Kind): void {
    switch (kind.kind) {
      case 'u32':
        this.#call('u32')
        if (field.names !== undefined) {
          const literal = `,"${field.name}_name":"`
          this.code.line(`if(!(${this.#differs(literal)})){q=S.quote(s,q+${literal.length});if(q<0)return -1;}`)
        }
        return
      case 'i32':
      case 'u64':
      case 'mac':
      case 'ipv4':
      case 'ipv6':
      case 'opaque':
      case 'address':
        this.#call(kind.kind)
        return
      case 'f32':
        this.#call('f32')
        return
      case 'fixed':
        this.#call('fixed')
        return
      case 'string': {
        this.#call('string')
        this.code.line(`if(!(${this.#differs(`,"${field.name}_hex":"`)}))return -1;`)
        return
      }
      case 'struct':
        this.expect('{')
        this.members(kind.fields!)
        this.expect('}')
        return
      case 'array':
        this.#array(field, kind.of!)
        return
      default:
        // Unions, nested records and doubles are rare: json.ts reads them.
        this.code.line('if(q>=0)return -1;')
    }
  }

  #array(field: Field, of: Kind): void {
    const { code } = this
    const [at, count] = [code.name('a'), code.name('c')]
    this.expect('[')
    code.line(`const ${at}=out.length;let ${count}=0;out.u32(0);`)
    code.line(`if(d.getUint8(q)===93)q++;else for(;;){`)
    this.#value(field, of)
    code.line(`${count}++;const x=d.getUint8(q++);if(x===93)break;if(x!==44)return -1;}`)
    code.line(`out.view.setUint32(${at},${count});`)
  }
}
