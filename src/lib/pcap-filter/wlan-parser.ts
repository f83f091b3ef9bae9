// Owns the names of IEEE 802.11 frames in filters: types, subtypes, directions. Start at readWlan.

import { wlanDirections, wlanSubtypes, wlanTypes } from './words.ts'

const TYPE_MASK = 0x0c
const SUBTYPE_MASK = 0xf0

type Value = number | string

/**
 * Type and subtype as bits of frame control and their mask; at least one is given.
 * @param refuse throws, with what is wrong with the last word read
 */
export function readWlan(type: Value | undefined, subtype: Value | undefined, refuse: (message: string) => never) {
  if (type === undefined) {
    const found = wlanSubtypes.find(({ names }) => typeof subtype === 'string' && Object.hasOwn(names, subtype))
    if (found === undefined) return refuse(`'${subtype}' is no subtype of 802.11.`)
    const value = found.type | found.names[subtype!]!
    return { kind: 'wlan', value, mask: TYPE_MASK | SUBTYPE_MASK } as const
  }
  const typeValue = typeof type === 'number' ? type : Object.hasOwn(wlanTypes, type) ? wlanTypes[type]! : -1
  if ((typeValue & ~TYPE_MASK) !== 0) return refuse(`'${type}' is no type of 802.11; there are mgt, ctl and data.`)
  if (subtype === undefined) return { kind: 'wlan', value: typeValue, mask: TYPE_MASK } as const
  const names = wlanSubtypes.find((x) => x.type === typeValue)?.names ?? {}
  const value = typeof subtype === 'number' ? subtype : Object.hasOwn(names, subtype) ? names[subtype]! : -1
  if ((value & ~SUBTYPE_MASK) !== 0) {
    return refuse(`'${subtype}' is no subtype of this type; there are ${Object.keys(names).join(', ')}.`)
  }
  return { kind: 'wlan', value: typeValue | value, mask: TYPE_MASK | SUBTYPE_MASK } as const
}

/** To DS and From DS. @param refuse as of readWlan */
export function readWlanDirection(direction: Value, refuse: (message: string) => never) {
  if (typeof direction === 'number') return { kind: 'wlan direction', value: direction } as const
  const value = Object.hasOwn(wlanDirections, direction) ? wlanDirections[direction] : undefined
  if (value === undefined) return refuse(`'${direction}' is no direction; there are nods, tods, fromds and dstods.`)
  return { kind: 'wlan direction', value } as const
}
