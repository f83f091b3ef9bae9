// Owns what a filter computes: numbers, bytes of the packet, arithmetic on them, each kept once, constants folded.
// Knows no protocol and no registers. Start at Values.

import type { AluName, JumpName } from './opcodes.ts'

/** Loaded once and then read as often as needed; `slot` is where in scratch memory it lies. */
export interface Variable {
  readonly id: number
  readonly kind: 'variable'
  readonly slot: number
}

/** A number of 32 bits. Two that are the same are the same object. */
export type Value =
  | { readonly id: number; readonly kind: 'constant'; readonly value: number }
  | { readonly id: number; readonly kind: 'length' }
  /** `size` bytes at `offset` + index; a packet that is too short is rejected. */
  | {
      readonly id: number
      readonly kind: 'load'
      readonly size: number
      readonly offset: number
      readonly index: Value | undefined
    }
  | {
      readonly id: number
      readonly kind: 'alu'
      readonly operator: AluName
      readonly left: Value
      readonly right: Value
    }
  | { readonly id: number; readonly kind: 'negate'; readonly of: Value }
  | Variable

/** A comparison that one jump makes. Two that are the same are the same object. */
export interface Test {
  readonly id: number
  readonly jump: JumpName
  readonly left: Value
  readonly right: Value
}

/** @param doubt told that arithmetic is impossible, for the reason given */
export class Values {
  readonly #kept = new Map<string, { readonly id: number }>()
  readonly #doubt: (message: string) => void
  #ids = 0

  constructor(doubt: (message: string) => void) {
    this.#doubt = doubt
  }

  constant(value: number): Value {
    const kept = value >>> 0
    return this.#keep(`#${kept}`, (id) => ({ id, kind: 'constant', value: kept }))
  }

  length(): Value {
    return this.#keep('len', (id) => ({ id, kind: 'length' }))
  }

  /** A new variable; there are as many slots as scratch memory has words. */
  variable(slot: number): Variable {
    return { id: this.#ids++, kind: 'variable', slot }
  }

  /** Offsets wrap at 32 bits, as libpcap's do when it adds constants. */
  load(size: number, offset: number, index?: Value): Value {
    if (index?.kind === 'constant') return this.load(size, offset + index.value)
    // The length of a header is at most 60: adding to it cannot wrap, so that the sum needs no instruction.
    if (
      index?.kind === 'alu' &&
      index.operator === 'add' &&
      index.right.kind === 'constant' &&
      isHeaderLength(index.left)
    ) {
      return this.load(size, offset + index.right.value, index.left)
    }
    const at = offset >>> 0
    return this.#keep(`[${size} ${at} ${index?.id}`, (id) => ({ id, kind: 'load', size, offset: at, index }))
  }

  /** The length in bytes of the IPv4 header at `offset` + index. */
  headerLength(offset: number, index: Value | undefined): Value {
    const nibble = this.alu('and', this.load(1, offset, index), this.constant(15))
    return this.alu('shiftLeft', nibble, this.constant(2))
  }

  negate(of: Value): Value {
    if (of.kind === 'constant') return this.constant(-of.value)
    return this.#keep(`neg ${of.id}`, (id) => ({ id, kind: 'negate', of }))
  }

  alu(operator: AluName, left: Value, right: Value): Value {
    if (right.kind === 'constant') {
      const simpler = this.#withConstant(operator, left, right.value)
      if (simpler !== undefined) return simpler
    } else if (left.kind === 'constant' && left.value === 0) {
      if (operator === 'add' || operator === 'or' || operator === 'xor') return right
      if (operator !== 'subtract') return left
    }
    return this.#keep(`${operator} ${left.id} ${right.id}`, (id) => ({ id, kind: 'alu', operator, left, right }))
  }

  #withConstant(operator: AluName, left: Value, right: number): Value | undefined {
    if (right === 0 && (operator === 'divide' || operator === 'modulo')) {
      this.#doubt('it divides by zero.')
      // As a division by zero does while packets are looked at: behind every packet's end, it rejects them.
      return this.load(1, 0xffffffff)
    }
    if (left.kind === 'constant') return this.constant(calculate(operator, left.value, right))
    if (right > 31 && (operator === 'shiftLeft' || operator === 'shiftRight')) {
      this.#doubt(`it shifts by ${right}; numbers have 32 bits, so that 31 is the most.`)
      return this.constant(0)
    }
    if (right !== 0) return undefined
    if (operator === 'multiply' || operator === 'and') return this.constant(0)
    return operator === 'subtract' ? undefined : left
  }

  /** A comparison, simplified; a truth where it is the same for every packet. */
  test(jump: JumpName, left: Value, right: Value): Comparison {
    if (right.kind === 'constant') {
      if (left.kind === 'constant') return { always: compare(jump, left.value, right.value) }
      if (jump === 'equal' && left.kind === 'alu') {
        if (left.operator === 'subtract' && left.right.kind === 'constant') {
          return this.test('equal', left.left, this.constant(right.value + left.right.value))
        }
        if (left.operator === 'subtract' && right.value === 0) return this.test('equal', left.left, left.right)
        if (left.operator === 'and' && left.right.kind === 'constant' && right.value === 0) {
          return { test: this.#test('anyBit', left.left, left.right), negated: true }
        }
      }
      if (jump === 'anyBit' && right.value === 0) return { always: false }
    }
    return { test: this.#test(jump, left, right), negated: false }
  }

  #test(jump: JumpName, left: Value, right: Value): Test {
    return this.#keep(`${jump}? ${left.id} ${right.id}`, (id) => ({ id, jump, left, right }))
  }

  #keep<T extends { readonly id: number }>(key: string, make: (id: number) => T): T {
    const kept = this.#kept.get(key)
    // A key begins with what makes the kind.
    if (kept !== undefined) return kept as T
    const made = make(this.#ids++)
    this.#kept.set(key, made)
    return made
  }
}

/** What is left of a comparison once it is simplified. */
export type Comparison = { readonly always: boolean } | { readonly test: Test; readonly negated: boolean }

/** Whether it is 4 * (packet[k] & 15), which one instruction loads into X. */
export function isHeaderLength(value: Value): boolean {
  return headerOffset(value) !== undefined
}

/** The k of 4 * (packet[k] & 15). */
export function headerOffset(value: Value): number | undefined {
  if (value.kind !== 'alu' || value.operator !== 'shiftLeft') return undefined
  const { left, right } = value
  if (right.kind !== 'constant' || right.value !== 2 || left.kind !== 'alu' || left.operator !== 'and') return undefined
  if (left.right.kind !== 'constant' || left.right.value !== 15) return undefined
  const byte = left.left
  return byte.kind === 'load' && byte.size === 1 && byte.index === undefined ? byte.offset : undefined
}

/** Arithmetic of 32 bits without sign. `right` is not 0 for divide and modulo. */
export function calculate(operator: AluName, left: number, right: number): number {
  switch (operator) {
    case 'add':
      return (left + right) >>> 0
    case 'subtract':
      return (left - right) >>> 0
    case 'multiply':
      return Math.imul(left, right) >>> 0
    case 'divide':
      return Math.floor(left / right)
    case 'modulo':
      return left % right
    case 'and':
      return (left & right) >>> 0
    case 'or':
      return (left | right) >>> 0
    case 'xor':
      return (left ^ right) >>> 0
    case 'shiftLeft':
      return right > 31 ? 0 : (left << right) >>> 0
    case 'shiftRight':
      return right > 31 ? 0 : left >>> right
  }
}

/** What a jump finds. */
export function compare(jump: JumpName, left: number, right: number): boolean {
  switch (jump) {
    case 'equal':
      return left === right
    case 'greater':
      return left > right
    case 'atLeast':
      return left >= right
    case 'anyBit':
      return (left & right) !== 0
  }
}
