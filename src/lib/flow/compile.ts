// Owns the one generated function of an engine: it reads filter, keys and values of a sample and adds them to the entry of
// its flow. Knows no window's end and no scale. Start at compileFlows.

import { presence } from '../attributes/attribute.ts'
import type { SampleView } from '../attributes/context.ts'
import { Scope } from '../attributes/scope.ts'
import { emitFilter, emitKey } from '../expression/expression.ts'
import { build } from '../wire/emit.ts'
import { GIVEN_UP, NO_KEY } from './distinct.ts'
import { type KeyPart, keyPart } from './key-words.ts'
import type { FlowOptions } from './options.ts'
import type { KeyValue } from './rows.ts'
import type { Layout } from './table.ts'
import type { Texts } from './texts.ts'
import { finish, mix, planValues, SAMPLES, SQUARES, type ValuePlans } from './values.ts'

export interface Compiled extends ValuePlans {
  readonly layout: Layout
  /** Words of an entry that are numbers of texts. */
  readonly textWords: ReadonlySet<number>
  /** Adds the view's sample, which lies in `segment`, to `window`, an OpenWindow. */
  readonly sample: (view: SampleView, window: object, segment: number) => void
  /** The key in the words of an entry, which start at `at` (its segment). */
  readKey(words: Int32Array, at: number, texts: Texts): KeyValue[]
}

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
  const filter = options.filter === undefined ? undefined : emitFilter(scope, options.filter, data)
  const keys = options.keys.map((key) => emitKey(scope, key, data))
  const plans = planValues(scope, options.values, data, options.smoothMs !== undefined, [seeds[1], seeds[2]])
  const parts = keys.map((value) => keyPart(code, value, 'W.texts', 'break K;'))

  for (const line of scope.lines()) code.line(line)
  if (filter !== undefined) code.line(`if(!(${filter}))return;`)
  code.line('W.matched++;')
  if (plans.smooth) code.line('const g=W.sampleWeight;')
  const aside = (sums: string, mark: number) =>
    `{const N=W.${sums},c=segment*${plans.columns},owner=segment+${mark};${addCode(plans)}}`
  const here = keys.map((x) => `(${presence(x)})`)
  if (here.length > 0) code.line(`if(!(${here.join('&&')})){${aside('noKey', NO_KEY)}return;}`)
  const kinds = kindWords(parts)
  const words = ['segment', ...kinds.map((_, i) => `kinds${i}`), ...parts.flatMap((x) => x.words)]
  const layout = { keyWords: words.length, columns: plans.columns }
  code.line('K:{')
  for (const part of parts) code.line(part.lines)
  kinds.forEach((kind, i) => {
    code.line(`const kinds${i}=${kind};`)
  })
  code.line(findCode(words, layout, seeds[0], plans))
  code.line(`const N=T.sums,c=(b+${(layout.keyWords + 1) & ~1})/2,owner=e;${addCode(plans)}return;}`)
  code.line(aside('givenUp', GIVEN_UP))
  const textWords = new Set<number>()
  for (const [i, value] of keys.entries()) {
    if (value.form === 'text' || value.form === 'hex') textWords.add(words.indexOf(parts[i]!.words[0]!))
  }
  return {
    ...plans,
    textWords,
    layout,
    sample: build<Compiled['sample']>(code, 'x,W,segment', 'flow'),
    readKey: (from, at, texts) => readKey(parts, kinds.length, from, at, texts),
  }
}

/** Finds or makes the entry `e`, whose words start at `b`. */
function findCode(words: readonly string[], layout: Layout, seed: number, plans: ValuePlans): string {
  const stride = ((layout.keyWords + 1) & ~1) + layout.columns * 2
  const equal = words.map((word, k) => `U[b+${k}]===${word}`).join('&&')
  const set = words.map((word, k) => `U[b+${k}]=${word};`).join('')
  const empty = plans.empty.map(([column, value]) => `T.sums[(b+${(layout.keyWords + 1) & ~1})/2+${column}]=${value};`)
  return (
    `const T=W.table;let h=${seed};${words.map((x) => mix('h', x)).join('')}${finish('h')}` +
    'let U=T.words,e=-1,b=0;const P=T.places,m=T.mask;' +
    'for(let i=h&m;;i=(i+1)&m){const q=P[2*i];' +
    `if(q===0){e=T.insert(h);U=T.words;b=e*${stride};${set}${empty.join('')}break;}` +
    `if(P[2*i+1]===h){e=q-1;b=e*${stride};if(${equal})break;}}`
  )
}

function addCode({ values, smooth }: ValuePlans): string {
  const samples = smooth ? `N[c+${SAMPLES}]+=g;N[c+${SQUARES}]+=g*g;` : `N[c+${SAMPLES}]+=1;`
  return samples + values.map((x) => x.add).join('')
}

function kindWords(parts: readonly KeyPart[]): string[] {
  const kinds = parts.flatMap((part) => (part.kind === undefined ? [] : [part.kind]))
  const words: string[] = []
  for (let i = 0; i < kinds.length; i += KINDS_A_WORD) {
    const some = kinds.slice(i, i + KINDS_A_WORD)
    words.push(some.map((kind, k) => `${kind}<<${k * 2}`).join('|'))
  }
  return words
}

function readKey(parts: readonly KeyPart[], kinds: number, words: Int32Array, from: number, texts: Texts): KeyValue[] {
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
