// Owns reading a declared field of a packet layer in generated code, by its Wireshark name. Knows no protocol.
// Start at layerValue.

import { type FieldExpression, fieldExpression } from '../packet/field-code.ts'
import { type FieldSink, Key } from '../packet/field-sink.ts'
import type { LayerType } from '../packet/layer.ts'
import { layerTypes } from '../packet/layers.ts'
import type { NameTable } from '../wire/name-table.ts'
import type { Value } from './attribute.ts'
import { CaptureSink } from './capture-sink.ts'
import { either } from './combine.ts'
import type { LayerPlace, Scope } from './scope.ts'

interface VariableField {
  readonly layers: readonly LayerType[]
  readonly number: boolean
  readonly doc: string
}

/** Fields that no constant declaration can say (options, names), by name. */
const variable: ReadonlyMap<string, VariableField> = index()

function index(): ReadonlyMap<string, VariableField> {
  const found = new Map<string, { layers: LayerType[]; number: boolean; doc: string }>()
  for (const layer of layerTypes) {
    for (const { name, type, doc } of layer.variable) {
      const known = found.get(name)
      if (known === undefined) found.set(name, { layers: [layer], number: type === 'number', doc })
      else known.layers.push(layer)
    }
  }
  return found
}

/** What the layers say of a field of this name, or undefined where none declares it. */
export function layerFieldNamed(
  name: string,
): { readonly doc: string; readonly unit: string | undefined; readonly names: NameTable | undefined } | undefined {
  const declared = fieldExpression(name)[0]?.field
  if (declared !== undefined) return declared
  const field = variable.get(name)
  return field === undefined ? undefined : { doc: field.doc, unit: undefined, names: undefined }
}

/** Names of all fields of all layers. */
export function layerFieldNames(): string[] {
  return [...layerTypes.flatMap((layer) => layer.fields.map((x) => x.name)), ...variable.keys()]
}

/**
 * Emits reading the field in the `nth` layer (from 0, the outermost) that has it.
 * @throws RangeError where no layer declares the name
 */
export function layerValue(scope: Scope, name: string, nth: number): Value {
  const expressions = fieldExpression(name)
  if (expressions.length === 0) return variableValue(scope, name, nth)
  // Layers that read the field alike (UDP and UDP-Lite) are one: whichever comes first counts.
  const alike = new Map<string, { readonly layers: number[]; readonly how: FieldExpression }>()
  for (const how of expressions) {
    const key = `${how.when}?${how.type}:${how.code}`
    const group = alike.get(key)
    if (group === undefined) alike.set(key, { layers: [how.layer], how })
    else group.layers.push(how.layer)
  }
  return [...alike.values()]
    .map(({ layers, how }) => fieldValue(scope, scope.layer(layers, nth), how))
    .reduce((a, b) => either(scope, a, b))
}

function fieldValue(scope: Scope, place: LayerPlace, { type, size, code, when }: FieldExpression): Value {
  // The expressions are of `o` (offset of the layer) and `l` (its limit).
  const here = (text: string) => text.replace(/\bo\b/g, place.at).replace(/\bl\b/g, place.limit)
  const get = (value: string, otherwise: string) => scope.local(`${place.at}>=0&&${here(when)}?${value}:${otherwise}`)
  switch (type) {
    case 'u8':
    case 'u16':
    case 'u24':
    case 'u32':
      return { form: 'number', value: get(here(code), '-1') }
    case 'bool':
      return { form: 'bool', value: get(`${here(code)}?1:0`, '-1') }
    case 'u64': {
      const at = get(here(code), '-1')
      return {
        form: 'u64',
        hi: scope.local(`${at}>=0?d.getUint32(${at}):-1`),
        lo: scope.local(`${at}>=0?d.getUint32(${at}+4):0`),
      }
    }
    case 'mac':
      return { form: 'mac', at: get(here(code), '-1'), colons: true }
    case 'ipv4':
    case 'ipv6':
      return { form: type, at: get(here(code), '-1') }
    case 'bytes':
      return { form: 'hex', at: get(here(code), '-1'), length: size }
  }
}

/** A field that the layer hands out itself: as a number, or as the text that NDJSON would have, lists with spaces. */
function variableValue(scope: Scope, name: string, nth: number): Value {
  const field = variable.get(name)
  if (field === undefined) throw new RangeError(`no layer has a field ${name}`)
  const place = scope.layer(
    field.layers.map((x) => x.id),
    nth,
  )
  const visits: Record<number, (view: DataView, at: number, limit: number, sink: FieldSink) => void> = {}
  for (const layer of field.layers) if (layer.visit !== undefined) visits[layer.id] = layer.visit
  const sink = scope.code.constant('S', new CaptureSink(new Key(name)))
  const visit = scope.code.constant('V', visits)
  const here = scope.local(
    `${place.at}>=0?(${sink}.start(s,d),${visit}[${place.id}](d,${place.at},${place.limit},${sink}),${sink}.found):0`,
  )
  if (field.number) return { form: 'number', value: scope.local(`${here}?${sink}.value:-1`) }
  return {
    form: 'text',
    bytes: `${sink}.text.bytes`,
    at: '0',
    length: scope.local(`${here}?${sink}.text.length:-1`),
  }
}
