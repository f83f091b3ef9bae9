// Owns matching bytes against a pattern, in time that grows with the text alone: an automaton whose states are made when
// they are met and kept, so no pattern can hang the program. Knows no grammar (java.ts). Start at Pattern.test.

import { utf8SequenceLength } from '../../wire/json-text.ts'
import { type CharacterSet, LAST_CHARACTER } from './characters.ts'
import { type PatternNode, PatternProblem, parsePattern } from './java.ts'

/** Most parts of a pattern with its repeats written out. */
const MOST_PARTS = 10_000
/** States that are kept; then they are forgotten and made anew. */
const MOST_STATES = 1000
const ASCII = 128
const NO_CHARACTER = 0xfffd

/** A part of the pattern: takes a character of a set, or leads on without one. */
interface Part {
  readonly kind: 'set' | 'both' | 'start' | 'end' | 'match'
  readonly set: CharacterSet
  next: number
  other: number
}

/** A pattern as Java's `String.matches` takes it: the whole text must match. */
export class Pattern {
  readonly text: string
  readonly #parts: Part[] = []
  readonly #first: number
  /** First characters of the classes of characters that no set of the pattern tells apart, ascending. */
  readonly #bounds: Uint32Array
  readonly #asciiClass = new Uint8Array(ASCII)
  readonly #classes: number
  /** By set part: which classes it takes. */
  readonly #takes: (Uint8Array | undefined)[]
  /** State by its parts, and by number: next state by class (-1 not made yet), its parts, whether text may end there. */
  #known = new Map<string, number>()
  #steps: Int32Array[] = []
  #members: (readonly number[])[] = []
  #accepts: boolean[] = []
  #begin = 0

  /** @throws PatternProblem */
  constructor(text: string) {
    this.text = text
    const match = this.#add('match', [], -1, -1)
    this.#first = this.#build(parsePattern(text), match)
    const sets = this.#parts.filter((part) => part.kind === 'set').map((part) => part.set)
    const bounds = new Set([0])
    for (const set of sets) for (let i = 0; i < set.length; i += 2) bounds.add(set[i]!).add(set[i + 1]! + 1)
    this.#bounds = Uint32Array.from([...bounds].filter((x) => x <= LAST_CHARACTER).sort((a, b) => a - b))
    this.#classes = this.#bounds.length
    if (this.#classes > 255) throw new PatternProblem('the pattern tells too many characters apart', 0, text.length)
    for (let c = 0; c < ASCII; c++) this.#asciiClass[c] = this.#classOf(c)
    this.#takes = this.#parts.map((part) => (part.kind === 'set' ? this.#classesOf(part.set) : undefined))
    this.#forget()
  }

  /** Whether `length` bytes from `at` match; bytes that are no UTF-8 count as U+FFFD. */
  test(bytes: Uint8Array, at: number, length: number): boolean {
    let state = this.#begin
    const end = at + length
    for (let i = at; i < end; ) {
      let c = bytes[i]!
      let kind: number
      if (c < ASCII) {
        i++
        kind = this.#asciiClass[c]!
      } else {
        const n = utf8SequenceLength(bytes, i, end)
        c = n === 0 ? NO_CHARACTER : decode(bytes, i, n)
        i += n === 0 ? 1 : n
        kind = this.#classOf(c)
      }
      const next = this.#steps[state]![kind]!
      state = next >= 0 ? next : this.#make(state, kind)
      if (this.#members[state]!.length === 0) return false
    }
    return this.#accepts[state]!
  }

  #add(kind: Part['kind'], set: CharacterSet, next: number, other: number): number {
    if (this.#parts.length >= MOST_PARTS) throw new PatternProblem('the pattern is too big', 0, this.text.length)
    return this.#parts.push({ kind, set, next, other }) - 1
  }

  /** Adds the parts of a node that lead to `next`. @returns where they begin */
  #build(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.#add('set', node.set, next, -1)
      case 'start':
      case 'end':
        return this.#add(node.kind, [], next, -1)
      case 'sequence':
        return node.parts.reduceRight((then, part) => this.#build(part, then), next)
      case 'either':
        return node.parts.map((part) => this.#build(part, next)).reduceRight((b, a) => this.#add('both', [], a, b))
      case 'repeat':
        return this.#repeat(node, next)
    }
  }

  #repeat({ part, min, max }: Extract<PatternNode, { kind: 'repeat' }>, next: number): number {
    let from = next
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.#add('both', [], -1, next)
      this.#parts[loop]!.next = this.#build(part, loop)
      from = loop
    } else {
      for (let i = min; i < max; i++) from = this.#add('both', [], this.#build(part, from), next)
    }
    for (let i = 0; i < min; i++) from = this.#build(part, from)
    return from
  }

  #classesOf(set: CharacterSet): Uint8Array {
    const takes = new Uint8Array(this.#classes)
    for (let i = 0; i < set.length; i += 2) {
      for (let k = this.#classOf(set[i]!); k < this.#classes && this.#bounds[k]! <= set[i + 1]!; k++) takes[k] = 1
    }
    return takes
  }

  #classOf(c: number): number {
    let low = 0
    let high = this.#classes - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#bounds[middle]! <= c) low = middle
      else high = middle - 1
    }
    return low
  }

  #forget(): void {
    this.#known = new Map()
    this.#steps = []
    this.#members = []
    this.#accepts = []
    this.#begin = this.#state(this.#reach([this.#first], true, false), true)
  }

  #make(state: number, kind: number): number {
    const after: number[] = []
    for (const member of this.#members[state]!) {
      if (this.#takes[member]?.[kind] === 1) after.push(this.#parts[member]!.next)
    }
    const reached = this.#reach(after, false, false)
    if (this.#steps.length >= MOST_STATES) {
      this.#forget()
      return this.#state(reached)
    }
    const next = this.#state(reached)
    this.#steps[state]![kind] = next
    return next
  }

  #state(members: readonly number[], atStart = false): number {
    const key = `${atStart ? '^' : ''}${members.join()}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const made = this.#steps.length
    this.#known.set(key, made)
    this.#steps.push(new Int32Array(this.#classes).fill(-1))
    this.#members.push(members)
    const atEnd = this.#reach(members, atStart, true)
    this.#accepts.push(atEnd.some((part) => this.#parts[part]!.kind === 'match'))
    return made
  }

  /** Parts that are reached without a character, those that wait for one or for the end; in order of number. */
  #reach(from: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const seen = new Set<number>()
    const waiting: number[] = []
    const open = [...from]
    while (open.length > 0) {
      const at = open.pop()!
      if (seen.has(at)) continue
      seen.add(at)
      const part = this.#parts[at]!
      if (part.kind === 'both') open.push(part.other, part.next)
      else if ((part.kind === 'start' && atStart) || (part.kind === 'end' && atEnd)) open.push(part.next)
      else if (part.kind !== 'start') waiting.push(at)
    }
    return waiting.sort((a, b) => a - b)
  }
}

function decode(bytes: Uint8Array, i: number, n: number): number {
  let c = bytes[i]! & (n === 2 ? 0x1f : n === 3 ? 0x0f : 0x07)
  for (let k = 1; k < n; k++) c = (c << 6) | (bytes[i + k]! & 0x3f)
  return c
}
