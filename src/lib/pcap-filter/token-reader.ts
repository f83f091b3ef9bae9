// Owns looking at tokens one after another, and the error at one of them. Knows signs, not rules. Start at TokenReader.

import { nearestNames } from '../parse/nearest.ts'
import { readTokens, type Token } from './lexer.ts'
import type { FilterText, Place } from './problem.ts'
import { keywords } from './words.ts'

/** Parentheses within parentheses; also keeps the parser's stack small. */
const MOST_NESTED = 500

/** The tokens of one filter and where among them the parser is. */
export class TokenReader {
  protected readonly source: FilterText
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(source: FilterText) {
    this.source = source
    this.#tokens = readTokens(source)
  }

  protected get token(): Token {
    return this.peek(0)
  }

  protected get last(): Token {
    return this.#tokens[Math.max(0, this.#at - 1)]!
  }

  protected peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!
  }

  protected next(): Token {
    const token = this.token
    if (token.kind !== 'end') this.#at++
    return token
  }

  protected is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.text === text && (token.kind === 'keyword' || token.kind === 'sign')
  }

  protected take(text: string): boolean {
    if (!this.is(text)) return false
    this.#at++
    return true
  }

  /** The closing sign; `open` is where it was opened. */
  protected close(text: string, open: Place): void {
    if (this.take(text)) return
    if (this.token.kind === 'end') throw this.source.problem(open, `what is opened here is not closed with '${text}'.`)
    this.unexpected(`'${text}', 'and' or 'or'`)
  }

  protected number(what: string): number {
    const token = this.token
    if (token.kind !== 'number') this.unexpected(what)
    this.#at++
    return token.value
  }

  /** Runs `parse` one level deeper. */
  protected nested<T>(parse: () => T): T {
    if (++this.#depth > MOST_NESTED) this.fail(this.last, `parentheses are nested more than ${MOST_NESTED} deep.`)
    const parsed = parse()
    this.#depth--
    return parsed
  }

  protected fail(place: Place, message: string, next: readonly string[] = []): never {
    throw this.source.problem(place, message, next)
  }

  /** The error of a token that does not fit; `needed` says what would. */
  protected unexpected(needed: string, next: readonly string[] = []): never {
    const { token } = this
    if (token.kind === 'end') {
      const message = token.at === 0 ? `there is nothing; needed: ${needed}.` : `it ends too early; needed: ${needed}.`
      this.fail(token, message, next)
    }
    const meant = token.kind === 'name' ? nearestNames(token.text, keywords, 1) : []
    const advice = meant.length > 0 ? [`Did you mean '${meant[0]}'?`] : []
    this.fail(token, `'${token.text}' does not fit here; needed: ${needed}.`, [...advice, ...next])
  }
}
