// Owns the fuzz run: mutants of the corpus through all decoders, until a count or a time is reached.
//
//   npm run fuzz -- [--count N] [--seconds S] [--seed S] [--only NUMBER]
//
// Exit code 1 and the failing datagram in hex when anything is thrown; `--seed S --only NUMBER` does that one again.

import { parseArgs } from 'node:util'
import { corpus } from './corpus.ts'
import { Mutator } from './mutate.ts'
import { Target } from './target.ts'

/** The interpreter and the JSON reader are slow: they look at every 20th mutant. */
const DEEP_EVERY = 20

export interface FuzzOptions {
  readonly seed: number
  /** Mutants to make at most. */
  readonly count: number
  /** Ends after the mutant during which this time is over. */
  readonly seconds: number
  /** Number of the first one. */
  readonly from?: number
}

export interface FuzzResult {
  readonly mutants: number
  readonly samples: number
  readonly kinds: ReadonlyMap<string, number>
  readonly layers: ReadonlySet<string>
  readonly sources: readonly string[]
  readonly failure?: { readonly number: number; readonly bytes: Uint8Array; readonly error: unknown }
}

/** Runs until a failure, the count or the time. `progress` is told how many are done, every 10,000. */
export function fuzz(options: FuzzOptions, progress: (done: number) => void = () => {}): FuzzResult {
  const { groups, sources } = corpus(options.seed)
  const mutator = new Mutator(groups, options.seed)
  const target = new Target(groups[0]![0]!)
  const from = options.from ?? 0
  const until = performance.now() + options.seconds * 1000
  let mutants = 0
  const result = (): FuzzResult => ({
    mutants,
    samples: target.samples,
    kinds: target.kinds,
    layers: target.layers,
    sources,
  })
  for (; mutants < options.count && performance.now() < until; mutants++) {
    const number = from + mutants
    const bytes = mutator.make(number)
    try {
      target.run(bytes, number % DEEP_EVERY === 0 || options.count === 1)
    } catch (error) {
      return { ...result(), failure: { number, bytes: bytes.slice(), error } }
    }
    if (mutants % 10_000 === 9999) progress(mutants + 1)
  }
  return result()
}

function main(): void {
  const { values } = parseArgs({
    options: {
      count: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
    },
  })
  const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed)
  const started = performance.now()
  const result = fuzz(
    {
      seed,
      count: values.only !== undefined ? 1 : Number(values.count ?? Number.MAX_SAFE_INTEGER),
      seconds: Number(values.seconds ?? (values.count === undefined ? 60 : Number.MAX_SAFE_INTEGER)),
      from: Number(values.only ?? 0),
    },
    (done) => {
      const rate = Math.round(done / ((performance.now() - started) / 1000))
      if (done % 100_000 === 0) console.error(`${done} mutants, ${rate} a second`)
    },
  )
  console.log(`seed ${seed}; corpus: ${result.sources.join(', ')}`)
  const issues = [...result.kinds].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${n}`)
  console.log(`${issues.length} kinds of issue met: ${issues.join(', ')}`)
  console.log(`${result.layers.size} kinds of layer met: ${[...result.layers].sort().join(', ')}`)
  if (result.failure !== undefined) {
    const { number, bytes, error } = result.failure
    console.error(error)
    console.error(`mutant ${number}: npm run fuzz -- --seed ${seed} --only ${number}`)
    console.error(Buffer.from(bytes).toString('hex'))
    process.exitCode = 1
  }
  const memory = Math.round(process.memoryUsage.rss() / (1 << 20))
  console.log(`${result.mutants} mutants, ${result.samples} samples, ${memory} MiB; ${result.failure ? 1 : 0} failed`)
}

if (import.meta.filename === process.argv[1]) main()
