// Owns looking up attributes by the names people give, and what is said of a name that is none. Start at findAttribute.

import { InputError } from '../errors.ts'
import { MAX_LAYERS } from '../packet/packet.ts'
import { nearestNames } from '../parse/nearest.ts'
import { type Attribute, type Storage, storageOf, typeName } from './attribute.ts'
import { layerFieldNamed, layerFieldNames, layerValue } from './layer-value.ts'
import { Scope } from './scope.ts'
import { attributes, attributesByName } from './table.ts'

/** An attribute as it was asked for. */
export interface Found {
  /** As given: the name, an alias, or a Wireshark field; with its suffix. */
  readonly name: string
  readonly attribute: Attribute
  /** Which layer of its kind, from 0, the outermost. */
  readonly nth: number
}

/**
 * The attribute of a name: sFlow-RT's or ours, an alias, or the Wireshark name of any field of a packet layer; with
 * `.1`, `.2` ... for the second, third layer of its kind. Case counts.
 * @throws InputError with near names; `place` shows where in a longer text the name is
 */
export function findAttribute(name: string, place?: { readonly text: string; readonly at: number }): Found {
  const whole = named(name)
  if (whole !== undefined) return { name, attribute: whole, nth: 0 }
  const suffix = /^(.+)\.([1-9][0-9]{0,2})$/.exec(name)
  if (suffix !== null) {
    const attribute = named(suffix[1]!)
    if (attribute !== undefined) {
      const nth = Number(suffix[2])
      if (!attribute.layered)
        throw problem(`${attribute.name} belongs to no layer, so it takes no .${nth}.`, name, place)
      if (nth >= MAX_LAYERS) throw problem(`${name} asks for a layer deeper than ${MAX_LAYERS - 1}.`, name, place)
      return { name, attribute, nth }
    }
  }
  const base = suffix?.[1] ?? name
  const instead = notOne.get(base)
  if (instead !== undefined) throw problem(`"${base}" is no attribute here: write ${instead}.`, name, place)
  const near = nearestNames(base, knownNames()).map((x) => (suffix === null ? x : `${x}.${suffix[2]}`))
  const last = near.pop()
  const meant = last === undefined ? '' : ` Did you mean ${near.length > 0 ? `${near.join(', ')} or ` : ''}${last}?`
  throw problem(`"${name}" is no attribute.${meant}`, name, place)
}

/**
 * The attributes of a list, which is shown with a mark under the first wrong one.
 * @throws InputError
 */
export function findAttributes(names: readonly string[]): Found[] {
  const text = names.join(',')
  let at = 0
  return names.map((name) => {
    const found = findAttribute(name, { text, at })
    at += name.length + 1
    return found
  })
}

const sides = (a: string, b: string) => `${a}=X|${b}=X in a filter, or either one as a key`
/** What Wireshark's filters have and one attribute can't say: fields of either side, and protocols. */
const notOne: ReadonlyMap<string, string> = new Map([
  ['ip.addr', sides('ip.src', 'ip.dst')],
  ['ipv6.addr', sides('ipv6.src', 'ipv6.dst')],
  ['eth.addr', sides('eth.src', 'eth.dst')],
  ['tcp.port', sides('tcp.srcport', 'tcp.dstport')],
  ['udp.port', sides('udp.srcport', 'udp.dstport')],
  ['sflow.agent', 'agent'],
  ['tcp', 'proto=tcp in a filter'],
  ['udp', 'proto=udp in a filter'],
])

function problem(message: string, name: string, place: { readonly text: string; readonly at: number } | undefined) {
  const shown = place === undefined || place.text === name ? '' : `\n  ${place.text}\n  ${mark(place.at, name.length)}`
  return new InputError(message + shown, ['sonde decode --list-fields shows them all.'])
}

const mark = (at: number, length: number) => ' '.repeat(at) + '^'.repeat(Math.max(1, length))

function named(name: string): Attribute | undefined {
  const known = attributesByName.get(name)
  if (known !== undefined) return known
  const field = layerFieldNamed(name)
  if (field === undefined) return undefined
  return {
    name,
    aliases: [],
    // Not in the table, so under no heading of the documentation.
    area: 'sample',
    unit: field.unit,
    doc: field.doc,
    generic: false,
    layered: true,
    emit: (scope, nth) => layerValue(scope, name, nth),
  }
}

/** sFlow-RT's names first: where two are equally near, they are the ones that were meant. */
function knownNames(): Set<string> {
  return new Set([...attributesByName.keys(), ...layerFieldNames()])
}

/** What documentation says of an attribute. */
export interface Description {
  readonly attribute: Attribute
  /** As people call it: `number`, `IPv4`, `2 bits`. */
  readonly type: string
  /** How a flow key keeps it. */
  readonly storage: Storage
  /** What it is read from: `packet`, `flow record 0:1003`. */
  readonly needs: readonly string[]
}

export function describeAttribute(attribute: Attribute): Description {
  const scope = new Scope()
  const value = attribute.emit(scope, 0)
  return { attribute, type: typeName(value), storage: storageOf(value), needs: [...scope.needs] }
}

/** All attributes, by area, for --list-fields and the documentation. Wireshark's names come on top. */
export function listAttributes(): Description[] {
  return attributes.map(describeAttribute)
}
