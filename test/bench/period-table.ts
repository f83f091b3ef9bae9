// Owns the table of cases of period.md section 3, and what a run of one says. Shared by the bench and the tests. Start at
// periodCases and runCase.

import { SendingTimes } from '../../src/lib/period/event-time.ts'
import { HoldEstimate, noHold } from '../../src/lib/period/hold.ts'
import { PeriodStream, type Searcher, streamDefaults } from '../../src/lib/period/stream.ts'
import { type BurstShape, burstTimes, type StepOptions, type Truth } from '../helpers/period-cases.ts'
import { type Delivered, type Delivery, deliver } from '../helpers/period-delivery.ts'

export interface PeriodCase {
  readonly name: string
  readonly step: Omit<StepOptions, 'seconds'>
  readonly delivery: Delivery
  /** Share of answers within 5 % of the true step, and the largest median relative error; undefined: none is asked for. */
  readonly share: number
  readonly error?: number
  /** No answer is as good as a right one. */
  readonly mayBeNull?: boolean
}

const prompt: Delivery = { kind: 'prompt' }
const one = (on: number): readonly BurstShape[] => [{ at: 0.2, on }]
/** The lab's: 0.2 s of 0.7 s. */
const lab = (samplesPerStep: number) => ({ step: 0.7, samplesPerStep, bursts: one(0.2 / 0.7) })
const tick = (hasTimes: boolean): Delivery => ({ kind: 'tick', seconds: 1, hasTimes })
const long = (step: number, samplesPerStep: number): PeriodCase => {
  return { name: `${step} s`, step: { step, samplesPerStep, bursts: one(0.3) }, delivery: prompt, share: 0.98 }
}

export const periodCases: readonly PeriodCase[] = [
  { name: '0.70 s, clean', step: lab(100), delivery: prompt, share: 1, error: 0.001 },
  {
    name: '0.70 s, arrival jitter 0.1 s',
    step: lab(100),
    delivery: { kind: 'jitter', seconds: 0.1 },
    share: 1,
    error: 0.003,
  },
  {
    name: '0.70 s, arrival jitter 0.5 s',
    step: lab(100),
    delivery: { kind: 'jitter', seconds: 0.5 },
    share: 0.98,
    error: 0.003,
  },
  {
    name: '0.70 s, network delay to 1.0 s, uptime',
    step: lab(100),
    delivery: { kind: 'delay', seconds: 1 },
    share: 0.95,
  },
  { name: '0.70 s, held to a tick of 1 s', step: lab(100), delivery: tick(false), share: 1, mayBeNull: true },
  { name: '0.70 s, held, with 0:1043', step: lab(100), delivery: tick(true), share: 1, error: 0.003 },
  { name: '0.70 s, 10 samples a burst', step: lab(10), delivery: prompt, share: 1 },
  { name: '0.70 s, 5 samples a burst', step: lab(5), delivery: prompt, share: 1 },
  { name: '0.70 s, 2 samples a burst', step: lab(2), delivery: prompt, share: 0.95 },
  {
    name: '0.512 s, half on',
    step: { step: 0.512, samplesPerStep: 256, bursts: one(0.5) },
    delivery: prompt,
    share: 1,
  },
  { name: '0.25 s', step: { step: 0.25, samplesPerStep: 100, bursts: one(0.3) }, delivery: prompt, share: 1 },
  { name: '0.30 s', step: { step: 0.3, samplesPerStep: 200, bursts: one(0.3) }, delivery: prompt, share: 1 },
  long(5, 200),
  long(12, 400),
  long(30, 600),
  long(60, 1000),
  {
    name: '2 bursts 0.3 s apart in 2.0 s',
    step: { step: 2, samplesPerStep: 600, bursts: [0.1, 0.25].map((at) => ({ at, on: 0.075 })) },
    delivery: prompt,
    share: 0.98,
  },
  {
    name: '3 bursts 0.4 s apart in 3.0 s',
    step: { step: 3, samplesPerStep: 900, bursts: [0.1, 0.7 / 3, 1.1 / 3].map((at) => ({ at, on: 0.06 })) },
    delivery: prompt,
    share: 0.98,
  },
  {
    name: '1.0 s, 10 % step-time jitter',
    step: { step: 1, samplesPerStep: 400, bursts: one(0.3), stepJitter: 0.1 },
    delivery: prompt,
    share: 0.95,
  },
]

export interface CaseResult {
  readonly answers: number
  /** Within 5 % of the true step; those further off; the rest is null. */
  readonly right: number
  readonly wrong: number
  /** Of right answers: relative errors; how many hold the true step in their ±. */
  readonly errors: readonly number[]
  readonly covered: number
}

/** When answers count: from max(10 s, 12 steps) on, for max(10 s, 3 steps), once a second. */
export function judgedFrom({ step }: PeriodCase): { readonly from: number; readonly to: number } {
  const from = Math.max(10, Math.ceil(12 * step.step))
  return { from, to: from + Math.max(10, Math.ceil(3 * step.step)) }
}

/** The true mean step over a time: with jitter it is that of the steps that really were. */
export function trueStep(truth: Truth, from: number, to: number, nominal: number): number {
  const within = truth.starts.filter((start) => start >= from && start < to)
  return within.length < 2 ? nominal : (within.at(-1)! - within[0]!) / (within.length - 1)
}

/** What the collector knows of a sample's time: the record, else the arrival corrected by uptime. */
class Collector {
  readonly stream: PeriodStream
  readonly #sending = new SendingTimes()
  readonly #hold = new HoldEstimate()

  constructor(searcher: Searcher) {
    this.stream = new PeriodStream(streamDefaults, searcher)
  }

  take({ arrival, uptimeMs, taken, datagram }: Delivered, usesUptime: boolean): void {
    const sent = usesUptime ? this.#sending.map(arrival * 1000, uptimeMs) : arrival * 1000
    if (Number.isNaN(taken)) {
      if (datagram > 0) this.#hold.datagram(sent, datagram)
      this.stream.add(sent / 1000, 1)
    } else this.stream.add(taken, 1)
    this.stream.setHold(Number.isNaN(taken) ? this.#hold.hold() : noHold)
  }
}

export function runCase(row: PeriodCase, seeds: number, searcher: Searcher): CaseResult {
  const { from, to } = judgedFrom(row)
  const errors: number[] = []
  let answers = 0
  let wrong = 0
  let covered = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const truth = burstTimes(seed, { ...row.step, seconds: to })
    const samples = deliver(seed, truth.times, row.delivery)
    const collector = new Collector(searcher)
    let i = 0
    for (let second = 1; second <= to; second++) {
      for (; i < samples.length && samples[i]!.arrival < second; i++) {
        collector.take(samples[i]!, row.delivery.kind !== 'jitter')
      }
      collector.stream.advance(second)
      if (second < from) continue
      answers++
      const report = collector.stream.report()
      if (report === null || report.periodSeconds === null) continue
      const expected =
        row.step.stepJitter === undefined
          ? row.step.step
          : trueStep(truth, second - report.windowSeconds, second, row.step.step)
      const off = Math.abs(report.periodSeconds - expected)
      if (off > 0.05 * expected) wrong++
      else {
        errors.push(off / expected)
        if (off <= report.errorSeconds!) covered++
      }
    }
  }
  errors.sort((a, b) => a - b)
  return { answers, right: errors.length, wrong, errors, covered }
}

/** Whether a row's targets are reached. */
export function isReached(row: PeriodCase, result: CaseResult): boolean {
  const good = row.mayBeNull === true ? result.answers - result.wrong : result.right
  const error = result.errors[result.errors.length >> 1] ?? 0
  return good >= row.share * result.answers && (row.error === undefined || error <= row.error)
}
