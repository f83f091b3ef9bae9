// Owns conditions as text: `lost > 100 & (restarts > 0 | kernel_dropped != null)`, for --dump-when and --fail-if. Knows no
// command: the names come from it. See parse.ts for the folder. Start at parseCondition; numbers are in
// condition-number.ts.

import { InputError } from '../errors.ts'
import { type ConditionUnit, conditionNumber, exampleOf } from './condition-number.ts'
import { didYouMean, editDistance } from './nearest.ts'

/** A name that a condition may use. Lists: `rows[].share` permits `rows[0].share`. */
export interface ConditionName {
  readonly name: string
  readonly unit: ConditionUnit
  /** A line for help and documents. */
  readonly doc: string
  /** The flag without which there is none of it. */
  readonly needs?: string
}

/** A comparison that was true. */
export interface Reason {
  /** As the user wrote it, spaces apart: `lost>100`. */
  readonly text: string
  readonly name: string
  /** What the name had; null is not known. */
  readonly found: number | bigint | null
  /** `found` as the condition is written: in percent where that is, and with the digits that tell it from the number asked for. */
  readonly shown: string
}

export interface Condition {
  /** As the user wrote it. */
  readonly text: string
  /**
   * Whether it is true of an object. What is not there, null or no number is not known: every comparison with a number is
   * then false, `!=` too; `= null` and `!= null` ask for just that. A yes or no is 1 or 0.
   */
  test(of: object): boolean
  /** The comparisons that make it true; none where it is false. */
  reasons(of: object): Reason[]
}

const operators = ['=', '!=', '<', '<=', '>', '>='] as const
type Operator = (typeof operators)[number]

interface Comparison {
  readonly kind: 'comparison'
  readonly text: string
  readonly name: string
  readonly path: readonly string[]
  readonly operator: Operator
  readonly value: number | null
  /** The number was written with %, of a share. */
  readonly inPercent: boolean
}

interface Joined {
  readonly kind: 'all' | 'any'
  readonly parts: readonly Node[]
}

type Node = Comparison | Joined

/** Names that a person reads through; of more the nearest are told. */
const MOST_LISTED = 12

/** Brackets in brackets; nobody writes more by hand. */
const MOST_DEPTH = 100

/**
 * `name OPERATOR number` with `= != < <= > >=`, joined by `&` (binds first) and `|`, with brackets. Numbers take the units
 * that suit their name: `1k`, `5 %`, `2s`, `64KiB`; `null` is what is not known.
 * @param what the flag, such as `--dump-when`
 * @param names what the command offers
 * @throws InputError that shows the place: what was found, what is needed, and which name may have been meant
 */
export function parseCondition(text: string, what: string, names: readonly ConditionName[]): Condition {
  const node = new Parser(text, what, names).parse()
  return {
    text,
    test: (of) => holds(node, of),
    reasons: (of) => (holds(node, of) ? reasonsOf(node, of) : []),
  }
}

function holds(node: Node, of: object): boolean {
  if (node.kind === 'comparison') return compare(node, valueAt(of, node.path))
  if (node.kind === 'all') return node.parts.every((part) => holds(part, of))
  return node.parts.some((part) => holds(part, of))
}

function reasonsOf(node: Node, of: object): Reason[] {
  if (node.kind !== 'comparison') {
    return node.parts.filter((part) => holds(part, of)).flatMap((part) => reasonsOf(part, of))
  }
  const found = valueAt(of, node.path)
  return [{ text: node.text, name: node.name, found, shown: shownAs(node, found) }]
}

/** Digits that are enough for a person, where they do not make it the number that it was compared with. */
const FEW_DIGITS = 4

function shownAs({ value, inPercent }: Comparison, found: number | bigint | null): string {
  if (found === null) return 'not known'
  if (typeof found === 'bigint' || Number.isInteger(found)) return inPercent ? `${Number(found) * 100} %` : `${found}`
  const scale = inPercent ? 100 : 1
  for (let digits = FEW_DIGITS; digits < 17; digits++) {
    const rounded = Number((found * scale).toPrecision(digits))
    const isWhole = Math.abs(found * scale) >= 10 ** digits
    if (!isWhole && (value === null || rounded !== value * scale)) return inPercent ? `${rounded} %` : `${rounded}`
  }
  return inPercent ? `${found * scale} %` : `${found}`
}

function compare({ operator, value }: Comparison, found: number | bigint | null): boolean {
  if (value === null) return operator === '=' ? found === null : found !== null
  if (found === null) return false
  switch (operator) {
    case '=':
      return !(found < value || found > value)
    case '!=':
      return found < value || found > value
    case '<':
      return found < value
    case '<=':
      return found <= value
    case '>':
      return found > value
    case '>=':
      return found >= value
  }
}

function valueAt(of: object, path: readonly string[]): number | bigint | null {
  let value: unknown = of
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && !Number.isNaN(value) ? value : null
}

/** Those that have a word in common with it, then by letters; a misspelled name may be of any length. */
function nearestOf(name: string, names: readonly string[], most: number): string[] {
  const wanted = name.toLowerCase().slice(0, 64)
  const words = wanted.split(/[^a-z]+/).filter((word) => word.length > 2)
  const distance = (one: string) => editDistance(wanted, one) - (words.some((word) => one.includes(word)) ? 100 : 0)
  return [...names].sort((a, b) => distance(a) - distance(b)).slice(0, most)
}

/** Recursive descent over the text, one method a rule. */
class Parser {
  readonly #text: string
  readonly #what: string
  readonly #names: ReadonlyMap<string, ConditionName>
  #at = 0
  #depth = 0

  constructor(text: string, what: string, names: readonly ConditionName[]) {
    this.#text = text
    this.#what = what
    this.#names = new Map(names.map((one) => [one.name, one]))
  }

  parse(): Node {
    const node = this.#any()
    if (this.#at < this.#text.length) {
      const closing = this.#text[this.#at] === ')'
      this.#fail(closing ? 'this bracket was not opened' : 'needed & or |, or the end')
    }
    return node
  }

  #any(): Node {
    return this.#joined('any', '|', () => this.#joined('all', '&', () => this.#one()))
  }

  #joined(kind: Joined['kind'], sign: string, part: () => Node): Node {
    const parts = [part()]
    while (this.#take(sign)) {
      // && and || are what programmers write.
      if (this.#text[this.#at] === sign) this.#at++
      this.#space()
      parts.push(part())
    }
    return parts.length === 1 ? parts[0]! : { kind, parts }
  }

  #one(): Node {
    const from = this.#at
    if (!this.#take('(')) return this.#comparison()
    if (++this.#depth > MOST_DEPTH) this.#fail(`more than ${MOST_DEPTH} brackets in each other`, from, 1)
    const node = this.#any()
    if (!this.#take(')')) {
      this.#fail(
        this.#at < this.#text.length
          ? 'needed & or |, or ) for the bracket that is open'
          : 'a bracket that was opened is not closed: needed )',
      )
    }
    this.#depth--
    return node
  }

  #comparison(): Comparison {
    const from = this.#at
    const known = this.#name()
    const name = this.#text.slice(from, this.#at).trimEnd()
    const operator = this.#operator(name)
    const numberAt = this.#at
    const value = this.#value(known, operator)
    const inPercent = known.unit === 'share' && this.#text.slice(numberAt, this.#at).includes('%')
    const text = this.#text.slice(from, this.#at).replace(/\s+/g, '')
    return {
      kind: 'comparison',
      text,
      name,
      path: name.split(/[.[\]]+/).filter((x) => x !== ''),
      operator,
      value,
      inPercent,
    }
  }

  #name(): ConditionName {
    const from = this.#at
    const name = this.#match(/[A-Za-z_]\w*(?:\[\d+\]|\.[A-Za-z_]\w*)*/y)
    if (name === undefined) this.#fail(`needed a name, such as ${[...this.#names.keys()][0]?.replaceAll('[]', '[0]')}`)
    const known = this.#names.get(name.replace(/\[\d+\]/g, '[]'))
    if (known === undefined) {
      const listed = this.#offered()
      const meant = didYouMean(name, listed)
      const near = listed.length > MOST_LISTED ? nearestOf(name, listed, MOST_LISTED) : listed
      const more = listed.length - near.length
      this.#fail(`there is no such name here.${meant ? ` ${meant}` : ''}`, from, name.length, [
        more > 0 ? `Near it: ${near.join(', ')}; and ${more} more.` : `Names: ${near.join(', ')}.`,
      ])
    }
    if (known.needs !== undefined)
      this.#fail(`there is none without ${known.needs}`, from, name.length, [`Add ${known.needs}.`])
    return known
  }

  /** As a condition has them. */
  #offered(): string[] {
    return [...this.#names.values()]
      .filter(({ needs }) => needs === undefined)
      .map(({ name }) => name.replaceAll('[]', '[0]'))
  }

  #operator(name: string): Operator {
    // The doubled equals sign is taken as one.
    const found = this.#match(/==|!=|<=|>=|=|<|>/y)
    if (found === undefined) this.#fail(`needed one of ${operators.join(' ')} after ${name}`)
    return found === '==' ? '=' : (found as Operator)
  }

  #value({ name, unit }: ConditionName, operator: Operator): number | null {
    const from = this.#at
    if (this.#match(/null\b/y) !== undefined) {
      if (operator !== '=' && operator !== '!=') {
        this.#fail(`null is what is not known, so it has no order: needed = or != before it`, from, 4)
      }
      return null
    }
    const text = this.#match(/[-+]?(?:\d[\w.µμ]*|\.\d[\w.µμ]*)(?:\s*%|\s+[A-Za-zµμ]+)?/y)
    if (text === undefined) this.#fail(`needed a number after ${operator}, such as ${exampleOf(unit)}, or null`)
    const value = conditionNumber(text, unit)
    if (value === undefined) this.#fail(`needed a number for ${name}, such as ${exampleOf(unit)}`, from, text.length)
    if (unit === 'share' && value > 1 && !text.endsWith('%')) {
      this.#fail(`a share goes from 0 to 1: write ${text} % or a number up to 1`, from, text.length)
    }
    return value
  }

  /** Takes what matches here and the space behind it. */
  #match(pattern: RegExp): string | undefined {
    this.#space()
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) return undefined
    this.#at += found.length
    this.#space()
    return found
  }

  #take(sign: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    this.#space()
    return true
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  /** Says what is wrong at a place, with a mark below it. */
  #fail(problem: string, at = this.#at, length = this.#wordAt(at), nextSteps: readonly string[] = []): never {
    const found = this.#text.slice(at, at + length)
    const where = found === '' ? 'at its end' : `at "${found}"`
    // Line breaks and tabs would move the mark.
    const shown = this.#text.replace(/\s/g, ' ')
    const mark = `${' '.repeat(at)}${'^'.repeat(Math.max(1, length))}`
    throw new InputError(`${this.#what} is not understood ${where}: ${problem}\n  ${shown}\n  ${mark}`, nextSteps)
  }

  #wordAt(at: number): number {
    return /^(?:[\w.[\]]+|[=!<>&|]+|.|$)/su.exec(this.#text.slice(at))?.[0].length ?? 0
  }
}
