import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ThresholdPeriod, thresholdDefaults } from '../../src/lib/period/threshold.ts'

const START = 1_700_000_000_000

/** Numbers of 0 to 1, the same ones in every run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000
  }
}

interface Train {
  /** Packets a second of this millisecond. */
  readonly rate: (ms: number) => number
  readonly seconds: number
  /** 1 in so many is sampled at random; 1: all come, evenly. */
  readonly sampling: number
  /** Samples come this late. */
  readonly lateMs?: number
  readonly seed?: number
}

/** What is reported at the end of each second. */
function periods(method: ThresholdPeriod, { rate, seconds, sampling, lateMs = 0, seed = 1 }: Train): (number | null)[] {
  const random = chance(seed)
  const seen: (number | null)[] = []
  const coming = new Map<number, number[]>()
  for (let ms = 0; ms < seconds * 1000; ms++) {
    const mean = rate(ms) / 1000 / sampling
    // Poisson by inversion; one weight for all packets of the millisecond where all are taken.
    let samples = sampling === 1 ? (mean > 0 ? 1 : 0) : 0
    if (sampling > 1) {
      let term = Math.exp(-mean)
      let sum = term
      for (const u = random(); u > sum; sum += term) term *= mean / ++samples
    }
    const weight = sampling === 1 ? mean : sampling
    for (let i = 0; i < samples; i++) {
      const at = ms + Math.floor(lateMs * random())
      coming.set(at, [...(coming.get(at) ?? []), ms])
    }
    for (const sent of coming.get(ms) ?? []) method.frames(START + sent, weight)
    coming.delete(ms)
    method.advance(START + ms)
    if (ms % 1000 === 999) seen.push(method.state()?.periodSeconds ?? null)
  }
  return seen
}

const onOff = (on: number, off: number, rate: number) => (ms: number) => (ms % (on + off) < on ? rate : 0)
const near = (value: number | null | undefined, wanted: number, off: number) =>
  assert.ok(value !== null && value !== undefined && Math.abs(value - wanted) <= off, `${value} is not ${wanted}`)

describe('ThresholdPeriod', () => {
  test('256 ms on, 256 ms off, as it was published: just over half a second', () => {
    const method = new ThresholdPeriod()
    const seen = periods(method, { rate: onOff(256, 256, 20_000), seconds: 60, sampling: 1 })
    near(seen.at(-1), 0.512, 0.001)
    const { errorSeconds, cycles, threshold, average } = method.state()!
    assert.equal(cycles, 20)
    assert.ok(errorSeconds !== null && errorSeconds < 0.002)
    near(threshold, 10_000, 1000)
    near(average, 10_000, 200)
    // 20 s of load, then 20 intervals: nothing is reported earlier.
    assert.deepEqual(
      seen.slice(0, 29).filter((x) => x !== null),
      [],
    )
    assert.notEqual(seen[33], null)
  })

  for (const sampling of [100, 1000]) {
    test(`the same, 1 in ${sampling} sampled`, () => {
      const rate = onOff(256, 256, 2000 * sampling)
      const found = periods(new ThresholdPeriod(), { rate, seconds: 90, sampling }).filter((x) => x !== null)
      assert.ok(found.length >= 20, `${found.length} of 90 s`)
      for (const period of found) near(period, 0.512, 0.03)
    })
  }

  test('the lab: 10,003 packets in 200 ms, then 500 ms of nothing', () => {
    const rate = onOff(200, 500, 10_003 / 0.2)
    near(periods(new ThresholdPeriod(), { rate, seconds: 60, sampling: 100 }).at(-1), 0.7, 0.01)
  })

  test('samples that come up to a second late, out of order, change nothing but the first seconds', () => {
    const rate = onOff(256, 256, 200_000)
    const seen = periods(new ThresholdPeriod(), { rate, seconds: 90, sampling: 100, lateMs: 1000 })
    const found = seen.filter((x) => x !== null)
    assert.ok(found.length >= 20, `${found.length} of 90 s`)
    for (const period of found) near(period, 0.512, 0.03)
  })

  test('traffic without a rhythm: none, but for a rare chance', () => {
    let told = 0
    for (let seed = 1; seed <= 5; seed++) {
      const seen = periods(new ThresholdPeriod(), { rate: () => 20_000, seconds: 200, sampling: 100, seed })
      told += seen.filter((x) => x !== null).length
    }
    // Of 1,000 seconds. The intervals of chance have a coefficient of variation around 0.5 now and then.
    assert.ok(told < 50, `${told}`)
  })

  test('another job: the new period after 20 s of learning and 20 cycles; no period between', () => {
    const before = onOff(200, 500, 50_000)
    const after = onOff(400, 900, 100_000)
    const rate = (ms: number) => (ms < 60_000 ? before(ms) : after(ms))
    const seen = periods(new ThresholdPeriod(), { rate, seconds: 150, sampling: 100 })
    near(seen[58], 0.7, 0.01)
    assert.equal(seen[78], null)
    near(seen.at(-1), 1.3, 0.03)
  })

  test('the job ends: none after ten cycles', () => {
    const rate = (ms: number) => (ms < 60_000 ? onOff(200, 500, 50_000)(ms) : 0)
    const method = new ThresholdPeriod()
    const seen = periods(method, { rate, seconds: 80, sampling: 100 })
    near(method.overall()?.periodSeconds, 0.7, 0.01)
    near(seen[59], 0.7, 0.01)
    near(seen[64], 0.7, 0.01)
    assert.deepEqual(seen.slice(69), Array(11).fill(null))
  })

  test('a burst that falls below for less than the hysteresis is one', () => {
    // 150 ms on, 60 off, 150 on, 640 off; the dip is below the mean for far less than 200 ms.
    const rate = (ms: number) => (ms % 1000 < 150 || (ms % 1000 >= 210 && ms % 1000 < 360) ? 50_000 : 0)
    near(periods(new ThresholdPeriod(), { rate, seconds: 60, sampling: 100 }).at(-1), 1, 0.02)
  })

  test('options: a shorter window learns sooner', () => {
    const quick = { ...thresholdDefaults, load: { ...thresholdDefaults.load, window: 5 } }
    const period = { ...thresholdDefaults.period, window: 6 }
    const method = new ThresholdPeriod({ ...quick, period })
    const seen = periods(method, { rate: onOff(256, 256, 200_000), seconds: 40, sampling: 1 })
    const first = seen.findIndex((x) => x !== null)
    assert.ok(first > 0 && first < 20, `${first}`)
  })

  test('nothing before the first packet', () => {
    const method = new ThresholdPeriod()
    method.advance(START)
    assert.equal(method.state(), null)
    assert.deepEqual(method.trend(), { endMs: Number.NaN, value: [], threshold: [], average: [] })
  })

  test('the last 30 s in steps of 100 ms', () => {
    const method = new ThresholdPeriod()
    periods(method, { rate: onOff(250, 250, 20_000), seconds: 41, sampling: 1 })
    const { endMs, value, threshold, average } = method.trend()
    assert.equal(endMs, START + 40_900)
    assert.deepEqual([value.length, threshold.length, average.length], [300, 300, 300])
    // From 11 s on; the mean is known with the 20th second.
    assert.equal(average[79], null)
    assert.notEqual(average[95], null)
    assert.notEqual(threshold[95], null)
    // The step 200 ms into a burst, decayed over 100 ms: 20,000 (1 - e^-2), and 205 that is left of the burst before.
    near(Math.max(...value.map((x) => x ?? 0)), 17_498, 150)
  })

  test('a day of nothing, times far ahead, behind, and none: neither long nor wrong', () => {
    const method = new ThresholdPeriod()
    const rate = onOff(256, 256, 200_000)
    periods(method, { rate, seconds: 60, sampling: 100 })
    const begun = performance.now()
    method.advance(START + 86_400_000)
    method.frames(START - 86_400_000, 100)
    method.advance(Number.NEGATIVE_INFINITY)
    method.advance(Number.NaN)
    assert.ok(performance.now() - begun < 500)
    assert.equal(method.state()?.periodSeconds, null)
    method.frames(START + 2 * 86_400_000, 100)
    assert.ok(performance.now() - begun < 1000)
    assert.ok(method.trend().value.length <= 300)
  })
})
