// Owns frames of IEEE 802.11: how long their headers are, what stands before them, addresses. Start at behindPrefix.

import { and, type Condition, not, or, yes } from './condition.ts'
import type { Layers } from './layers.ts'
import type { Direction } from './syntax.ts'
import type { Value, Variable } from './value.ts'

// Bits of the first byte of frame control (IEEE 802.11-2020 section 9.2.4.1); the type is in two of them.
const IS_DATA = 0x08
const IS_CONTROL = 0x04
const IS_QOS = 0x80
const TYPE = 0x0c
const SUBTYPE = 0xf0
const SUBTYPE_CTS = 0xc0
const SUBTYPE_ACK = 0xd0
// Bits of its second byte.
const TO_DS = 0x01
const FROM_DS = 0x02

function bit(layers: Layers, offset: 0 | 1, mask: number): Condition {
  return layers.compare('anyBit', layers.load('link', offset, 1), mask)
}

/** Whether it is a data frame, which alone carries packets. */
export function isWlanData(layers: Layers): Condition {
  return and(not(bit(layers, 0, IS_CONTROL)), bit(layers, 0, IS_DATA))
}

/** Whether bits of frame control have a value. @param offset of the byte of frame control */
export function wlanFrame(layers: Layers, offset: 0 | 1, value: number, mask: number): Condition {
  const { link } = layers
  if (link.carries !== 'wlan' || link.prefix === 'ppi')
    layers.refuse(`${link.name} has no frames of 802.11 to ask for.`)
  return layers.equals('link', offset, 1, value, mask)
}

/** A MAC address in the place that frame control says, or in one of the four. */
export function wlanHost(layers: Layers, address: readonly number[], direction: Direction | undefined): Condition {
  const at = (offset: number) => layers.bytes('link', offset, address)
  const isNoControl = () => not(layers.equals('link', 0, 1, IS_CONTROL, TYPE))
  /** Not the control frames that have no second address. */
  const hasSecond = () => {
    const isNot = (subtype: number) => not(layers.equals('link', 0, 1, subtype, SUBTYPE))
    return or(isNoControl(), and(isNot(SUBTYPE_CTS), isNot(SUBTYPE_ACK)))
  }
  switch (direction) {
    case 'src':
      return wlanSource(layers, at)
    case 'dst':
      return wlanDestination(layers, at)
    case 'both':
      return and(wlanSource(layers, at), wlanDestination(layers, at))
    case undefined:
    case 'either':
      return or(wlanSource(layers, at), wlanDestination(layers, at))
    case 'addr1':
      return at(4)
    case 'addr2':
      return and(hasSecond(), at(10))
    case 'addr3':
      return and(isNoControl(), at(16))
    case 'addr4':
      return and(layers.equals('link', 1, 1, TO_DS | FROM_DS, TO_DS | FROM_DS), at(24))
    case 'ra':
      return and(bit(layers, 0, IS_DATA), at(4))
    case 'ta':
      return and(bit(layers, 0, IS_DATA), hasSecond(), at(10))
  }
}

type At = (offset: number) => Condition

/** Management frames have the source in the second address; data frames where their direction says. */
function wlanSource(layers: Layers, at: At): Condition {
  const toDs = () => bit(layers, 1, TO_DS)
  const fromDs = () => bit(layers, 1, FROM_DS)
  const distributed = or(and(not(toDs()), at(16)), and(toDs(), at(24)))
  const data = or(and(not(fromDs()), at(10)), and(fromDs(), distributed))
  return ofTypes(layers, at(10), data)
}

function wlanDestination(layers: Layers, at: At): Condition {
  const toDs = () => bit(layers, 1, TO_DS)
  return ofTypes(layers, at(4), or(and(not(toDs()), at(4)), and(toDs(), at(16))))
}

/** Of management and data frames; control frames have no such address. */
function ofTypes(layers: Layers, management: Condition, data: Condition): Condition {
  const isData = () => bit(layers, 0, IS_DATA)
  return and(not(bit(layers, 0, IS_CONTROL)), or(and(not(isData()), management), and(isData(), data)))
}

/** Whether the destination is a group. */
export function wlanMulticast(layers: Layers): Condition {
  return wlanDestination(layers, (offset) => layers.compare('anyBit', layers.load('link', offset, 1), 1))
}

/** The condition behind what sets the lengths of headers that it uses. */
export function behindPrefix(layers: Layers, condition: Condition): Condition {
  const { outerLink, outerHeader, outerPayload, used } = layers
  if (outerLink.carries !== 'wlan') return condition
  const usesPayload = outerPayload.index !== undefined && used.has(outerPayload.index)
  const usesHeader = outerHeader.index !== undefined && (usesPayload || used.has(outerHeader.index))
  let all = condition
  if (usesPayload || outerLink.prefix === 'prism') layers.unproven = true
  if (usesPayload) {
    all = and(payloadOffset(layers, outerHeader.index, outerPayload.index!), all)
  }
  if (usesHeader) all = and(prefixLength(layers, outerHeader.index!), all)
  // Packets of another link may have this prefix.
  const PPI_WLAN = 105 << 24
  const isPpi = layers.link.prefix === 'ppi'
  return isPpi ? and(layers.compare('equal', layers.packet(4, 4), PPI_WLAN), all) : all
}

/** Sets the variable to the length of what stands before the header of 802.11. */
function prefixLength(layers: Layers, variable: Variable): Condition {
  const { values } = layers
  const set = (value: Value): Condition => ({ kind: 'assign', variable, value })
  const word = (offset: number) => layers.packet(offset, 4)
  switch (layers.outerLink.prefix) {
    case 'avs':
      return set(word(4))
    case 'prism': {
      // Such captures may have AVS headers, which begin with a magic number; Prism's has a fixed length.
      const magic = values.alu('and', word(0), values.constant(0xfffff000))
      return or(and(layers.compare('equal', magic, 0x80211000), set(word(4))), set(values.constant(144)))
    }
    default: {
      // Both have it in two bytes, little-endian.
      const high = values.alu('shiftLeft', layers.packet(3, 1), values.constant(8))
      return set(values.alu('or', layers.packet(2, 1), high))
    }
  }
}

// Bits of radiotap's first word as it lies there, little-endian. @see radiotap.org/defined-fields
const HAS_TSFT = 0x01000000
const HAS_FLAGS = 0x02000000
const HAS_MORE_WORDS = 0x00000080
/** In its flags: the header of 802.11 is padded to four bytes. */
const IS_PADDED = 0x20

/** Sets the variable to where the payload of a data frame lies; of other frames, which have none, behind their header. */
function payloadOffset(layers: Layers, header: Value | undefined, variable: Variable): Condition {
  const { values } = layers
  const from = header ?? values.constant(0)
  const set = (value: Value): Condition => ({ kind: 'assign', variable, value })
  const plus = (value: Value, by: number) => values.alu('add', value, values.constant(by))
  const any = (value: Value, mask: number) => layers.compare('anyBit', value, mask)
  const control = () => layers.packet(0, 1, from)
  const qos = or(not(any(control(), IS_QOS)), set(plus(variable, 2)))
  let more: Condition = qos
  if (layers.outerLink.prefix === 'radiotap') {
    const present = () => layers.packet(4, 4)
    const padded = (offset: number) => any(layers.packet(offset, 1), IS_PADDED)
    const isPadded = and(
      any(present(), HAS_FLAGS),
      not(any(present(), HAS_MORE_WORDS)),
      or(and(any(present(), HAS_TSFT), padded(16)), and(not(any(present(), HAS_TSFT)), padded(8))),
    )
    const rounded = values.alu('and', plus(variable, 3), values.constant(0xfffffffc))
    more = and(qos, or(and(isPadded, set(rounded)), yes))
  }
  const isData = and(any(control(), IS_DATA), not(any(control(), IS_CONTROL)))
  return and(set(plus(from, 24)), or(and(isData, more), yes))
}
