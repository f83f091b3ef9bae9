// Owns what is asked of each sample, as one generated function: does it pass the filter, in which group is it, what does it weigh.
// Knows no group. See cycles.ts for the folder. Start at compileQuestion.

import { presence } from '../attributes/attribute.ts'
import type { SampleView } from '../attributes/context.ts'
import { Scope } from '../attributes/scope.ts'
import { InputError } from '../errors.ts'
import {
  type Expression,
  emitFilter,
  emitKey,
  emitNumber,
  type Filter,
  type LanguageData,
  parseFilter,
  parseKeys,
  parseValues,
  type ValueExpression,
} from '../expression/expression.ts'
import { kindWords, readKey } from '../flow/compile.ts'
import { keyPart } from '../flow/key-words.ts'
import type { KeyValue } from '../flow/rows.ts'
import { Texts } from '../flow/texts.ts'
import { build } from '../wire/emit.ts'
import type { CyclesQuery } from './query.ts'

/** The word for --by that finds jobs. */
export const BY_JOB = 'job'
/** Jobs are told by who talks with whom. */
const JOB_KEYS = 'src,dst'
/** A Base Transport Header is somewhere in the packet. */
const ROCE = 'ibbt_offset!=null'
/** Texts of keys: as many as groups that were met. */
const TEXTS = { texts: 1 << 16, bytes: 1 << 22 }

/** What is asked, in the language's terms. */
export interface Question {
  readonly query: CyclesQuery
  readonly isByJob: boolean
  readonly keys: readonly Expression[]
  readonly value: ValueExpression
  readonly filter: Filter | undefined
}

/** @throws InputError that shows the place in `--by`, `--value` or `--filter` */
export function parseQuestion(query: CyclesQuery): Question {
  const isByJob = query.by === BY_JOB
  const filter = query.filter === '' && isByJob ? ROCE : query.filter
  const values = parseValues(query.value, '--value')
  const value = values[0]!
  if (values.length > 1) throw new InputError('--value takes one value here: what a sample weighs.')
  if (value.statistic !== 'rate') {
    throw new InputError(`--value takes a sum here, such as frames or bytes, and ${value.text} is none.`)
  }
  return {
    query,
    isByJob,
    keys: isByJob ? parseKeys(JOB_KEYS, '--by') : query.by === '' ? [] : parseKeys(query.by, '--by'),
    value,
    filter: filter === '' ? undefined : parseFilter(filter, '--filter'),
  }
}

/** The same of each pair of hosts. */
export function pairsOf(question: Question): Question {
  return { ...question, keys: parseKeys(JOB_KEYS, '--by') }
}

/** Bins of the search are 5 ms; bytes are known for 1,024 s; a window tells periods of which it has four. */
const LEAST_SECONDS = 0.02
const SHORTEST_WINDOW = 5
const LONGEST_WINDOW = 1000
const LONGEST_PERIOD = 160
const CYCLES = 4

/** @throws InputError for numbers that contradict each other, and what needs a topology that is not there */
export function checkQuery(
  { windowMs, minSeconds, maxSeconds, agg }: CyclesQuery,
  { topology }: { readonly topology: object | undefined },
): void {
  if (agg === 'edge' && topology === undefined) {
    throw new InputError('--agg edge needs --topology: it says where the edge of the fabric is.', [
      'Without a topology: --agg max, the busiest switch.',
    ])
  }
  if (minSeconds < LEAST_SECONDS) throw new InputError(`--min goes down to ${LEAST_SECONDS * 1000}ms.`)
  if (maxSeconds > LONGEST_PERIOD) throw new InputError(`--max goes up to ${LONGEST_PERIOD}s.`)
  if (minSeconds >= maxSeconds) throw new InputError('--min must be less than --max.')
  if (windowMs === 'auto') return
  const seconds = windowMs / 1000
  if (seconds < SHORTEST_WINDOW || seconds > LONGEST_WINDOW) {
    throw new InputError(`--window goes from ${SHORTEST_WINDOW}s to ${LONGEST_WINDOW}s, or is auto.`)
  }
  if (seconds < CYCLES * minSeconds) {
    throw new InputError(`--window ${seconds}s is too short for --min: it tells periods of which it has ${CYCLES}.`)
  }
}

/** What `ask` gives instead of a weight. */
export const NOT_ASKED = -1
export const NO_KEY = -2
/** A text of a key is one too many. */
export const FULL = -3

export interface Compiled {
  /** Words of a key. */
  readonly width: number
  /** The weight of the view's sample (NaN where it has no such value), its key in `words`; or one of the above. */
  readonly ask: (view: SampleView, words: Uint32Array) => number
  /** The key in words from `at` on. */
  read(words: Uint32Array, at: number): KeyValue[]
}

/** @throws InputError where an expression needs data that is not there */
export function compileQuestion({ keys, value, filter }: Question, data: LanguageData): Compiled {
  const scope = new Scope()
  const { code } = scope
  if (filter !== undefined) scope.statement(`if(!(${emitFilter(scope, filter, data)}))return ${NOT_ASKED};`)
  const values = keys.map((key) => emitKey(scope, key, data))
  const weight = emitNumber(scope, value.expression, data)
  const texts = new Texts(0x2545f491, TEXTS)
  const parts = values.map((key) => keyPart(code, key, code.constant('T', texts), `return ${FULL};`))
  for (const line of scope.lines()) code.line(line)
  const here = values.map((key) => `(${presence(key)})`)
  if (here.length > 0) code.line(`if(!(${here.join('&&')}))return ${NO_KEY};`)
  for (const { lines } of parts) code.line(lines)
  const kinds = kindWords(parts)
  const words = [...kinds, ...parts.flatMap((part) => part.words)]
  code.line(words.map((word, k) => `P[${k}]=${word};`).join(''))
  const number = weight.form === 'u64' ? `${weight.hi}*4294967296+${weight.lo}` : weight.value
  code.line(`return ${presence(weight)}?${number}:NaN;`)
  return {
    width: Math.max(1, words.length),
    ask: build<Compiled['ask']>(code, 'x,P', 'cycles'),
    read: (from, at) => {
      const own = new Int32Array(words.length + 1)
      for (let k = 0; k < words.length; k++) own[k + 1] = from[at + k]! | 0
      return readKey(parts, kinds.length, own, 0, texts)
    },
  }
}
