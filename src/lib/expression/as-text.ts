// Owns any value as text of at most 255 bytes: what patterns, concat and comparisons of unlike forms work on. Knows no
// function. Start at asText.

import { KEY_TEXT_BYTES, presence, type Value } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import { type Of, textWriters, ValueWriter } from '../attributes/value-writer.ts'
import * as text from '../wire/text.ts'

export type Text = Of<'text'>

/** Room for a cut text, what writers put behind their end, and the longest value of any other form (hex of a field). */
const BUFFER_BYTES = 2048

const encoder = new TextEncoder()

/** Writers that generated code calls by name. */
const writers = {
  /** At most 255 bytes of text from the network, as they are. */
  writeCut(v: DataView, p: number, source: Uint8Array, at: number, length: number): number {
    const end = p + Math.min(length, KEY_TEXT_BYTES)
    for (let q = p, i = at; q < end; q++, i++) v.setUint8(q, source[i]!)
    return end
  },

  /** At most 255 bytes of a string, not cut inside a character. */
  writeString(v: DataView, p: number, value: string): number {
    const room = new Uint8Array(v.buffer, v.byteOffset + p, KEY_TEXT_BYTES)
    return p + encoder.encodeInto(value, room).written
  },
}

/** Values without quotes and escapes, as they compare. */
class PlainWriter extends ValueWriter {
  protected readonly absent = ''

  override present(value: Value): string {
    switch (value.form) {
      case 'label': {
        const labels = this.scope.code.constant('L', value.labels)
        return `p=writeString(v,p,${labels}.text(${value.value}));`
      }
      case 'port': {
        const labels = this.scope.code.constant('L', value.labels)
        const named = `p=writeString(v,p,${labels}.text(${value.label}));`
        return `if(${value.label}>=0){${named}}else{${this.present(value.otherwise)}}`
      }
      case 'choice':
        return value.arms.map((arm, i) => `if(${value.which}===${i}){${this.present(arm)}}`).join('else ')
      case 'address':
        return value.names === undefined ? super.present(value) : this.#named(value, value.names)
      default:
        return super.present(value)
    }
  }

  #named(value: Of<'address'>, names: NonNullable<Of<'address'>['names']>): string {
    const { kind, view, at } = value
    const known = this.scope.name('n')
    const ask = `${kind}===1?undefined:${this.scope.code.constant('D', names)}.name(${kind},${view},${at})`
    return `const ${known}=${ask};if(${known}!==undefined)p=writeString(v,p,${known});else{${super.present(value)}}`
  }

  protected quoted(statements: string): string {
    return statements
  }

  protected text({ bytes, at, length }: Text): string {
    return `p=writeCut(v,p,${bytes},${at},${length});`
  }

  protected quoteName(name: string): string {
    return name
  }
}

/** Makes the writers known to the code. */
function addWriters(scope: Scope): void {
  for (const [name, value] of Object.entries({ ...text, ...textWriters, ...writers })) {
    scope.code.constants.set(name, value)
  }
}

/** A value as text: itself where it is text. The bytes are valid until the next sample. */
export function asText(scope: Scope, value: Value): Text {
  return value.form === 'text' ? value : joinTexts(scope, [value], '')
}

/** Values as one text with `delimiter` between them; missing where one of them is. */
export function joinTexts(scope: Scope, values: readonly Value[], delimiter: string): Text {
  addWriters(scope)
  const writer = new PlainWriter(scope)
  const buffer = new text.TextBuffer(values.length * BUFFER_BYTES)
  const bytes = scope.code.constant('B', buffer.bytes)
  const view = scope.code.constant('V', buffer.view)
  const length = scope.name('l')
  const between = scope.code.constant('M', encoder.encode(delimiter.slice(0, KEY_TEXT_BYTES)))
  const parts = values
    .map((value) => writer.present(value))
    .join(delimiter === '' ? '' : `p=writeBytes(v,p,${between});`)
  const here = values.map((value) => `(${presence(value)})`).join('&&')
  scope.statement(`let ${length}=-1;if(${here}){const v=${view};let p=0;${parts}${length}=p;}`)
  return { form: 'text', bytes, at: '0', length }
}

/** Constant text as bytes in generated code. */
export function constantText(scope: Scope, value: string): Text {
  const bytes = encoder.encode(value)
  return { form: 'text', bytes: scope.code.constant('B', bytes), at: '0', length: `${bytes.length}` }
}

/** Whether two texts are the same bytes. Called by generated code. */
export function sameBytes(
  a: Uint8Array,
  aAt: number,
  aLength: number,
  b: Uint8Array,
  bAt: number,
  bLength: number,
): boolean {
  if (aLength !== bLength || aLength < 0) return false
  for (let i = 0; i < aLength; i++) if (a[aAt + i] !== b[bAt + i]) return false
  return true
}
