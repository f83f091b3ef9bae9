// Owns what values have beyond keys: statistics and shorthands in front. Start at ValueParser; parseValues uses it.

import { KeyParser } from './key-parser.ts'

export class ValueParser extends KeyParser {
  protected override readonly isOfValues = true

  /** Takes `word:` where it stands here, as in `avg:iptotallength`. */
  prefix(words: readonly string[]): string | undefined {
    this.space()
    const found = words.find((word) => this.text.startsWith(`${word}:`, this.at))
    if (found !== undefined) this.at += found.length + 1
    return found
  }

  /** A word that stands for itself up to the next comma: a shorthand. */
  word(words: readonly string[]): string | undefined {
    this.space()
    const found = /^(\w+)\s*(?=,|$)/.exec(this.text.slice(this.at))
    if (found === null || !words.includes(found[1]!)) return undefined
    this.at += found[0].length
    return found[1]
  }
}
