// Owns reading a text character by character: quotes, escapes, spaces, and the error at a place. Knows no grammar.
// Start at Reader.

import type { Source } from './problem.ts'

/** One text and where in it the parser is. */
export class Reader {
  /** The next character. */
  at = 0
  protected readonly source: Source
  protected readonly text: string

  constructor(source: Source) {
    this.source = source
    this.text = source.text
  }

  /** Text up to one of `stops`, a backslash taking the next character as it is; spaces around it are left out, unless it has nothing else. */
  protected raw(stops: string, refused: string): string {
    let text = ''
    let kept = 0
    let leading = ''
    for (; !this.ended() && !stops.includes(this.here()); this.at++) {
      const c = this.here()
      if (c === refused) this.fail("text with a bracket needs quotes: '['.", this.at, 1)
      if (c === '\\') {
        if (this.at + 1 >= this.text.length) this.fail('nothing follows the backslash.', this.at, 1)
        text += this.text[++this.at]!
        kept = text.length
      } else if (c.trim() === '' && text === '') {
        leading += c
      } else {
        text += c
        if (c.trim() !== '') kept = text.length
      }
    }
    return kept === 0 ? leading : text.slice(0, kept)
  }

  /** Text in single quotes; `\'` is a quote. In patterns other backslashes are the pattern's. */
  protected quoted(isPattern: boolean): string {
    const from = this.at++
    let text = ''
    for (; this.here() !== "'"; this.at++) {
      if (this.ended()) this.fail('a quote that was opened is not closed.', from, 1)
      if (this.here() === '\\' && this.at + 1 < this.text.length) {
        this.at++
        if (isPattern && this.here() !== "'") text += '\\'
      }
      text += this.here()
    }
    this.at++
    return text
  }

  protected take(sign: string): boolean {
    this.space()
    if (this.here() !== sign) return false
    this.at++
    return true
  }

  protected here(): string {
    return this.text[this.at] ?? ''
  }

  protected ended(): boolean {
    return this.at >= this.text.length
  }

  protected space(): void {
    while (/\s/.test(this.here())) this.at++
  }

  protected trimmedLength(from: number): number {
    return this.text.slice(from, this.at).trimEnd().length
  }

  protected fail(message: string, at = this.at, length = 1): never {
    throw this.source.problem({ at, length }, message)
  }
}
