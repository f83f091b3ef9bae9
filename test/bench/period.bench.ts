// Owns `npm run bench:period`: the table of period.md section 3 with its seeds, beside what the reference algorithm says of the same
// samples; 10,000 streams without a cycle; what a search costs; memory of an hour. Every row says reached or MISSED; the exit
// code says whether all were reached.
//
//   npm run bench:period -- [--only table|null|varying|samples|jobs|cost] [--seeds N] [--cases N]

import { parseArgs } from 'node:util'
import { PeriodStream, Searcher, streamDefaults } from '../../src/lib/period/stream.ts'
import { ThresholdPeriod, thresholdDefaults } from '../../src/lib/period/threshold.ts'
import { burstTimes, nullKinds, nullTimes } from '../helpers/period-cases.ts'
import { deliver } from '../helpers/period-delivery.ts'
import { jobs } from './period-jobs-table.ts'
import { samplesNeeded } from './period-samples.ts'
import { isReached, judgedFrom, type PeriodCase, periodCases, runCase } from './period-table.ts'
import { varying } from './period-varying.ts'
import { Random } from './random.ts'

const FALSE_ALARMS = 0.01
const NULL_SECONDS = 60
const NULL_LOOK = 20
const MOST_MS = 50

let missed = 0
function verdict(isGood: boolean): string {
  if (!isGood) missed++
  return isGood ? 'reached' : 'MISSED'
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.001 ? 3 : 2)} %`

/** Share of the reference's answers that are right, at the same times; and after its own warm-up of 20 s and 20 steps. */
function reference(row: PeriodCase, seeds: number): { readonly share: number; readonly later: number } {
  const { from, to } = judgedFrom(row)
  const { step } = row.step
  const learned = 22 + 21 * step
  let answers = 0
  let right = 0
  let laterAnswers = 0
  let laterRight = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const end = Math.max(to, Math.ceil(learned) + 10)
    const { times } = burstTimes(seed, { ...row.step, seconds: end })
    const samples = deliver(seed, times, row.delivery)
    const method = new ThresholdPeriod(thresholdDefaults)
    let i = 0
    for (let second = 1; second <= end; second++) {
      for (; i < samples.length && samples[i]!.arrival < second; i++) method.frames(samples[i]!.arrival * 1000, 1)
      method.advance(second * 1000)
      const found = method.state()?.periodSeconds ?? Number.NaN
      const isRight = Math.abs(found - step) <= 0.05 * step
      if (second >= from && second < to) {
        answers++
        if (isRight) right++
      }
      if (second < learned) continue
      laterAnswers++
      if (isRight) laterRight++
    }
  }
  return { share: right / answers, later: laterRight / laterAnswers }
}

function table(seeds: number, searcher: Searcher): void {
  console.log(`${seeds} seeds; answers each second from max(10 s, 12 steps) on, for max(10 s, 3 steps)`)
  console.log(
    'case                                    right     to reach  wrong    error     to reach  ± holds  threshold  after 20 s + 20 steps',
  )
  for (const row of periodCases) {
    const result = runCase(row, seeds, searcher)
    const { answers, right, wrong, errors, covered } = result
    const theirs = reference(row, Math.min(seeds, 10))
    const cells = [
      row.name.padEnd(38),
      percent(right / answers).padStart(9),
      (row.mayBeNull === true ? 'or null' : `≥ ${percent(row.share)}`).padStart(11),
      percent(wrong / answers).padStart(8),
      (errors.length === 0 ? '-' : percent(errors[errors.length >> 1]!)).padStart(9),
      (row.error === undefined ? '' : `≤ ${percent(row.error)}`).padStart(9),
      (errors.length === 0 ? '-' : percent(covered / errors.length)).padStart(9),
      theirs.share.toFixed(2).padStart(8),
      theirs.later.toFixed(2).padStart(8),
    ]
    console.log(`${cells.join(' ')}   ${verdict(isReached(row, result))}`)
  }
}

function nulls(cases: number, searcher: Searcher): void {
  console.log(
    `\nno cycle: ${cases} streams of ${NULL_SECONDS} s, looked at each ${NULL_LOOK} s; 1 to 500 samples a second`,
  )
  let all = 0
  const each = Math.ceil(cases / nullKinds.length)
  for (const kind of nullKinds) {
    let alarms = 0
    for (let seed = 1; seed <= each; seed++) {
      const times = nullTimes(seed, kind, NULL_SECONDS)
      const stream = new PeriodStream(streamDefaults, searcher)
      let i = 0
      let hasAlarm = false
      for (let second = NULL_LOOK; second <= NULL_SECONDS; second += NULL_LOOK) {
        for (; i < times.length && times[i]! < second; i++) stream.add(times[i]!, 1)
        stream.advance(second)
        const found = stream.report()?.periodSeconds ?? null
        if (found !== null) hasAlarm = true
      }
      if (hasAlarm) alarms++
    }
    all += alarms
    console.log(`${kind.padEnd(14)} ${String(alarms).padStart(5)} of ${each}  ${percent(alarms / each)}`)
  }
  const share = all / (each * nullKinds.length)
  console.log(
    `all            ${String(all).padStart(5)} of ${each * nullKinds.length}  ${percent(share)}   ≤ 1 %   ${verdict(share <= FALSE_ALARMS)}`,
  )
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function cost(): void {
  const searcher = new Searcher()
  const options = { step: 0.7, samplesPerStep: 700, bursts: [{ at: 0.2, on: 0.2 / 0.7 }], seconds: 21 }
  const times: number[] = []
  for (let seed = 1; seed <= 20; seed++) {
    const events = burstTimes(seed, options).times.subarray(0, 20_000)
    const before = cpuMs()
    const stream = new PeriodStream({ ...streamDefaults, windows: [20], capacity: 32_768 }, searcher)
    for (const t of events) stream.add(t, 1)
    stream.advance(events[events.length - 1]!)
    times.push(cpuMs() - before)
  }
  const middle = times.sort((a, b) => a - b)[times.length >> 1]!
  console.log(
    `\none search, 20,000 samples in 20 s: median ${middle.toFixed(1)} ms of CPU, most ${times.at(-1)!.toFixed(1)}   ≤ ${MOST_MS} ms   ${verdict(middle <= MOST_MS)}`,
  )

  const random = new Random(1)
  const stream = new PeriodStream(streamDefaults, searcher)
  const heap: number[] = []
  const before = cpuMs()
  for (let second = 0; second < 3600; second++) {
    for (let n = 0; n < 1000; n++) {
      const t = second + n / 1000
      if (t % 0.7 < 0.2 || random.unit() < 0.1) stream.add(t, 1)
    }
    stream.advance(second + 1)
    if (second % 600 === 599) {
      globalThis.gc?.()
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      heap.push((heapUsed + arrayBuffers) / 1e6)
    }
  }
  const grown = heap.at(-1)! - heap[1]!
  console.log(
    `an hour of some 360 samples a second; memory each ten minutes: ${heap.map((mb) => mb.toFixed(1)).join(' ')} MB, ${((cpuMs() - before) / 36_000).toFixed(1)} % of a core   ${'< 5 MB more'}   ${verdict(grown < 5)}`,
  )
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '50' },
    cases: { type: 'string', default: '10000' },
  },
})
const part = (name: string): boolean => values.only === undefined || values.only === name
const searcher = new Searcher()
if (part('table')) table(Number(values.seeds), searcher)
if (part('null')) nulls(Number(values.cases), searcher)
if (part('varying')) varying(Number(values.seeds), verdict)
if (part('samples')) samplesNeeded(Number(values.seeds), searcher)
if (part('jobs')) jobs(Number(values.seeds), searcher, verdict)
if (part('cost')) cost()
console.log(missed === 0 ? '\nall reached' : `\n${missed} MISSED`)
process.exitCode = missed === 0 ? 0 : 1
