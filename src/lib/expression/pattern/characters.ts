// Owns sets of characters as ranges of code points, and the named ones of Java's Pattern. Knows no grammar.
// Start at CharacterSet.

/** Inclusive ranges, in order, apart from each other: from, to, from, to ... */
export type CharacterSet = readonly number[]

export const LAST_CHARACTER = 0x10ffff

/** Ranges in any order, joined where they meet. */
export function unionOf(...sets: readonly CharacterSet[]): CharacterSet {
  const ranges: [number, number][] = []
  for (const set of sets) for (let i = 0; i < set.length; i += 2) ranges.push([set[i]!, set[i + 1]!])
  ranges.sort((a, b) => a[0] - b[0])
  const joined: number[] = []
  for (const [from, to] of ranges) {
    const last = joined.length - 1
    if (last > 0 && from <= joined[last]! + 1) joined[last] = Math.max(joined[last]!, to)
    else joined.push(from, to)
  }
  return joined
}

export function complementOf(set: CharacterSet): CharacterSet {
  const rest: number[] = []
  let next = 0
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) rest.push(next, set[i]! - 1)
    next = set[i + 1]! + 1
  }
  if (next <= LAST_CHARACTER) rest.push(next, LAST_CHARACTER)
  return rest
}

const CASE_BIT = 0x20

/** With the other case of its ASCII letters: what (?i) does to ASCII. */
export function inAnyCase(set: CharacterSet): CharacterSet {
  const more: number[] = []
  for (let i = 0; i < set.length; i += 2) {
    for (const [first, last, to] of [
      [0x41, 0x5a, CASE_BIT],
      [0x61, 0x7a, -CASE_BIT],
    ] as const) {
      const from = Math.max(set[i]!, first)
      const until = Math.min(set[i + 1]!, last)
      if (from <= until) more.push(from + to, until + to)
    }
  }
  return more.length === 0 ? set : unionOf(set, ...pairs(more))
}

function pairs(flat: readonly number[]): CharacterSet[] {
  const sets: CharacterSet[] = []
  for (let i = 0; i < flat.length; i += 2) sets.push([flat[i]!, flat[i + 1]!])
  return sets
}

/** Ends of line, which a dot does not take (java.util.regex.Pattern, "Line terminators"). */
const lineEnds: CharacterSet = [0x0a, 0x0a, 0x0d, 0x0d, 0x85, 0x85, 0x2028, 0x2029]
export const anyCharacter: CharacterSet = [0, LAST_CHARACTER]
export const anyInLine = complementOf(lineEnds)

const digits: CharacterSet = [0x30, 0x39]
const upper: CharacterSet = [0x41, 0x5a]
const lower: CharacterSet = [0x61, 0x7a]
const punctuation: CharacterSet = [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e]
const spaces: CharacterSet = [0x09, 0x0d, 0x20, 0x20]
const horizontal = unionOf(
  [0x09, 0x09, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000],
)

/** `\d` and the like; upper case is what is not in them. */
export const letterClasses: Readonly<Record<string, CharacterSet>> = {
  d: digits,
  w: unionOf(digits, upper, lower, [0x5f, 0x5f]),
  s: spaces,
  h: horizontal,
  v: [0x0a, 0x0d, 0x85, 0x85, 0x2028, 0x2029],
}

/** `\p{Alpha}` and the like: ASCII only, as in Java without flags. */
export const namedClasses: Readonly<Record<string, CharacterSet>> = {
  Lower: lower,
  Upper: upper,
  ASCII: [0, 0x7f],
  Alpha: unionOf(upper, lower),
  Digit: digits,
  Alnum: unionOf(digits, upper, lower),
  Punct: punctuation,
  Graph: [0x21, 0x7e],
  Print: [0x20, 0x7e],
  Blank: [0x09, 0x09, 0x20, 0x20],
  Cntrl: [0, 0x1f, 0x7f, 0x7f],
  XDigit: unionOf(digits, [0x41, 0x46], [0x61, 0x66]),
  Space: spaces,
}
