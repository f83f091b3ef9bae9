// Owns fitting the correction of the H-test's tail on surrogates: independent samples without a cycle, whose highest H over all frequencies
// is found just as a search does. Prints the rows of src/lib/period/significance.ts, and how often p came out below what.
//
//   node --import tsx test/bench/period-surrogates.ts [--surrogates N] [--samples N,N,...] [--seconds S] [--seed N]

import { parseArgs } from 'node:util'
import { strongest } from '../../src/lib/period/h-test.ts'
import { chanceOf } from '../../src/lib/period/significance.ts'
import { spectrumOf } from '../../src/lib/period/spectrum.ts'
import { Workspace } from '../../src/lib/period/workspace.ts'
import { Random } from './random.ts'

const MIN_HZ = (seconds: number): number => Math.max(1 / 60, 4 / seconds)
const MAX_HZ = 5

/** Highest H of so many surrogates, ordered. */
function highest(surrogates: number, samples: number, seconds: number, seed: number): Float64Array {
  const workspace = new Workspace()
  const random = new Random(seed)
  const times = new Float64Array(samples)
  const events = { times, weights: new Float64Array(samples).fill(1), count: samples }
  const all = new Float64Array(surrogates)
  for (let s = 0; s < surrogates; s++) {
    for (let i = 0; i < samples; i++) times[i] = random.unit() * seconds
    const spectrum = spectrumOf(events, 0, seconds, workspace)
    if (spectrum !== null) all[s] = strongest(spectrum, MIN_HZ(seconds), MAX_HZ).h
  }
  return all.sort()
}

/** Of ln p = ln(trials × A) - 0.4 b H by the tail from one in 50 to the ten highest: A and b, by least squares. */
function fit(all: Float64Array, trials: number): readonly [number, number] {
  const n = all.length
  let count = 0
  let x = 0
  let y = 0
  let xx = 0
  let xy = 0
  for (let above = 10; above <= n / 50; above = Math.ceil(above * 1.15)) {
    const h = all[n - above]!
    const log = Math.log(above / n)
    count++
    x += h
    y += log
    xx += h * h
    xy += h * log
  }
  const slope = (count * xy - x * y) / (count * xx - x * x)
  return [Math.exp((y - slope * x) / count) / trials, -slope / 0.4]
}

const { values } = parseArgs({
  options: {
    surrogates: { type: 'string', default: '20000' },
    samples: { type: 'string', default: '12,16,24,32,48,64,96,128,256,1024' },
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
})
const surrogates = Number(values.surrogates)
const seconds = Number(values.seconds)
const trials = seconds * (MAX_HZ - MIN_HZ(seconds))
for (const text of values.samples.split(',')) {
  const samples = Number(text)
  const all = highest(surrogates, samples, seconds, Number(values.seed))
  const [a, b] = fit(all, trials)
  console.log(`samples ${samples}, ${seconds} s, ${surrogates} surrogates: A ${a.toFixed(2)}, b ${b.toFixed(3)}`)
  for (let told = 1e-2; told * surrogates >= 1; told /= 10) {
    const seen = all.reduce((n, h) => n + (chanceOf(h, samples, trials) <= told ? 1 : 0), 0)
    console.log(`  p <= ${told.toExponential(0)} told: ${seen} times, ${(seen / surrogates).toExponential(1)}`)
  }
}
