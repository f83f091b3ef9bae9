// Owns what is summed for each value of a flow, and the code that sums it. Knows no table. Start at planValues.

import { presence, type Value } from '../attributes/attribute.ts'
import type { Scope } from '../attributes/scope.ts'
import {
  emitKey,
  emitNumber,
  type LanguageData,
  type Statistic,
  type ValueExpression,
} from '../expression/expression.ts'
import { keyPart } from './key-words.ts'

/** Columns of every entry: the weights of its samples (1 each but for smoothed windows), there also their squares. */
export const SAMPLES = 0
export const SQUARES = 1

/** One value: its columns from `column` on. */
export interface ValuePlan {
  readonly text: string
  readonly statistic: Statistic
  /**
   * frames: none, its samples are its sum. rate: sum, sum of squares. avg: weights of samples that have it, sum, sum of
   * squares. min, max: itself. count: none, pairs in a Distinct.
   */
  readonly kind: 'frames' | Statistic
  readonly column: number
  /** Index among the values of kind count, or rate. */
  readonly nth: number
  /** Statements that make `locals` of the sample at hand. */
  readonly take: string
  /** Locals that hold the value: numbers (NaN where it is missing) or, for count, 32-bit words. */
  readonly numbers: readonly string[]
  readonly words: readonly string[]
  /** Statements that add these locals to the sums `N` from `c` on; for count, of `owner`. `g` is its weight, `W` the window. */
  readonly add: string
}

export interface ValuePlans {
  readonly values: readonly ValuePlan[]
  readonly columns: number
  /** Columns whose empty value is not 0, with it. */
  readonly empty: readonly (readonly [number, number])[]
  readonly smooth: boolean
}

/** Emits reading the values; `smooth`: samples have weights. */
export function planValues(
  scope: Scope,
  values: readonly ValueExpression[],
  data: LanguageData,
  smooth: boolean,
  seeds: readonly [number, number],
): ValuePlans {
  const plans: ValuePlan[] = []
  const empty: [number, number][] = []
  let column = smooth ? 2 : 1
  for (const { text, statistic, expression } of values) {
    const base = { text, statistic, column, nth: plans.filter((x) => x.kind === statistic).length }
    if (statistic === 'count') {
      plans.push({ ...base, kind: 'count', ...distinct(scope, emitKey(scope, expression, data), base.nth, seeds) })
      continue
    }
    if (statistic === 'rate' && isFrames(expression)) {
      plans.push({ ...base, kind: 'frames', take: '', numbers: [], words: [], add: '' })
      continue
    }
    const value = emitNumber(scope, expression, data)
    const n = scope.code.name('v')
    const code = numberCode(value)
    // A float may be infinite, which would spoil the sums.
    const here = value.form === 'float' ? `${code}-${code}===0` : presence(value)
    const add = `if(${n}===${n}){${addNumber(statistic, n, column, base.nth, smooth)}}`
    const take = `const ${n}=${here}?${code}:NaN;`
    plans.push({ ...base, kind: statistic, take, numbers: [n], words: [], add })
    if (statistic === 'min') empty.push([column, Number.POSITIVE_INFINITY])
    if (statistic === 'max') empty.push([column, Number.NEGATIVE_INFINITY])
    column += statistic === 'rate' ? 2 : statistic === 'avg' ? 3 : 1
  }
  return { values: plans, columns: column, empty, smooth }
}

/** A number's expression; where it is missing any number. */
function numberCode(value: Value): string {
  switch (value.form) {
    case 'number':
    case 'bool':
    case 'bits':
    case 'name':
    case 'signed':
    case 'float':
      return value.value
    case 'u64':
      return `${value.hi}*4294967296+${value.lo}`
    default:
      throw new RangeError(`a ${value.form} is no number`)
  }
}

function addNumber(
  statistic: Exclude<Statistic, 'count'>,
  n: string,
  column: number,
  nth: number,
  smooth: boolean,
): string {
  const at = (k: number) => `N[c+${column + k}]`
  const g = smooth ? 'g*' : ''
  switch (statistic) {
    case 'rate':
      return `${at(0)}+=${g}${n};${at(1)}+=${g}${g}${n}*${n};if(${n}>W.most[${nth}])W.most[${nth}]=${n};`
    case 'avg':
      return `${at(0)}+=${smooth ? 'g' : '1'};${at(1)}+=${g}${n};${at(2)}+=${g}${n}*${n};`
    case 'min':
      return `if(${n}<${at(0)})${at(0)}=${n};`
    case 'max':
      return `if(${n}>${at(0)})${at(0)}=${n};`
  }
}

/** Two 32-bit hashes of the value decide, the first word is 1 where there is one; bytes of texts are hashed as they are. */
function distinct(scope: Scope, value: Value, nth: number, seeds: readonly [number, number]) {
  const { code } = scope
  const [here, h, l] = [code.name('h'), code.name('h'), code.name('h')]
  let lines = ''
  if (value.form === 'text' || value.form === 'hex') {
    const bytes = value.form === 'text' ? value.bytes : 's'
    const hash = code.constant('H', hashBytes)
    lines = [h, l].map((x) => `${x}=${hash}(${bytes},${value.at},${value.length},${x});`).join('')
  } else {
    const part = keyPart(code, value, 'W.texts', '{}')
    const words = part.kind === undefined ? part.words : [...part.words, part.kind]
    lines = part.lines + words.map((word) => `${mix(h, word)}${mix(l, `(${word}+0x5bd1e995)`)}`).join('')
  }
  const make = `${lines}${finish(h)}${finish(l)}${here}=1;`
  return {
    take: `let ${here}=0,${h}=${seeds[0]},${l}=${seeds[1]};if(${presence(value)}){${make}}`,
    numbers: [],
    words: [here, h, l],
    add: `if(${here}===1)W.distinct[${nth}].add(owner,${h},${l});`,
  }
}

/** Statement that takes a word into the hash `h`. */
function mix(h: string, word: string): string {
  return `${h}=Math.imul(${h}^${word},0x9e3779b1);${h}^=${h}>>>15;`
}

/** Statement behind the last word. */
function finish(h: string): string {
  return `${h}=Math.imul(${h},0x85ebca6b);${h}^=${h}>>>13;`
}

/**
 * Statements that make `h` the hash of words. Long keys go through three chains side by side, as each step of a chain waits for
 * the one before it; their ends go through a fourth.
 */
export function hashWords(h: string, words: readonly string[], seed: number): string {
  const lanes = words.length > 6 ? ['a', 'b', 'c'].map((x) => h + x) : [h]
  const start = `let ${lanes.map((lane, i) => `${lane}=${(seed + i) | 0}`).join()};`
  const chains = words.map((word, i) => mix(lanes[i % lanes.length]!, word)).join('')
  if (lanes.length === 1) return start + chains + finish(h)
  const [first, ...others] = lanes as [string, ...string[]]
  return `${start}${chains}let ${h}=${first};${others.map((lane) => mix(h, lane)).join('')}${finish(h)}`
}

/** What a segment adds (by exclusive or) to the hash of a key, so that it can be taken out again. */
export function segmentHash(segment: number): number {
  const h = Math.imul(segment + 1, 0x9e3779b1)
  return h ^ (h >>> 15)
}

function hashBytes(bytes: Uint8Array, at: number, length: number, seed: number): number {
  let h = seed ^ length
  for (let i = at; i < at + length; i++) {
    h = Math.imul(h ^ bytes[i]!, 0x9e3779b1)
    h ^= h >>> 15
  }
  return h
}

function isFrames({ node }: ValueExpression['expression']): boolean {
  return node.kind === 'attribute' && node.found.attribute.name === 'frames'
}
