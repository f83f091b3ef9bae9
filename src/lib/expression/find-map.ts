// Owns a user's map as code: values are looked up as numbers where their form has one, else as text. Start at mapValue.

import type { Value } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import { parseAddress } from '../parse/address.ts'
import { formatIp } from '../wire/json.ts'
import { asText } from './as-text.ts'
import { parseMac } from './compare-constant.ts'
import { ConstantLabels } from './constant.ts'

const LOW = 65_536

/** The name that the map gives to a value; missing where it gives none. */
export function mapValue(scope: Scope, value: Value, map: ReadonlyMap<string, string>): Value {
  const names = [...new Set(map.values())]
  const labels = new ConstantLabels(...names)
  const label = new Map(names.map((name, i) => [name, i]))
  const entries = [...map].map(([text, name]) => [text, label.get(name)!] as const)
  const found = numbered(scope, value, entries) ?? asWritten(scope, value, entries)
  return { form: 'label', value: scope.local(found), labels }
}

type Entries = readonly (readonly [string, number])[]

/** Forms that are one number: a look-up without text. */
function numbered(scope: Scope, value: Value, entries: Entries): string | undefined {
  switch (value.form) {
    case 'number':
    case 'bits': {
      const base = value.form === 'bits' ? 2 : 10
      const digits = value.form === 'bits' ? /^[01]+$/ : /^\d+$/
      const numbers = entries
        .filter(([text]) => digits.test(text))
        .map(([text, to]) => [Number.parseInt(text, base), to] as const)
      const numberMap = new Map(numbers)
      return `${scope.code.constant('N', numberMap)}.get(${value.value})??-1`
    }
    case 'mac': {
      const macs = entries.flatMap(([text, to]) => {
        const mac = parseMac(text)
        return mac === undefined ? [] : [[mac.high * LOW + mac.low, to] as const]
      })
      const key = `d.getUint32(${value.at})*${LOW}+d.getUint16(${value.at}+4)`
      return `${value.at}>=0?${scope.code.constant('N', new Map(macs))}.get(${key})??-1:-1`
    }
    case 'ipv4': {
      const addresses = entries.flatMap(([text, to]) => {
        const words = text.includes(':') ? undefined : parseAddress(text)
        return words === undefined ? [] : [[words[3], to] as const]
      })
      return `${value.at}>=0?${scope.code.constant('N', new Map(addresses))}.get(d.getUint32(${value.at}))??-1:-1`
    }
    default:
      return undefined
  }
}

/** As text; addresses of the map in the form in which addresses are written. */
function asWritten(scope: Scope, value: Value, entries: Entries): string {
  const { bytes, at, length } = asText(scope, value)
  const byText = new Map<string, number>()
  for (const [text, to] of entries) {
    byText.set(text, to)
    const words = parseAddress(text)
    const mac = parseMac(text)
    if (words !== undefined) byText.set(formatWords(words, !text.includes(':')), to)
    if (mac !== undefined) byText.set((mac.high * LOW + mac.low).toString(16).toUpperCase().padStart(12, '0'), to)
  }
  const find = scope.code.constant('G', new TextMap(byText))
  return `${length}>=0?${find}.find(${bytes},${at},${length}):-1`
}

function formatWords(words: readonly number[], isV4: boolean): string {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word)
  return formatIp(isV4 ? bytes.subarray(12) : bytes)
}

class TextMap {
  readonly #numbers: ReadonlyMap<string, number>
  readonly #decoder = new TextDecoder()

  constructor(numbers: ReadonlyMap<string, number>) {
    this.#numbers = numbers
  }

  find(bytes: Uint8Array, at: number, length: number): number {
    return this.#numbers.get(this.#decoder.decode(bytes.subarray(at, at + length))) ?? -1
  }
}
