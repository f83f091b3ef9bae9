// Owns comparisons of bytes of packets: ip[2:2] > 576, and the older `byte`. Start at comparison.

import { and, type Condition, not, yes } from './condition.ts'
import type { Layers } from './layers.ts'
import { ipNumbers } from './numbers.ts'
import { isNoLaterFragment } from './ports.ts'
import { isProtocol } from './protocols.ts'
import type { Arithmetic, Comparison, Protocol } from './syntax.ts'
import type { Value } from './value.ts'

/** A number, and what must hold of the packet for it to exist. */
interface Number {
  readonly value: Value
  readonly if: Condition
  /** A constant as it is written, which is looked at before anything is calculated. */
  readonly literal: number | undefined
}

/** Whether a comparison holds; false where the packet does not have the bytes' protocol. */
export function comparison(layers: Layers, operator: Comparison, left: Arithmetic, right: Arithmetic): Condition {
  const a = number(layers, left)
  const b = number(layers, right)
  layers.freeWords(2)
  const [jump, negated] = jumps[operator]
  // As libpcap: the difference is compared with 0, which folds differently from a comparison of the two.
  const found =
    jump === 'equal'
      ? layers.compare('equal', layers.values.alu('subtract', a.value, b.value), 0)
      : layers.compare(jump, a.value, b.value)
  return both(both(a.if, b.if), staying(negated ? not(found) : found))
}

/** The condition as one that keeps its place. */
function staying(found: Condition): Condition {
  if (found.kind === 'not') return not(staying(found.of))
  return found.kind === 'test' ? { ...found, stays: true } : found
}

const jumps = {
  '=': ['equal', false],
  '!=': ['equal', true],
  '>': ['greater', false],
  '<=': ['greater', true],
  '>=': ['atLeast', false],
  '<': ['atLeast', true],
} as const

function both(left: Condition, right: Condition): Condition {
  return left === yes ? right : and(left, right)
}

/** Takes one word of scratch memory, which the caller frees. */
function number(layers: Layers, of: Arithmetic): Number {
  const { values } = layers
  switch (of.kind) {
    case 'constant':
      layers.takeWord()
      return { value: values.constant(of.value), if: yes, literal: of.value }
    case 'length':
      layers.takeWord()
      return { value: values.length(), if: yes, literal: undefined }
    case 'negative': {
      const inner = number(layers, of.of)
      layers.place = of
      return { value: values.negate(inner.value), if: inner.if, literal: inner.literal }
    }
    case 'binary': {
      const left = number(layers, of.left)
      const right = number(layers, of.right)
      layers.place = of
      checkLiteral(layers, of.operator, right.literal)
      layers.freeWords(1)
      const value = values.alu(of.operator, left.value, right.value)
      // What the right operand needs is not asked for: so does libpcap, whose results are the measure.
      return { value, if: left.if, literal: left.literal }
    }
    case 'load': {
      const index = number(layers, of.index)
      layers.place = of
      layers.takeWord()
      layers.freeWords(1)
      const { value, is } = load(layers, of.protocol, index.value, of.size)
      return { value, if: both(index.if, is), literal: index.literal }
    }
  }
}

/** libpcap looks at the first constant of the right side, whatever is done with it. */
function checkLiteral(layers: Layers, operator: string, literal: number | undefined): void {
  if (literal === undefined) return
  if (literal === 0 && (operator === 'divide' || operator === 'modulo')) layers.refuse('it divides by zero.')
  if (literal > 31 && operator.startsWith('shift')) {
    layers.refuse(`it shifts by ${literal}; numbers have 32 bits, so that 31 is the most.`)
  }
}

/** Bytes of a protocol's header, and the condition that the packet has it. */
function load(layers: Layers, protocol: Protocol, index: Value, size: number): { value: Value; is: Condition } {
  switch (protocol) {
    case 'link':
      return { value: layers.load('link', 0, size, index), is: yes }
    case 'ip':
    case 'arp':
    case 'rarp':
    case 'atalk':
    case 'decnet':
    case 'sca':
    case 'lat':
    case 'moprc':
    case 'mopdl':
    case 'ip6':
      return { value: layers.load('network', 0, size, index), is: isProtocol(layers, protocol) }
    case 'sctp':
    case 'tcp':
    case 'udp':
    case 'icmp':
    case 'igmp':
    case 'igrp':
    case 'pim':
    case 'vrrp':
    case 'carp': {
      const is = and(isProtocol(layers, 'ip'), isProtocol(layers, protocol), isNoLaterFragment(layers))
      return { value: layers.load('ipv4 payload', 0, size, index), is }
    }
    case 'icmp6': {
      const is = and(isProtocol(layers, 'ip6'), layers.equals('network', 6, 1, ipNumbers.icmp6))
      return { value: layers.load('ipv6 payload', 0, size, index), is }
    }
    case 'radio':
      if (layers.link.prefix === undefined || layers.link.prefix === 'ppi') {
        layers.refuse(`${layers.link.name} has no radio header.`)
      }
      return { value: layers.packet(0, size, index), is: yes }
    default:
      return layers.refuse(`bytes of ${protocol} cannot be read.`, [
        'Readable are ether, ip, ip6, arp, rarp, tcp, udp, sctp, icmp, icmp6, igmp, igrp, pim, vrrp, carp and link protocols.',
      ])
  }
}

/** `byte N OP VALUE`: a byte of the link's header. */
export function byte(layers: Layers, index: number, operator: string, value: number): Condition {
  const loaded = layers.load('link', index, 1)
  switch (operator) {
    case '=':
      return layers.compare('equal', loaded, value)
    case '>':
      return layers.compare('greater', loaded, value)
    case '<':
      return not(layers.compare('atLeast', loaded, value))
    default: {
      const bits = layers.values.alu(operator === '&' ? 'and' : 'or', loaded, layers.values.constant(value))
      return not(layers.compare('equal', bits, 0))
    }
  }
}
