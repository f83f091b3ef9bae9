// Owns which of Java's patterns are taken (java.util.regex.Pattern), and their tree. What is not taken is an error that
// names it. Knows no automaton. Start at parsePattern.

import {
  anyCharacter,
  anyInLine,
  type CharacterSet,
  complementOf,
  inAnyCase,
  letterClasses,
  namedClasses,
  unionOf,
} from './characters.ts'

export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence' | 'either'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number }
  /** `^`, `\A`; `$`, `\z`, `\Z`. */
  | { readonly kind: 'start' | 'end' }

/** Of a pattern that is not taken: where in it, and why. */
export class PatternProblem extends Error {
  readonly at: number
  readonly length: number

  constructor(message: string, at: number, length: number) {
    super(message)
    this.at = at
    this.length = length
  }
}

const MOST_DEPTH = 50
const MOST_REPEATS = 1000

/** @throws PatternProblem */
export function parsePattern(text: string): PatternNode {
  return new PatternParser(text).parse()
}

const simpleEscapes: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

/** What stands behind a backslash or `(?` that is not taken, by name. */
const refusedEscapes: Readonly<Record<string, string>> = {
  b: 'a word boundary',
  B: 'a word boundary',
  G: 'the end of the match before',
  k: 'a reference to a group',
  R: 'a line break',
  X: 'a grapheme',
  N: 'a character by its name',
  c: 'a control character',
  0: 'an octal character',
}

class PatternParser {
  readonly #text: string
  #at = 0
  #depth = 0
  #anyCase = false
  #dotTakesAll = false

  constructor(text: string) {
    this.#text = text
  }

  parse(): PatternNode {
    const node = this.#either()
    if (this.#at < this.#text.length) this.#fail('this bracket was not opened', 1)
    return node
  }

  #either(): PatternNode {
    const [anyCase, dotTakesAll] = [this.#anyCase, this.#dotTakesAll]
    const parts = [this.#sequence()]
    while (this.#here() === '|') {
      this.#at++
      parts.push(this.#sequence())
    }
    // A flag holds to the end of its group.
    this.#anyCase = anyCase
    this.#dotTakesAll = dotTakesAll
    return parts.length === 1 ? parts[0]! : { kind: 'either', parts }
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = []
    while (this.#at < this.#text.length && this.#here() !== '|' && this.#here() !== ')') {
      parts.push(...this.#item())
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts }
  }

  /** An atom with what is said of its number; none for flags, several for quoted text. */
  #item(): PatternNode[] {
    const atoms = this.#atom()
    const last = atoms.pop()
    if (last === undefined) return atoms
    return [...atoms, this.#quantified(last)]
  }

  #quantified(part: PatternNode): PatternNode {
    const from = this.#at
    const found = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})/.exec(this.#text.slice(this.#at))
    if (found === null) {
      if (this.#here() === '{') this.#fail('needed {number} or {from,to}', 1)
      return part
    }
    this.#at += found[0].length
    if (this.#here() === '+') this.#fail('a possessive quantifier is not taken', 1)
    // Greedy and reluctant differ in what a group holds, not in whether the whole matches.
    if (this.#here() === '?') this.#at++
    if (/[*+?{]/.test(this.#here())) this.#fail('a quantifier follows a quantifier', 1)
    const [whole, low, comma, high] = found
    if (low === undefined) {
      const min = whole === '+' ? 1 : 0
      return { kind: 'repeat', part, min, max: whole === '?' ? 1 : Number.POSITIVE_INFINITY }
    }
    const min = Number(low)
    const max = comma === undefined ? min : high === '' ? Number.POSITIVE_INFINITY : Number(high)
    const length = this.#at - from
    if (max < min) this.#fail('the smaller number comes first', length, from)
    if (min > MOST_REPEATS || (max > MOST_REPEATS && max !== Number.POSITIVE_INFINITY)) {
      this.#fail(`at most ${MOST_REPEATS} repeats are taken`, length, from)
    }
    return { kind: 'repeat', part, min, max }
  }

  #atom(): PatternNode[] {
    const from = this.#at
    const c = this.#next()
    switch (c) {
      case '.':
        return [{ kind: 'set', set: this.#dotTakesAll ? anyCharacter : anyInLine }]
      case '^':
        return [{ kind: 'start' }]
      case '$':
        return [{ kind: 'end' }]
      case '(':
        return this.#group(from)
      case '[':
        return [{ kind: 'set', set: this.#class(from) }]
      case '\\':
        return this.#escape(from)
      case '*':
      case '+':
      case '?':
      case '{':
        return this.#fail('nothing stands before this quantifier', 1, from)
      default:
        return [this.#literal(c)]
    }
  }

  #literal(c: string): PatternNode {
    return { kind: 'set', set: this.#cased([c.codePointAt(0)!, c.codePointAt(0)!], this.#at - c.length) }
  }

  /** With (?i), Java folds ASCII only; other letters are refused there rather than taken in one case. */
  #cased(set: CharacterSet, at: number): CharacterSet {
    if (!this.#anyCase) return set
    if (set.length === 2 && set[0] === set[1] && set[0]! > 0x7f) {
      this.#fail('with (?i) only ASCII is taken', 1, at)
    }
    return inAnyCase(set)
  }

  #group(from: number): PatternNode[] {
    if (++this.#depth > MOST_DEPTH) this.#fail(`more than ${MOST_DEPTH} groups in each other`, 1, from)
    if (this.#here() === '?') {
      const kind = /^\?(?::|<[A-Za-z]\w*>)/.exec(this.#text.slice(this.#at))
      if (kind === null) return this.#flags(from)
      this.#at += kind[0].length
    }
    const inside = this.#either()
    this.#close(from)
    return [inside]
  }

  #close(from: number): void {
    if (this.#here() !== ')') this.#fail('this bracket is not closed', 1, from)
    this.#at++
    this.#depth--
  }

  /** `(?i)` and `(?i:...)`; the other things that begin with `(?` by name. */
  #flags(from: number): PatternNode[] {
    const rest = this.#text.slice(this.#at)
    const look = /^\?<?[=!]/.exec(rest)?.[0]
    if (look !== undefined) {
      this.#fail(`look-${look.includes('<') ? 'behind' : 'ahead'} is not taken`, look.length + 1, from)
    }
    if (rest.startsWith('?>')) this.#fail('an atomic group is not taken', 3, from)
    const found = /^\?([a-zA-Z]*)(-[a-zA-Z]*)?([:)])/.exec(rest)
    if (found === null) return this.#fail('this kind of group is not known', 2, from)
    const [whole, on = '', off = '', end] = found
    const other = /[^is-]/.exec(on + off)?.[0]
    if (other !== undefined || on + off === '') {
      const what = other === undefined ? 'a group without a flag' : `the flag ${other}`
      this.#fail(`${what} is not taken; the flags i and s are`, whole.length + 1, from)
    }
    const [anyCase, dotTakesAll] = [this.#anyCase, this.#dotTakesAll]
    const set = (flag: string, now: boolean) => (off.includes(flag) ? false : now || on.includes(flag))
    this.#anyCase = set('i', anyCase)
    this.#dotTakesAll = set('s', dotTakesAll)
    this.#at += whole.length
    if (end === ')') {
      this.#depth--
      return []
    }
    const inside = this.#either()
    this.#anyCase = anyCase
    this.#dotTakesAll = dotTakesAll
    this.#close(from)
    return [inside]
  }

  #escape(from: number): PatternNode[] {
    const c = this.#here()
    if (c === 'A') {
      this.#at++
      return [{ kind: 'start' }]
    }
    if (c === 'z' || c === 'Z') {
      this.#at++
      return [{ kind: 'end' }]
    }
    if (c === 'Q') {
      const end = this.#text.indexOf('\\E', this.#at)
      const text = this.#text.slice(this.#at + 1, end < 0 ? this.#text.length : end)
      this.#at = end < 0 ? this.#text.length : end + 2
      return [...text].map((x) => this.#literal(x))
    }
    return [{ kind: 'set', set: this.#escapedSet(from) }]
  }

  /** What a backslash makes in a class or outside; `#at` is behind the backslash at `from`. */
  #escapedSet(from: number): CharacterSet {
    if (this.#at >= this.#text.length) this.#fail('nothing follows the backslash', 1, from)
    const c = this.#next()
    const single = simpleEscapes[c]
    if (single !== undefined) return [single, single]
    const letters = letterClasses[c.toLowerCase()]
    if (letters !== undefined) return c === c.toLowerCase() ? letters : complementOf(letters)
    if (c === 'x' || c === 'u') return this.#hex(c, from)
    if (c === 'p' || c === 'P') return this.#named(c, from)
    if (/[1-9]/.test(c)) this.#fail('a reference to a group is not taken', 2, from)
    if (/[A-Za-z0-9]/.test(c)) {
      const name = refusedEscapes[c]
      this.#fail(name === undefined ? 'this escape is not known' : `${name} is not taken`, 2, from)
    }
    const code = c.codePointAt(0)!
    return this.#cased([code, code], from)
  }

  #hex(c: string, from: number): CharacterSet {
    const pattern = c === 'u' ? /^[0-9A-Fa-f]{4}/ : /^(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]{1,6}\})/
    const found = pattern.exec(this.#text.slice(this.#at))?.[0]
    if (found === undefined) return this.#fail(`needed ${c === 'u' ? 'four' : 'two'} hex digits`, 2, from)
    this.#at += found.length
    const code = Number.parseInt(found.replace(/[{}]/g, ''), 16)
    if (code > 0x10ffff) return this.#fail('there is no such character', this.#at - from, from)
    return this.#cased([code, code], from)
  }

  #named(c: string, from: number): CharacterSet {
    const found = /^\{(\w+)\}/.exec(this.#text.slice(this.#at))
    const set = found === null ? undefined : namedClasses[found[1]!]
    if (found === null || set === undefined) {
      return this.#fail(`of \\${c} only ${Object.keys(namedClasses).join(', ')} in braces are taken`, 2, from)
    }
    this.#at += found[0].length
    return this.#cased(c === 'p' ? set : complementOf(set), from)
  }

  /** `[a-z]`; `#at` is behind the bracket at `from`. */
  #class(from: number): CharacterSet {
    const negated = this.#here() === '^'
    if (negated) this.#at++
    let set: CharacterSet = []
    for (let first = true; this.#here() !== ']' || first; first = false) {
      if (this.#at >= this.#text.length) this.#fail('this [ is not closed', 1, from)
      set = unionOf(set, this.#classItem())
    }
    this.#at++
    return negated ? complementOf(set) : set
  }

  #classItem(): CharacterSet {
    const from = this.#at
    if (this.#here() === '[') this.#fail('a class in a class is not taken', 1)
    if (this.#text.startsWith('&&', from)) this.#fail('an intersection of classes is not taken', 2)
    const low = this.#classCharacter()
    const isRange = this.#here() === '-' && this.#at + 1 < this.#text.length && this.#text[this.#at + 1] !== ']'
    if (!isRange) return this.#cased(low, from)
    this.#at++
    if (this.#here() === '[') this.#fail('a class in a class is not taken', 1)
    const high = this.#classCharacter()
    const length = this.#at - from
    if (low.length !== 2 || low[0] !== low[1] || high.length !== 2 || high[0] !== high[1]) {
      return this.#fail('a range needs a character on either side', length, from)
    }
    if (low[0]! > high[0]!) this.#fail('the range runs backwards', length, from)
    return this.#cased([low[0]!, high[0]!], from)
  }

  #classCharacter(): CharacterSet {
    const from = this.#at
    const c = this.#next()
    if (c === '\\') {
      if (this.#here() === 'Q') this.#fail('quoting in a class is not taken', 2, from)
      return this.#escapedSet(from)
    }
    return [c.codePointAt(0)!, c.codePointAt(0)!]
  }

  /** A whole character, which may be two UTF-16 units. */
  #next(): string {
    const c = String.fromCodePoint(this.#text.codePointAt(this.#at)!)
    this.#at += c.length
    return c
  }

  #here(): string {
    return this.#text[this.#at] ?? ''
  }

  #fail(message: string, length: number, at = this.#at): never {
    throw new PatternProblem(message, at, Math.max(1, length))
  }
}
