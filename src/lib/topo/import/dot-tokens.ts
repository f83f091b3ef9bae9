// Owns the words of Graphviz's DOT language. See import.ts for the folder. Start at DotTokens.

import { InputError } from '../../errors.ts'

export interface DotToken {
  /** `id` for names; else the sign itself: { } [ ] ; , = : -- -> */
  readonly kind: string
  /** Of an id: its text, quotes and escapes taken away. */
  readonly text: string
  readonly quoted: boolean
  readonly line: number
}

/** Longer texts are no names; a file of one such line would else be copied again and again. */
const LONGEST_ID = 65_536

const plain = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|-?(?:\.\d+|\d+(?:\.\d*)?)/y
const space = /[ \t\r\f\v\ufeff]+/y

/**
 * Reads one token after another, with one looked ahead.
 * @see graphviz.org, "DOT Language": IDs, comments, lines that begin with # are passed over
 */
export class DotTokens {
  readonly #text: string
  readonly #what: string
  #at = 0
  #line = 1
  #ahead: DotToken | undefined

  constructor(text: string, what: string) {
    this.#text = text
    this.#what = what
  }

  /** The next token, which stays; undefined at the end. */
  peek(): DotToken | undefined {
    this.#ahead ??= this.#read()
    return this.#ahead
  }

  next(): DotToken | undefined {
    const token = this.peek()
    this.#ahead = undefined
    return token
  }

  /** Takes the next token if it is of that kind. */
  take(kind: string): DotToken | undefined {
    return this.peek()?.kind === kind ? this.next() : undefined
  }

  fail(problem: string, token = this.peek()): never {
    const found = token === undefined ? 'at its end' : `line ${token.line}, at "${token.text || token.kind}"`
    throw new InputError(`${this.#what} is no DOT that can be read: ${found}: ${problem}.`)
  }

  #read(): DotToken | undefined {
    this.#skip()
    const text = this.#text
    if (this.#at >= text.length) return undefined
    const c = text[this.#at]!
    const line = this.#line
    if (c === '"') return { kind: 'id', text: this.#quoted(), quoted: true, line }
    if (c === '<') return { kind: 'id', text: this.#html(), quoted: true, line }
    plain.lastIndex = this.#at
    const word = plain.exec(text)?.[0]
    if (word !== undefined && !(c === '-' && word.length === 1)) {
      this.#at += word.length
      return { kind: 'id', text: this.#checked(word), quoted: false, line }
    }
    const two = text.slice(this.#at, this.#at + 2)
    const sign = two === '--' || two === '->' ? two : c
    this.#at += sign.length
    if (!'{}[];,=:+'.includes(sign) && sign.length === 1) {
      this.fail('this character can not stand here', { kind: sign, text: sign, quoted: false, line })
    }
    return { kind: sign, text: '', quoted: false, line }
  }

  /** Space, comments, and lines that begin with #. */
  #skip(): void {
    const text = this.#text
    for (;;) {
      space.lastIndex = this.#at
      const blank = space.exec(text)
      if (blank !== null) this.#at += blank[0].length
      const c = text[this.#at]
      if (c === '\n') {
        this.#line++
        this.#at++
      } else if (c === '#' || (c === '/' && text[this.#at + 1] === '/')) {
        const end = text.indexOf('\n', this.#at)
        this.#at = end < 0 ? text.length : end
      } else if (c === '/' && text[this.#at + 1] === '*') {
        const end = text.indexOf('*/', this.#at + 2)
        if (end < 0) this.fail('a comment is not closed', { kind: '/*', text: '/*', quoted: false, line: this.#line })
        this.#countLines(this.#at, end)
        this.#at = end + 2
      } else return
    }
  }

  /** Quoted texts may be joined by +. A backslash keeps its letter but before a quote, and a line break behind it goes. */
  #quoted(): string {
    let whole = ''
    for (;;) {
      const from = this.#at + 1
      let at = from
      while (at < this.#text.length && this.#text[at] !== '"') at += this.#text[at] === '\\' ? 2 : 1
      if (at >= this.#text.length) {
        this.fail('a quoted text is not closed', { kind: '"', text: '"', quoted: false, line: this.#line })
      }
      this.#countLines(from, at)
      whole += this.#checked(this.#text.slice(from, at))
        .replace(/\\\r?\n/g, '')
        .replaceAll('\\"', '"')
      this.#at = at + 1
      const [back, backLine] = [this.#at, this.#line]
      this.#skip()
      if (this.#text[this.#at] === '+') {
        this.#at++
        this.#skip()
        if (this.#text[this.#at] === '"' && whole.length <= LONGEST_ID) continue
        this.fail('needed a quoted text after +')
      }
      this.#at = back
      this.#line = backLine
      return whole
    }
  }

  /** `<...>` with brackets in each other. */
  #html(): string {
    const from = this.#at
    let depth = 0
    for (let at = from; at < this.#text.length; at++) {
      const c = this.#text[at]
      if (c === '<') depth++
      else if (c === '>' && --depth === 0) {
        this.#countLines(from, at)
        this.#at = at + 1
        return this.#checked(this.#text.slice(from, at + 1))
      }
    }
    this.fail('an HTML text is not closed', { kind: '<', text: '<', quoted: false, line: this.#line })
  }

  #checked(text: string): string {
    if (text.length <= LONGEST_ID) return text
    this.fail(`a text has ${text.length} characters, at most ${LONGEST_ID} are read`, {
      kind: 'id',
      text: `${text.slice(0, 20)}…`,
      quoted: true,
      line: this.#line,
    })
  }

  #countLines(from: number, to: number): void {
    for (let at = this.#text.indexOf('\n', from); at >= 0 && at < to; at = this.#text.indexOf('\n', at + 1))
      this.#line++
  }
}
