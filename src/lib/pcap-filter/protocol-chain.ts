// Owns protochain: a protocol anywhere in the chain of an IP packet's headers. Start at hasInChain.

import { and, type Condition, not, or } from './condition.ts'
import type { Layers } from './layers.ts'
import { carries } from './link-test.ts'
import { ether, ipNumbers } from './numbers.ts'
import type { Protocol } from './syntax.ts'
import type { Value } from './value.ts'

/**
 * Headers that are looked through, at most: programs without loops can be loaded into a kernel, and the 128 bytes that
 * it looks at have no more than eleven extension headers behind an IPv6 header.
 */
const MOST_HEADERS = 12

const extensions = [ipNumbers.hopByHop, ipNumbers.destinationOptions, ipNumbers.routing, ipNumbers.fragment]

/** Whether a header of the packet, or what it carries, has this protocol number. */
export function hasInChain(layers: Layers, number: number, within: Protocol | undefined): Condition {
  if (within === undefined) return or(hasInChain(layers, number, 'ip'), hasInChain(layers, number, 'ip6'))
  if (within !== 'ip' && within !== 'ip6')
    layers.refuse(`'${within} protochain' does not exist; ip and ip6 have chains.`)
  if (layers.payload.index !== undefined)
    layers.refuse('headers before this one have no fixed length: protochain cannot look behind them.')
  layers.unproven = true
  layers.takeWord()
  layers.freeWords(1)
  const first = layers.load('network', within === 'ip' ? 9 : 6, 1)
  const offset = within === 'ip' ? layers.ipv4HeaderLength() : layers.values.constant(40)
  return and(carries(layers, ether[within]), follow(layers, number, within, first, offset, MOST_HEADERS))
}

/**
 * @param protocol what the header at `offset` behind the network header's beginning is
 * @param left headers that may still be looked through
 */
function follow(
  layers: Layers,
  number: number,
  within: 'ip' | 'ip6',
  protocol: Value,
  offset: Value,
  left: number,
): Condition {
  const is = (what: number) => layers.compare('equal', protocol, what)
  if (left === 0) return is(number)
  const { values } = layers
  const next = layers.passing(0)
  const behind = layers.passing(1)
  const setNext: Condition = { kind: 'assign', variable: next, value: layers.load('network', 0, 1, offset) }
  const length = layers.load('network', 1, 1, offset)
  const scaled = (plus: number, by: number) =>
    values.alu('multiply', values.alu('add', length, values.constant(plus)), values.constant(by))
  // Counted from the network header's beginning, not from the authentication header: so does libpcap, whose results are the measure.
  const authentication = and(is(ipNumbers.ah), setNext, { kind: 'assign', variable: behind, value: scaled(2, 4) })
  let header = authentication
  if (within === 'ip6') {
    const [first, ...more] = extensions.map(is)
    const value = values.alu('add', scaled(1, 8), offset)
    header = or(and(or(first!, ...more), setNext, { kind: 'assign', variable: behind, value }), authentication)
  }
  const more = follow(layers, number, within, next, behind, left - 1)
  return or(is(number), and(not(is(ipNumbers.none)), header, more))
}
