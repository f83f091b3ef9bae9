// Owns the table of the H-test's tail, from surrogates: independent samples without a cycle, whose highest H over all frequencies is
// found just as a search does. Plainly counted down to 1e-1; from there on by splitting (subset simulation: Au and Beck 2001): the
// highest tenth of a population is kept and multiplied by moves that keep samples independent but H above that tenth's least, which
// is then the H that chance reaches ten times less often; and again. Prints rows of src/lib/period/significance.ts.
//
//   node --import tsx test/bench/period-surrogates.ts [--samples N,N] [--seconds S,S] [--particles N] [--moves N] [--decades N] [--seed N]
//       --told       as statistic the p that a search tells, not H: the p told beside how often it comes
//       --direct N   no splitting: N surrogates, counted

import { parseArgs } from 'node:util'
import { strongest } from '../../src/lib/period/h-test.ts'
import { peakOf } from '../../src/lib/period/peak.ts'
import { spectrumOf } from '../../src/lib/period/spectrum.ts'
import { Workspace } from '../../src/lib/period/workspace.ts'
import { Random } from './random.ts'

const KEPT = 0.1
/** Share of the samples that a move draws anew, at most; and by what it adapts so that a third of the moves hold. */
const FIRST_MOVE = 0.3
const MOVE_STEP = 1.3

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '12,16,24,32,48,64,128,256,1024,4096' },
    seconds: { type: 'string', default: '10' },
    particles: { type: 'string', default: '2000' },
    moves: { type: 'string', default: '10' },
    decades: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
    told: { type: 'boolean', default: false },
    direct: { type: 'string' },
  },
})

const minHzOf = (seconds: number): number => Math.max(1 / 60, 4 / seconds)
const MAX_HZ = 5
const workspace = new Workspace()

interface Surrogate {
  readonly times: Float64Array
  /** H, or -log10 of p. */
  readonly score: number
}

/** Surrogates of so many samples over so many seconds. */
class Surrogates {
  readonly #random: Random
  readonly #weights: Float64Array
  readonly #samples: number
  readonly #seconds: number

  constructor(samples: number, seconds: number, seed: number) {
    this.#random = new Random(seed * 1_000_003 + samples * 131 + seconds)
    this.#weights = new Float64Array(samples).fill(1)
    this.#samples = samples
    this.#seconds = seconds
  }

  draw(): Surrogate {
    return this.#scored(Float64Array.from({ length: this.#samples }, () => this.#random.unit() * this.#seconds))
  }

  /** Another one, in which up to this share of the samples are drawn anew. */
  move(times: Float64Array, most: number): Surrogate {
    const moved = times.slice()
    const n = Math.max(1, Math.round(this.#samples * most * this.#random.unit()))
    for (let j = 0; j < n; j++) moved[this.#random.below(this.#samples)] = this.#random.unit() * this.#seconds
    return this.#scored(moved)
  }

  #scored(times: Float64Array): Surrogate {
    const events = { times, weights: this.#weights, count: this.#samples }
    const spectrum = spectrumOf(events, 0, this.#seconds, workspace)!
    const minHz = minHzOf(this.#seconds)
    if (!values.told) return { times, score: strongest(spectrum, minHz, MAX_HZ).h }
    return { times, score: -Math.log10(peakOf(events, spectrum, minHz, MAX_HZ, 0, workspace).p) }
  }
}

/** Scores that chance reaches with 0.5, 0.1, 0.01 ... */
function split(surrogates: Surrogates, particles: number, moves: number, decades: number): readonly number[] {
  const kept = Math.round(particles * KEPT)
  let population = Array.from({ length: particles }, () => surrogates.draw())
  let most = FIRST_MOVE
  const scores: number[] = []
  for (let decade = 1; decade <= decades; decade++) {
    population.sort((a, b) => b.score - a.score)
    if (decade === 1) scores.push(population[particles >> 1]!.score)
    const limit = population[kept - 1]!.score
    scores.push(limit)
    if (decade === decades) break
    let held = 0
    const next: Surrogate[] = []
    for (let i = 0; i < particles; i++) {
      let at = population[i % kept]!
      for (let move = 0; move < moves; move++) {
        const other = surrogates.move(at.times, most)
        if (other.score < limit) continue
        at = other
        held++
      }
      next.push(at)
    }
    most = held / (particles * moves) < 1 / 3 ? most / MOVE_STEP : Math.min(1, most * MOVE_STEP)
    population = next
  }
  return scores
}

/** The same by counting, as far as ten of all reach. */
function counted(surrogates: Surrogates, many: number): readonly number[] {
  const scores = Float64Array.from({ length: many }, () => surrogates.draw().score).sort()
  const quantile = (p: number): number => scores[Math.floor(many * (1 - p))]!
  const all = [quantile(0.5)]
  for (let p = 0.1; p * many >= 10; p /= 10) all.push(quantile(p))
  return all
}

for (const seconds of values.seconds.split(',').map(Number)) {
  for (const samples of values.samples.split(',').map(Number)) {
    const surrogates = new Surrogates(samples, seconds, Number(values.seed))
    const scores =
      values.direct === undefined
        ? split(surrogates, Number(values.particles), Number(values.moves), Number(values.decades))
        : counted(surrogates, Number(values.direct))
    const row = scores.map((score) => score.toFixed(values.told ? 2 : 1)).join(', ')
    console.log(`{ samples: ${samples}, h: [${row}] }, // ${seconds} s, ${values.told ? '-log10 p told' : 'H'}`)
  }
}
