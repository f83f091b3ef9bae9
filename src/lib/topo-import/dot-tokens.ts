// Owns the words of the DOT language: names, quoted text, punctuation, with their lines. Knows no graph. See topo-import.ts
// for the folder. Start at DotTokens.next.

import { InputError } from '../errors.ts'

export type TokenKind = 'id' | 'quoted' | 'html' | 'punctuation' | 'end'

const IDENTIFIER = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|-?(?:\.\d+|\d+(?:\.\d*)?)/y
/** What follows a name without a blank, but for an edge's mark. */
const GLUED = /(?!--|->)[\w.-][\w./-]*/y
const BLANKS = /[ \t\r\ufeff]+/y

/**
 * Reads one token after another, each in time linear in its length; `kind`, `text` and `line` are those of the current one.
 * @see https://graphviz.org/doc/info/lang.html; a # begins a comment anywhere, not only in the first column
 */
export class DotTokens {
  kind: TokenKind = 'end'
  /** A name without quotes and with its escapes undone; a punctuation mark, `--` and `->` among them. */
  text = ''
  line = 1
  readonly #source: string
  readonly #what: string
  #at = 0
  #atLine = 1

  constructor(source: string, what: string) {
    this.#source = source
    this.#what = what
    this.next()
  }

  /** Whether the current token can name something. */
  get isId(): boolean {
    return this.kind === 'id' || this.kind === 'quoted' || this.kind === 'html'
  }

  is(punctuation: string): boolean {
    return this.kind === 'punctuation' && this.text === punctuation
  }

  /** Keywords count in any case, and not in quotes. */
  isWord(word: string): boolean {
    return this.kind === 'id' && this.text.length === word.length && this.text.toLowerCase() === word
  }

  /** Passes over a punctuation mark if it is the current token. */
  take(punctuation: string): boolean {
    if (!this.is(punctuation)) return false
    this.next()
    return true
  }

  /** @throws InputError for text or comments that do not end, and characters that DOT does not have */
  next(): void {
    this.#skip()
    const source = this.#source
    this.line = this.#atLine
    const c = source[this.#at]
    if (c === undefined) {
      this.kind = 'end'
      this.text = ''
      return
    }
    if (c === '"') {
      this.kind = 'quoted'
      this.text = this.#joined()
      return
    }
    if (c === '<') {
      this.kind = 'html'
      this.text = this.#html()
      return
    }
    const two = source.slice(this.#at, this.#at + 2)
    const mark = two === '--' || two === '->' ? two : '{}[]=;,:'.includes(c) ? c : undefined
    if (mark !== undefined) {
      this.kind = 'punctuation'
      this.text = mark
      this.#at += mark.length
      return
    }
    IDENTIFIER.lastIndex = this.#at
    const match = IDENTIFIER.exec(source)
    if (match === null) this.fail(`found ${JSON.stringify(c)}, which names have in quotes only: "Ethernet1/1"`)
    this.kind = 'id'
    this.text = match[0]
    this.#at += match[0].length
    this.#refuseGlued()
  }

  fail(problem: string): never {
    throw new InputError(`${this.#what}:${this.line}: ${problem}.`)
  }

  /** `leaf-1` and `swp1.100` are two names each to Graphviz, which nobody means. */
  #refuseGlued(): void {
    GLUED.lastIndex = this.#at
    const glued = GLUED.exec(this.#source)?.[0]
    if (glued === undefined) return
    const name = `${this.text}${glued}`
    this.fail(`found ${name.slice(0, 40)}, which needs quotes: ${JSON.stringify(name.slice(0, 40))}`)
  }

  #skip(): void {
    const source = this.#source
    for (;;) {
      BLANKS.lastIndex = this.#at
      if (BLANKS.test(source)) this.#at = BLANKS.lastIndex
      const c = source[this.#at]
      if (c === '\n') {
        this.#at++
        this.#atLine++
      } else if (c === '#' || source.startsWith('//', this.#at)) {
        const end = source.indexOf('\n', this.#at)
        this.#at = end < 0 ? source.length : end
      } else if (source.startsWith('/*', this.#at)) {
        this.line = this.#atLine
        const end = source.indexOf('*/', this.#at + 2)
        if (end < 0) this.fail('a comment begins with /* and does not end, needed */')
        this.#pass(end + 2)
      } else return
    }
  }

  /** Goes on to `end` and counts the lines between. By hand: a search for the next line end would read on to the end of a long line. */
  #pass(end: number): void {
    const source = this.#source
    for (let at = this.#at; at < end; at++) if (source.charCodeAt(at) === 0x0a) this.#atLine++
    this.#at = end
  }

  /** Text in quotes, and what is joined to it with `+`. */
  #joined(): string {
    const parts = [this.#quoted()]
    for (;;) {
      this.#skip()
      if (this.#source[this.#at] !== '+') break
      this.#at++
      this.#skip()
      if (this.#source[this.#at] !== '"') this.fail('needed text in quotes behind +')
      parts.push(this.#quoted())
    }
    return parts.join('')
  }

  /** `\"` is a quote, a backslash before a line's end joins the lines, any other backslash stays (its meaning is the attribute's). */
  #quoted(): string {
    const source = this.#source
    let end = this.#at + 1
    for (; ; end++) {
      const c = source.charCodeAt(end)
      if (c === 0x22) break
      if (c === 0x5c) end++
      else if (Number.isNaN(c)) this.fail('text begins with " and does not end')
    }
    const inner = source.slice(this.#at + 1, end)
    this.#pass(end + 1)
    return inner.includes('\\') ? inner.replace(/\\(?:"|\r?\n)/g, (found) => (found === '\\"' ? '"' : '')) : inner
  }

  #html(): string {
    const source = this.#source
    const start = this.#at
    let depth = 0
    for (let at = start; at < source.length; at++) {
      const c = source.charCodeAt(at)
      if (c === 0x3c) depth++
      else if (c === 0x3e && --depth === 0) {
        this.#pass(at + 1)
        return source.slice(start + 1, at)
      }
    }
    this.fail('text begins with < and does not end, needed >')
  }
}
