// Owns the one generated function of an engine: it reads filter, keys and values of a sample and adds them to the entry of
// its flow. Knows no window's end and no scale. Start at compileFlows.

import { presence } from '../attributes/attribute.ts'
import type { SampleView } from '../attributes/context.ts'
import { Scope } from '../attributes/scope.ts'
import { emitFilter, emitKey } from '../expression/expression.ts'
import { build, Code } from '../wire/emit.ts'
import { GIVEN_UP, NO_KEY } from './distinct.ts'
import { type KeyPart, keyPart } from './key-words.ts'
import type { FlowOptions } from './options.ts'
import type { KeyValue } from './rows.ts'
import { ENTRY_BITS, type Layout } from './table.ts'
import type { Texts } from './texts.ts'
import { hashWords, planValues, SAMPLES, SQUARES, segmentHash, type ValuePlans } from './values.ts'

export interface Compiled extends ValuePlans {
  readonly layout: Layout
  /** Words of an entry that are numbers of texts. */
  readonly textWords: ReadonlySet<number>
  /** Room that each sample takes in the queue of a window. */
  readonly queue: { readonly words: number; readonly numbers: number }
  /** Adds what waits in the queue of a window, an OpenWindow. */
  readonly drain: (window: object) => void
  /** Puts the view's sample, which lies in `segment`, into the queue of `window`, an OpenWindow; drains a full one. */
  readonly sample: (view: SampleView, window: object, segment: number) => void
  /** The key in the words of an entry, which start at `at` (its segment). */
  readKey(words: Int32Array, at: number, texts: Texts): KeyValue[]
}

/** Samples that wait in a window before they are added to its table: few enough that with their entries they fit the first cache. */
export const QUEUE = 64

/** Two bits of kind a key, 15 of them a word. */
const KINDS_A_WORD = 15

/**
 * @throws InputError where an expression needs data that is not there
 * @param seeds of the hashes: keys, and distinct values
 */
export function compileFlows(options: FlowOptions, seeds: readonly [number, number, number]): Compiled {
  const scope = new Scope()
  const { code } = scope
  const { data } = options
  // First, so that a sample that is left out costs no key.
  if (options.filter !== undefined) scope.statement(`if(!(${emitFilter(scope, options.filter, data)}))return;`)
  const keys = options.keys.map((key) => emitKey(scope, key, data))
  const plans = planValues(scope, options.values, data, options.smoothMs !== undefined, [seeds[1], seeds[2]])
  const parts = keys.map((value) => keyPart(code, value, 'W.texts', 'break K;'))

  const kinds = kindWords(parts)
  const words = ['segment', ...kinds.map((_, i) => `kinds${i}`), ...parts.flatMap((x) => x.words)]
  const layout = { keyWords: words.length, columns: plans.columns }
  const queue = queueOf(words, plans)
  const drain = drainOf(words, layout, plans, queue)

  for (const line of scope.lines()) code.line(line)
  code.line('W.matched++;')
  if (plans.smooth) code.line('const g=W.sampleWeight;')
  for (const { take } of plans.values) code.line(take)
  const hasCount = plans.values.some((x) => x.kind === 'count')
  const aside = (sums: string, mark: number) => {
    const owner = hasCount ? `,owner=segment+${mark}` : ''
    return `{const N=W.${sums},c=segment*${plans.columns}${owner};${addCode(plans)}}`
  }
  const here = keys.map((x) => `(${presence(x)})`)
  if (here.length > 0) code.line(`if(!(${here.join('&&')})){${aside('noKey', NO_KEY)}return;}`)
  code.line('K:{')
  for (const part of parts) code.line(part.lines)
  kinds.forEach((kind, i) => {
    code.line(`const kinds${i}=${kind};`)
  })
  code.line(hashWords('h', words.slice(1), seeds[0]))
  code.line(`h^=${code.constant('S', segmentHash)}(segment);`)
  code.line(
    `const n=W.waiting,Q=W.queue,p=n*${queue.words.length},V=W.numbers,z=n*${queue.numbers.length};W.hashes[n]=h;`,
  )
  code.line(queue.words.map((word, k) => `Q[p+${k}]=${word};`).join(''))
  code.line(queue.numbers.map((number, k) => `V[z+${k}]=${number};`).join(''))
  code.line(`if((W.waiting=n+1)===${QUEUE})${code.constant('D', drain)}(W);return;}`)
  code.line(aside('givenUp', GIVEN_UP))
  const textWords = new Set<number>()
  for (const [i, value] of keys.entries()) {
    if (value.form === 'text' || value.form === 'hex') textWords.add(words.indexOf(parts[i]!.words[0]!))
  }
  return {
    ...plans,
    textWords,
    layout,
    queue: { words: queue.words.length, numbers: queue.numbers.length },
    drain,
    sample: build<Compiled['sample']>(code, 'x,W,segment', 'flow'),
    readKey: (from, at, texts) => readKey(parts, kinds.length, from, at, texts),
  }
}

/** What of a sample waits until it is added: the key's words and values' words, and numbers. */
interface Queue {
  readonly words: readonly string[]
  readonly numbers: readonly string[]
}

function queueOf(words: readonly string[], plans: ValuePlans): Queue {
  return {
    words: [...words, ...plans.values.flatMap((x) => x.words)],
    numbers: [...(plans.smooth ? ['g'] : []), ...plans.values.flatMap((x) => x.numbers)],
  }
}

/**
 * Adds what waits to the table. Places and entries of all of them are touched first: these loads do not depend on each
 * other, so that the processor waits for memory once and not once a sample. Measured: a third of the whole.
 */
function drainOf(words: readonly string[], layout: Layout, plans: ValuePlans, queue: Queue): (window: object) => void {
  const code = new Code()
  const sumsAt = (layout.keyWords + 1) & ~1
  const stride = sumsAt + layout.columns * 2
  const equal = words.map((word, k) => `U[b+${k}]===${word}`).join('&&')
  const set = words.map((word, k) => `U[b+${k}]=${word};`).join('')
  const empty = plans.empty.map(([column, value]) => `T.sums[(b+${sumsAt})/2+${column}]=${value};`).join('')
  code.line(
    'const T=W.table,n=W.waiting,H=W.hashes,Q=W.queue,V=W.numbers;let P=T.places,m=T.mask,U=T.words,N=T.sums,t=0;' +
      'for(let j=0;j<n;j++)t^=P[H[j]&m];' +
      `for(let j=0;j<n;j++){const q=P[H[j]&m]&${ENTRY_BITS};if(q!==0){const b=(q-1)*${stride};t^=U[b]^U[b+${stride - 1}];}}` +
      'W.touched=t;W.waiting=0;for(let j=0;j<n;j++){',
  )
  code.line(`const h=H[j],tag=h&${~ENTRY_BITS},p=j*${queue.words.length},z=j*${queue.numbers.length};`)
  queue.words.forEach((word, k) => {
    code.line(`const ${word}=Q[p+${k}];`)
  })
  queue.numbers.forEach((number, k) => {
    code.line(`const ${number}=V[z+${k}];`)
  })
  code.line(
    'let e=-1,b=0;for(let i=h&m;;i=(i+1)&m){const q=P[i];' +
      `if(q===0){e=T.insert(h);P=T.places;m=T.mask;U=T.words;N=T.sums;b=e*${stride};${set}${empty}break;}` +
      `if((q&${~ENTRY_BITS})===tag){e=(q&${ENTRY_BITS})-1;b=e*${stride};if(${equal})break;}}`,
  )
  const owner = plans.values.some((x) => x.kind === 'count') ? ',owner=e' : ''
  code.line(`const c=(b+${sumsAt})/2${owner};${addCode(plans)}}`)
  return build(code, 'W', 'flow-table')
}

function addCode({ values, smooth }: ValuePlans): string {
  const samples = smooth ? `N[c+${SAMPLES}]+=g;N[c+${SQUARES}]+=g*g;` : `N[c+${SAMPLES}]+=1;`
  return samples + values.map((x) => x.add).join('')
}

/** The words that hold the kinds of all parts: expressions. They stand before the parts' own. */
export function kindWords(parts: readonly KeyPart[]): string[] {
  const kinds = parts.flatMap((part) => (part.kind === undefined ? [] : [part.kind]))
  const words: string[] = []
  for (let i = 0; i < kinds.length; i += KINDS_A_WORD) {
    const some = kinds.slice(i, i + KINDS_A_WORD)
    words.push(some.map((kind, k) => `${kind}<<${k * 2}`).join('|'))
  }
  return words
}

/**
 * Words as values. @param kinds words of kinds, which start behind `from`
 */
export function readKey(
  parts: readonly KeyPart[],
  kinds: number,
  words: Int32Array,
  from: number,
  texts: Texts,
): KeyValue[] {
  let at = from + 1 + kinds
  let nth = 0
  return parts.map((part) => {
    let kind = 0
    if (part.kind !== undefined) {
      kind = (words[from + 1 + Math.floor(nth / KINDS_A_WORD)]! >>> ((nth % KINDS_A_WORD) * 2)) & 3
      nth++
    }
    const value = part.read(words, at, kind, texts)
    at += part.words.length
    return value
  })
}
