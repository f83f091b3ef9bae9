// Owns where the layers lie at the point of the filter that is being compiled: vlan, mpls, pppoes and geneve move what
// stands behind them. Loads and compares relative to layers. Knows no protocol's meaning. Start at Layers.

import { and, type Condition, no, not, yes } from './condition.ts'
import { type Link, links, unknownLink } from './links.ts'
import { type JumpName, MEMORY_WORDS } from './opcodes.ts'
import type { Place } from './problem.ts'
import { type Value, Values, type Variable } from './value.ts'

/** Bytes from the packet's beginning, plus what `index` has. */
export interface Offset {
  readonly index: Variable | undefined
  readonly constant: number
}

/** What offsets count from. `bare` is the network layer of a link without SNAP, `llc` the link's payload as such. */
export type From = 'link' | 'type' | 'llc' | 'network' | 'bare' | 'ipv4 payload' | 'ipv6 payload'

/** A mask that changes nothing. */
const ALL_BITS = 0xffffffff

/** Throws the error of the place that is being compiled. */
export type Refuse = (message: string, next?: readonly string[]) => never

export class Layers {
  readonly values: Values
  readonly refuse: Refuse
  /** Of the outermost header. */
  readonly outerLink: Link
  readonly outerHeader: Offset
  readonly outerPayload: Offset
  link: Link
  /** Undefined offsets: the link has no such thing. */
  header: Offset
  type: Offset | undefined
  payload: Offset
  network: number
  networkNoSnap: number
  /** Labels of MPLS and tags of VLANs that were asked for so far. */
  labels = 0
  tags = 0
  /** The link header is the one within Geneve, and may be missing: it ends where it begins. */
  inGeneve = false
  /** The expression has parts that libpcap does not look through for being never true. */
  unproven = false
  /** Arithmetic that is impossible, which libpcap finds where it looks through the expression. */
  doubt: { readonly place: Place; readonly message: string } | undefined
  /** Part of the filter that is being compiled. */
  place: Place = { at: 0, length: 1 }
  /** Variables with the length of what stands before a layer, to be set before all else if they are used. */
  readonly #lengths = new Set<Variable>()
  /** Those of them that are. */
  readonly used = new Set<Variable>()
  /** Words of scratch memory that are taken: as many as libpcap would, so that the same is too much. */
  #words = 0
  /** Words that are taken for good. */
  #slots = 0

  constructor(linkType: number, refuse: (place: Place, message: string, next?: readonly string[]) => never) {
    this.refuse = (message, next) => refuse(this.place, message, next)
    this.values = new Values((message) => {
      this.doubt ??= { place: this.place, message }
    })
    this.link = links.get(linkType) ?? unknownLink(linkType)
    this.outerLink = this.link
    const { header, type, payload, network, networkNoSnap } = this.link
    const isWlan = this.link.carries === 'wlan'
    this.header = { index: isWlan && this.link.prefix !== undefined ? this.#late() : undefined, constant: header }
    this.type = type === undefined ? undefined : fixed(type)
    this.payload = { index: isWlan ? this.#late() : undefined, constant: payload }
    this.outerHeader = this.header
    this.outerPayload = this.payload
    this.network = network
    this.networkNoSnap = networkNoSnap
  }

  /** The link that this is inside of now; offsets of its header are to be set by the caller. */
  enterLink(link: Link, header: Offset): void {
    this.link = link
    this.header = header
    this.inGeneve = false
  }

  /** Takes a word of scratch memory, as libpcap does for each number of an expression. */
  takeWord(): void {
    if (this.#words >= MEMORY_WORDS) {
      this.refuse(`this needs more than the ${MEMORY_WORDS} words of memory that a filter has.`, [
        'Split the arithmetic into several comparisons.',
      ])
    }
    this.#words++
  }

  freeWords(count: number): void {
    this.#words -= count
  }

  /** A variable whose word of memory, one of two, is used again by others that are not read at the same time. */
  passing(which: 0 | 1): Variable {
    return this.values.variable(MEMORY_WORDS - 1 - which)
  }

  /** A variable that keeps its word of memory to the end. */
  variable(): Variable {
    this.takeWord()
    return this.values.variable(this.#slots++)
  }

  #late(): Variable {
    const made = this.values.variable(this.#slots++)
    this.#lengths.add(made)
    return made
  }

  #use(index: Variable | undefined): Variable | undefined {
    if (index !== undefined && this.#lengths.has(index) && !this.used.has(index)) {
      this.takeWord()
      this.used.add(index)
    }
    return index
  }

  /** `size` bytes at a place of the packet itself. */
  packet(offset: number, size: number, index?: Value): Value {
    return this.values.load(size, offset, index)
  }

  /** `size` bytes at `offset` of a layer, plus `index`. */
  load(from: From, offset: number, size: number, index?: Value): Value {
    const { values } = this
    switch (from) {
      case 'link':
        return this.#loadAt(this.header, offset, size, index)
      case 'type':
        return this.#loadAt(this.type!, offset, size, index)
      case 'llc':
        return this.#loadAt(this.payload, offset, size, index)
      case 'network':
        return this.#loadAt(this.payload, this.network + offset, size, index)
      case 'bare':
        return this.#loadAt(this.payload, this.networkNoSnap + offset, size, index)
      case 'ipv6 payload':
        return this.#loadAt(this.payload, this.network + 40 + offset, size, index)
      case 'ipv4 payload': {
        const header = this.ipv4HeaderLength()
        const at = index === undefined ? header : values.alu('add', header, index)
        return values.load(size, this.payload.constant + this.network + offset, at)
      }
    }
  }

  /** The length in bytes of the IPv4 header, plus what the payload's index has. */
  ipv4HeaderLength(): Value {
    const { index, constant } = this.payload
    const length = this.values.headerLength(constant + this.network, this.#use(index))
    return index === undefined ? length : this.values.alu('add', length, index)
  }

  #loadAt(base: Offset, offset: number, size: number, index: Value | undefined): Value {
    const { values } = this
    this.#use(base.index)
    let at: Value | undefined = base.index ?? index
    if (base.index !== undefined && index !== undefined) at = values.alu('add', index, base.index)
    return values.load(size, base.constant + offset, at)
  }

  compare(jump: JumpName, left: Value, right: number | Value): Condition {
    const operand = typeof right === 'number' ? this.values.constant(right) : right
    const found = this.values.test(jump, left, operand)
    if ('always' in found) return found.always ? yes : no
    const test: Condition = { kind: 'test', test: found.test }
    return found.negated ? not(test) : test
  }

  /** Whether the bytes are `value`, looking only at the bits of `mask`. */
  equals(from: From, offset: number, size: number, value: number, mask = ALL_BITS): Condition {
    const loaded = this.load(from, offset, size)
    const masked = mask === ALL_BITS ? loaded : this.values.alu('and', loaded, this.values.constant(mask))
    return this.compare('equal', masked, value)
  }

  atLeast(from: From, offset: number, size: number, value: number): Condition {
    return this.compare('atLeast', this.load(from, offset, size), value)
  }

  greater(from: From, offset: number, size: number, value: number): Condition {
    return this.compare('greater', this.load(from, offset, size), value)
  }

  /** Whether the bytes there are these, the last four first. */
  bytes(from: From, offset: number, wanted: readonly number[]): Condition {
    const parts: Condition[] = []
    let end = wanted.length
    while (end > 0) {
      const size = end >= 4 ? 4 : end >= 2 ? 2 : 1
      end -= size
      const value = wanted.slice(end, end + size).reduce((sum, byte) => sum * 256 + byte, 0)
      parts.push(this.equals(from, offset + end, size, value))
    }
    return parts.length === 0 ? yes : and(parts[0]!, ...parts.slice(1))
  }
}

export function fixed(constant: number): Offset {
  return { index: undefined, constant }
}

export function moved(offset: Offset, by: number): Offset {
  return { index: offset.index, constant: offset.constant + by }
}
