// Steps that vary in length: ± has to hold the mean of those that were, and few samples a step must not hide it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Finding } from '../../src/lib/period/find.ts'
import { Searcher, streamDefaults } from '../../src/lib/period/stream.ts'
import { burstTimes, type StepOptions } from '../helpers/period-cases.ts'

const searcher = new Searcher()

/** What is found, and the mean of the steps that were. */
function search(seed: number, options: Omit<StepOptions, 'bursts'>): { found: Finding; mean: number } {
  const { times, starts } = burstTimes(seed, { ...options, bursts: [{ at: 0.2, on: 0.3 }] })
  const events = { times, weights: new Float64Array(times.length).fill(1), count: times.length }
  const mean = (starts.at(-1)! - starts[0]!) / (starts.length - 1)
  return { found: searcher.find(events, 0, options.seconds, streamDefaults), mean }
}

interface Case {
  readonly name: string
  readonly options: Omit<StepOptions, 'bursts'>
  /** Of 20 seeds: so many right within 5 %, so many hold the truth in their ±; and the largest median of ±, relative. */
  readonly right: number
  readonly held: number
  readonly error: number
}

describe('steps that vary', () => {
  const dense = { step: 1, samplesPerStep: 400 }
  const cases: readonly Case[] = [
    { name: 'none do', options: { ...dense, seconds: 12 }, right: 20, held: 18, error: 0.001 },
    { name: 'by 2 %', options: { ...dense, seconds: 12, stepJitter: 0.02 }, right: 20, held: 18, error: 0.008 },
    { name: 'by 10 %', options: { ...dense, seconds: 12, stepJitter: 0.1 }, right: 19, held: 17, error: 0.04 },
    { name: 'by 5 % in 40 s', options: { ...dense, seconds: 40, stepJitter: 0.05 }, right: 20, held: 18, error: 0.005 },
  ]
  const sparse: readonly Case[] = [
    {
      name: 'by 10 %, 3 samples a step',
      options: { step: 1, samplesPerStep: 3, seconds: 160, stepJitter: 0.1 },
      right: 19,
      held: 17,
      error: 0.05,
    },
    {
      name: 'a drift of 6 %, 2 samples a step',
      options: { step: 1, samplesPerStep: 2, seconds: 160, drift: 0.06 },
      right: 19,
      held: 17,
      error: 0.05,
    },
  ]
  for (const { name, options, right, held, error } of [...cases, ...sparse]) {
    it(name, () => {
      let isRight = 0
      let holds = 0
      const errors: number[] = []
      for (let seed = 1; seed <= 20; seed++) {
        const { found, mean } = search(seed, options)
        if (found.periodSeconds === null || Math.abs(found.periodSeconds / mean - 1) > 0.05) continue
        isRight++
        if (Math.abs(found.periodSeconds - mean) <= found.errorSeconds) holds++
        errors.push(found.errorSeconds / mean)
      }
      errors.sort((a, b) => a - b)
      assert.ok(isRight >= right, `${isRight} right`)
      assert.ok(holds >= held, `${holds} hold`)
      assert.ok(errors[errors.length >> 1]! <= error, `± ${errors[errors.length >> 1]}`)
    })
  }

  it('two jobs at once are not one whose steps vary', () => {
    const one = burstTimes(1, { step: 0.7, samplesPerStep: 300, bursts: [{ at: 0.2, on: 0.3 }], seconds: 40 }).times
    const other = burstTimes(2, { step: 1.07, samplesPerStep: 300, bursts: [{ at: 0.2, on: 0.3 }], seconds: 40 }).times
    const times = Float64Array.from([...one, ...other])
    const events = { times, weights: new Float64Array(times.length).fill(1), count: times.length }
    const found = searcher.find(events, 0, 40, streamDefaults)
    assert.ok(Math.abs(found.periodSeconds! - 0.7) < 0.001, `${found.periodSeconds}`)
  })
})
