// Owns the grammar of arithmetic: numbers, bytes of packets, operators. Start at ArithmeticParser.

import type { AluName } from './opcodes.ts'
import { span } from './problem.ts'
import type { Arithmetic } from './syntax.ts'
import { TokenReader } from './token-reader.ts'
import { protocols } from './words.ts'

/**
 * Operators and how tightly they bind. What stands left of % and ^ is always only the operand next to them, and what
 * stands right of them is all that follows: libpcap's grammar gives them no precedence.
 */
const operators: Readonly<Record<string, { readonly name: AluName; readonly binds: number; readonly right: number }>> =
  {
    '|': { name: 'or', binds: 1, right: 2 },
    '&': { name: 'and', binds: 2, right: 3 },
    '<<': { name: 'shiftLeft', binds: 3, right: 4 },
    '>>': { name: 'shiftRight', binds: 3, right: 4 },
    '+': { name: 'add', binds: 4, right: 5 },
    '-': { name: 'subtract', binds: 4, right: 5 },
    '*': { name: 'multiply', binds: 5, right: 6 },
    '/': { name: 'divide', binds: 5, right: 6 },
    '%': { name: 'modulo', binds: 7, right: 0 },
    '^': { name: 'xor', binds: 7, right: 0 },
  }

const NEGATIVE_BINDS = 6

/** Operators in one comparison; keeps the stack small of what walks through them. */
const MOST_OPERATORS = 1000

export class ArithmeticParser extends TokenReader {
  #operators = 0

  /** Called before each comparison. */
  protected startComparison(): void {
    this.#operators = 0
  }

  /** Whether what comes can only be arithmetic. A parenthesis may be either. */
  protected startsArithmetic(): boolean {
    const { token } = this
    if (token.kind === 'number' || this.is('len') || this.is('-')) return true
    return token.kind === 'keyword' && Object.hasOwn(protocols, token.text) && this.is('[', 1)
  }

  protected isOperator(ahead: number): boolean {
    const token = this.peek(ahead)
    return token.kind === 'sign' && Object.hasOwn(operators, token.text)
  }

  protected arithmetic(binds = 0): Arithmetic {
    return this.nested(() => this.moreArithmetic(this.#operand(), binds))
  }

  /** Goes on behind an operand that was read already. */
  protected moreArithmetic(operand: Arithmetic, binds = 0): Arithmetic {
    let left = operand
    for (;;) {
      const sign = this.token
      const operator = sign.kind === 'sign' && Object.hasOwn(operators, sign.text) ? operators[sign.text]! : undefined
      if (operator === undefined || operator.binds < binds) return left
      this.next()
      if (++this.#operators > MOST_OPERATORS)
        this.fail(sign, `there are more than ${MOST_OPERATORS} operators in one comparison.`)
      const right = this.arithmetic(operator.right)
      left = { kind: 'binary', operator: operator.name, left, right, ...span(left, right) }
    }
  }

  #operand(): Arithmetic {
    const from = this.token
    if (from.kind === 'number') {
      this.next()
      return { kind: 'constant', value: from.value, at: from.at, length: from.length }
    }
    if (this.take('len')) return { kind: 'length', at: from.at, length: from.length }
    if (this.take('-')) {
      const of = this.arithmetic(NEGATIVE_BINDS)
      return { kind: 'negative', of, ...span(from, of) }
    }
    if (this.take('(')) {
      const inner = this.arithmetic()
      this.close(')', from)
      return inner
    }
    const protocol = from.kind === 'keyword' && Object.hasOwn(protocols, from.text) ? protocols[from.text]! : undefined
    if (protocol === undefined) this.unexpected('a number, len, or bytes of a packet such as ip[2:2]')
    this.next()
    const open = this.token
    if (!this.take('[')) this.unexpected(`'[', as in ${from.text}[0]`)
    const index = this.arithmetic()
    let size = 1
    if (this.take(':')) {
      size = this.number('1, 2 or 4 bytes')
      if (size !== 1 && size !== 2 && size !== 4)
        this.fail(this.last, `${size} bytes cannot be read at once; 1, 2 or 4 can.`)
    }
    this.close(']', open)
    return { kind: 'load', protocol, index, size, ...span(from, this.last) }
  }
}
