// Owns short ways to declare attributes that are one field of a layer or record. Knows no protocol.
// The area files (ethernet.ts, ip.ts ...) are written with these. Start at fromLayer.

import type { RecordType } from '../wire/record.ts'
import type { Area, Attribute, Value } from './attribute.ts'
import { layerFieldNamed, layerValue } from './layer-value.ts'
import { fieldOf, recordValue, type Unknown } from './record-value.ts'
import type { Scope } from './scope.ts'

export interface Options {
  readonly aliases?: readonly string[]
  readonly doc?: string
  readonly unit?: string | undefined
}

/** An attribute with an emitter of its own. */
export function attribute(
  area: Area,
  name: string,
  doc: string,
  emit: Attribute['emit'],
  options: Partial<Pick<Attribute, 'aliases' | 'unit' | 'generic' | 'layered'>> = {},
): Attribute {
  const { aliases = [], unit, generic = false, layered = false } = options
  return { area, name, doc, emit, aliases, unit, generic, layered }
}

/**
 * A field of a packet layer, by its Wireshark name.
 * @param change gives another form or adds another source; without it the Wireshark name is an alias
 */
export function fromLayer(
  area: Area,
  name: string,
  field: string,
  options: Options & {
    readonly change?: (scope: Scope, value: Value, nth: number) => Value
    readonly alias?: boolean
  } = {},
): Attribute {
  const known = layerFieldNamed(field)
  if (known === undefined) throw new RangeError(`${name}: no layer has a field ${field}`)
  const { change, alias = change === undefined, aliases = [], doc = known.doc, unit = known.unit } = options
  return attribute(
    area,
    name,
    doc,
    (scope, nth) => {
      const value = layerValue(scope, field, nth)
      return change === undefined ? value : change(scope, value, nth)
    },
    { aliases: alias ? [field, ...aliases] : aliases, unit, layered: true },
  )
}

interface RecordOptions extends Options {
  readonly unknown?: Unknown
  readonly change?: (scope: Scope, value: Value) => Value
}

function fromRecord(
  read: (scope: Scope, type: RecordType) => string,
  area: Area,
  name: string,
  type: RecordType,
  fieldName: string,
  options: RecordOptions,
): Attribute {
  const field = fieldOf(type, fieldName)
  const { aliases = [], doc = field.doc, unit = field.unit, unknown, change } = options
  return attribute(
    area,
    name,
    doc,
    (scope) => {
      const value = recordValue(scope, read(scope, type), type, fieldName, unknown)
      return change === undefined ? value : change(scope, value)
    },
    { aliases, unit },
  )
}

/** A field of a flow record, by the specification's name. */
export function fromFlow(
  area: Area,
  name: string,
  type: RecordType,
  field: string,
  options: RecordOptions = {},
): Attribute {
  return fromRecord((scope, record) => scope.flowRecord(record), area, name, type, field, options)
}

/** A field of a counter record. All ones is "not known" in every counter record (sflow_version_5.txt, "if_counters"). */
export function fromCounter(
  area: Area,
  name: string,
  type: RecordType,
  field: string,
  options: RecordOptions = {},
): Attribute {
  return fromRecord((scope, record) => scope.counterRecord(record), area, name, type, field, {
    unknown: 'all ones',
    ...options,
  })
}
