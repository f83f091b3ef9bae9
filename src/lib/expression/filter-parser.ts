// Owns the grammar of filters: text → tree of comparisons. Emits nothing. Start at FilterParser.filter.

import { KeyParser, MOST_DEPTH } from './key-parser.ts'
import { type Comparison, type Condition, type Constant, NULL, operators } from './syntax.ts'

/** Recursive descent over one text, one method a rule: any (|), all (&), a bracket, a comparison. */
export class FilterParser extends KeyParser {
  protected override readonly ends = ',=!~&|()'
  #round = 0

  filter(): Condition {
    this.space()
    if (this.ended()) this.fail('a condition is needed, such as ipprotocol=6.')
    const condition = this.#any()
    if (!this.ended()) {
      this.fail(
        this.here() === ')' ? 'this bracket was not opened.' : 'needed & or | before another condition.',
        this.at,
        1,
      )
    }
    return condition
  }

  #any(): Condition {
    return this.#joined('any', '|', () => this.#joined('all', '&', () => this.#factor()))
  }

  #joined(kind: 'all' | 'any', sign: string, part: () => Condition): Condition {
    const from = this.at
    const parts = [part()]
    while (this.here() === sign) {
      // && and || are what programmers write.
      this.at += this.text[this.at + 1] === sign ? 2 : 1
      parts.push(part())
    }
    return parts.length === 1 ? parts[0]! : { kind, parts, at: from, length: this.at - from }
  }

  #factor(): Condition {
    this.space()
    if (this.here() !== '(') return this.#comparison()
    const from = this.at++
    if (++this.#round > MOST_DEPTH) this.fail(`more than ${MOST_DEPTH} brackets in each other.`, from, 1)
    const inside = this.#any()
    if (this.here() !== ')') {
      if (this.ended()) this.fail('a bracket that was opened is not closed.', from, 1)
      this.fail('needed & or |, or ) for the bracket that is open.', this.at, 1)
    }
    this.at++
    this.#round--
    this.space()
    return inside
  }

  #comparison(): Comparison {
    const from = this.at
    if (this.here() === '!') this.fail('there is no "not": write != or !~ between an attribute and a value.', from, 1)
    if (this.ended() || /[&|)=~,]/.test(this.here())) {
      this.fail('a condition is missing here, such as ipprotocol=6.', from, 1)
    }
    if (/^not\s/i.test(this.text.slice(this.at, this.at + 4))) {
      this.fail('there is no "not": write != or !~ between an attribute and a value.', from, 3)
    }
    const left = this.key()
    this.space()
    const operator = /^(?:!=|!~|==|=|~)/.exec(this.text.slice(this.at))?.[0]
    const name = this.text.slice(from, this.at).trimEnd()
    if (operator === undefined) this.fail(this.#noOperator(name), this.at, 1)
    this.at += operator.length
    if (operator === '=' && this.here() === '~') this.fail('a pattern is asked for with ~ alone.', this.at - 1, 2)
    const sign = operator === '==' ? '=' : operators.find((x) => x === operator)!
    const right: Constant[] = []
    do right.push(sign === '=' || sign === '!=' ? this.#value(sign) : this.#pattern(sign))
    while (this.take(','))
    return { kind: 'comparison', left, operator: sign, right, at: from, length: this.at - from }
  }

  #noOperator(name: string): string {
    const found = this.here()
    if (found === '<' || found === '>') return `there is no ${found}: write range:${name}:FROM:TO=true.`
    if (found === '!') return 'needed != or !~.'
    if (/^in\b/i.test(this.text.slice(this.at))) return `there is no "in": write ${name}=A,B.`
    if (found === ',') return `a list stands on the right: ${name}=A,B.`
    return `needed one of ${operators.join(' ')} after ${name}, such as ${name}!=${NULL} for "is there".`
  }

  #value(sign: string): Constant {
    this.space()
    const from = this.at
    if (this.here() === "'") return this.#quotedConstant(sign)
    if (this.here() === '"') this.fail("quotes are single here: 'text'.", from, 1)
    if ('<>!'.includes(this.here()) && !this.ended()) {
      this.fail(`there is no ${sign}${this.here()}; text that begins so needs quotes.`, from, 1)
    }
    const text = this.raw(',&|()=~', '')
    if (this.here() === '(') this.fail("a value with a bracket needs quotes: 'text'.", this.at, 1)
    if (this.here() === '=' || this.here() === '~') {
      const word = /\s(and|or)\s/i.exec(this.text.slice(from, this.at))
      if (word !== null) {
        const [, said = ''] = word
        const sign = said.toLowerCase() === 'and' ? '&' : '|'
        this.fail(`there is no "${said}": write ${sign} between conditions.`, from + word.index + 1, said.length)
      }
      this.fail("needed & or | before the next condition, or quotes: 'a=b'.", this.at, 1)
    }
    if (text === '') this.fail(this.#noValue(sign), from, 1)
    return { text, quoted: false, at: from, length: this.trimmedLength(from) }
  }

  /** A pattern ends where a value does, but not inside its own brackets. */
  #pattern(sign: string): Constant {
    this.space()
    const from = this.at
    if (this.here() === "'") return this.#quotedConstant(sign)
    const open: number[] = []
    for (; !this.ended(); this.at++) {
      const c = this.here()
      if (c === '\\') this.at++
      else if (c === '[') this.at = this.#classEnd()
      else if (c === '(' || c === '{') open.push(this.at)
      else if ((c === ')' || c === '}') && open.length > 0) open.pop()
      else if (open.length === 0 && ',&|)'.includes(c)) break
    }
    this.at = Math.min(this.at, this.text.length)
    if (open.length > 0) this.fail('a bracket of the pattern is not closed.', open.at(-1)!, 1)
    const length = this.trimmedLength(from)
    if (length === 0) this.fail(this.#noValue(sign), from, 1)
    return { text: this.text.slice(from, from + length), quoted: false, at: from, length }
  }

  /** Position of the `]` that closes a class of a pattern. */
  #classEnd(): number {
    const from = this.at
    let at = from + 1
    if (this.text[at] === '^') at++
    // A ] that comes first is a character (Java's Pattern takes it so).
    if (this.text[at] === ']') at++
    for (; at < this.text.length; at++) {
      if (this.text[at] === '\\') at++
      else if (this.text[at] === ']') return at
    }
    this.fail('a [ of the pattern is not closed.', from, 1)
  }

  #noValue(sign: string): string {
    return `a value is missing after ${this.text[this.at - 1] === ',' ? 'the comma' : sign}.`
  }

  #quotedConstant(sign: string): Constant {
    const from = this.at
    const text = this.quoted(sign === '~' || sign === '!~')
    this.space()
    if (!this.ended() && !',&|)'.includes(this.here())) {
      this.fail('needed , or & or | behind the quoted value.', this.at, 1)
    }
    return { text, quoted: true, at: from, length: this.trimmedLength(from) }
  }
}
