import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distinctOf, meanOf, type Part, sumOf } from '../../src/lib/flow/estimate.ts'
import {
  betaCumulative,
  countQuantile,
  gammaQuantile,
  normalQuantile,
  student95,
} from '../../src/lib/flow/quantiles.ts'
import type { Scale } from '../../src/lib/flow/scale.ts'

const near = (got: number | null, want: number, what: string) =>
  assert.ok(got !== null && Math.abs(got - want) <= Math.abs(want) * 1e-4, `${what}: ${got}, wanted ${want}`)

const pool = (rate: number, received: number): Scale => ({
  rate,
  counted: true,
  received,
  taken: received,
  gap: rate,
  unseen: 1 - 1 / rate,
  random: 1 - 1 / rate,
})
const configured = (rate: number, received: number): Scale => ({ ...pool(rate, received), counted: false })
const frames = { spread: { variance: 0, jump: 0 }, largestRate: 400, smooth: false, sampleWeight: 1, agents: 1 }
/** Values of samples, by how many have each. */
const part = (scale: Scale, sizes: readonly (readonly [size: number, samples: number])[], whole = false): Part => {
  const add = (of: (size: number) => number) => sizes.reduce((sum, [size, samples]) => sum + of(size) * samples, 0)
  const samples = add(() => 1)
  return { scale, weight: samples, weightSquares: samples, sum: add((s) => s), squares: add((s) => s * s), whole }
}

test('quantiles, against tables', () => {
  // Half a chi-square quantile; NIST/SEMATECH e-Handbook 1.3.6.7.4, R qgamma.
  near(gammaQuantile(1, 0.975), 3.688879, 'gamma 1')
  near(gammaQuantile(10, 0.025), 4.795389, 'gamma 10')
  near(gammaQuantile(11, 0.975), 18.390356, 'gamma 11')
  near(gammaQuantile(0.5, 0.025), 0.000491, 'gamma 0.5')
  near(gammaQuantile(200.5, 0.975), 229.184, 'gamma 200.5')
  near(normalQuantile(0.975), 1.959964, 'normal')
  near(normalQuantile(0.01), -2.326348, 'normal')
  for (const [n, want] of [
    [1, 12.7062],
    [2, 4.302653],
    [5, 2.570582],
    [29, 2.04523],
  ] as const) {
    assert.ok(Math.abs(student95(n) - want) < 2e-3, `Student ${n}: ${student95(n)}`)
  }
})

test('bounds of counts, against the binomial and Poisson sums', () => {
  near(betaCumulative(2, 3, 0.4), 0.5248, 'beta')
  const both = (c: number, n: number) => [countQuantile(c, n, 0.025), countQuantile(c, n, 0.975)] as const
  const none = Number.POSITIVE_INFINITY
  // None: exp(-x) = 0.025; none of 53: (1 - x/53)^53 = 0.025, and the same from the other side.
  assert.equal(both(0, none)[0], 0)
  near(both(0, none)[1], 3.688879, 'none, Poisson')
  assert.equal(both(0, 53)[0], 0)
  near(both(0, 53)[1], 53 * (1 - 0.025 ** (1 / 53)), 'none of 53')
  assert.equal(both(53, 53)[1], 53)
  near(both(53, 53)[0], 53 * 0.025 ** (1 / 53), 'all of 53')
  assert.deepEqual(both(1, 1)[1], 1)
  // One: three quarters of the chance of just one.
  const [low, high] = both(1, none)
  near(1 - Math.exp(-low) - 0.25 * low * Math.exp(-low), 0.025, 'one, low')
  near(Math.exp(-high) * (1 + 0.75 * high), 0.025, 'one, high')
  // Three of ten: five eighths of it, term by term.
  const chances = (c: number, n: number, p: number) => {
    let [chance, below] = [(1 - p) ** n, 0]
    for (let k = 0; k < c; k++) {
      below += chance
      chance *= ((n - k) / (k + 1)) * (p / (1 - p))
    }
    return { below, chance }
  }
  const [from, to] = both(3, 10)
  const at = chances(3, 10, from / 10)
  near(1 - at.below - at.chance * (1 - 0.625), 0.025, 'three of ten, low')
  const above = chances(3, 10, to / 10)
  near(above.below + above.chance * 0.625, 0.025, 'three of ten, high')
  // Many are normal.
  near(both(100_000, none)[1], 100_000 + 1.959964 * Math.sqrt(1e5), 'many')
  near(both(1_000_000, 1_000_008)[0], 1_000_008 - 15.2631, 'eight missed of a million')
})

test('the worked example of sflow5.md 1.9: 400,000 of 1,000,000 packets, 381,000 to 419,000', () => {
  const got = sumOf([part(pool(400, 2500), [[1, 1000]])], frames)
  assert.equal(got.total, 400_000)
  // 196 √((1-p)/c), p = 0.4, and 1 in 400 of all packets was seen.
  const error = 195.996398 * Math.sqrt((0.6 / 1000) * (1 - 1 / 400))
  assert.ok(Math.abs(got.errorPct! - error) < 0.01, `${got.errorPct}, wanted ${error}`)
  assert.equal(Math.round(got.low! / 1000), 381)
  assert.equal(Math.round(got.high! / 1000), 419)
})

test('without a pool the number of packets is not known either: 196 √(1/c)', () => {
  const got = sumOf([part(configured(400, 2500), [[1, 1000]])], frames)
  const error = 195.996398 * Math.sqrt((1 / 1000) * (1 - 1 / 400))
  assert.ok(Math.abs(got.errorPct! - error) < 0.01, `${got.errorPct}, wanted ${error}`)
})

test('all samples are of the flow: up to 3.69 more might have been of others, and the ends of the window are not sure', () => {
  const { total, low, high } = sumOf([part(pool(1e9, 1000), [[1, 1000]])], frames)
  assert.equal(total, 1e12)
  const others = 1000 * (1 - 0.025 ** (1 / 1000))
  near(total - low!, 1e9 * Math.hypot(others, Math.log(20)), 'low')
  near(high! - total, 1e9 * Math.log(20), 'high')
})

test('what is the whole by design has the error of the ends only', () => {
  const whole = part(pool(1e9, 1000), [[1, 1000]], true)
  const got = sumOf([whole], frames)
  near(got.low, 1e12 - 1e9 * Math.log(20), 'low')
  near(got.high, 1e12 + 1e9 * Math.log(20), 'high')
  const rest = part(configured(1e9, 10), [[1, 10]])
  const alone = sumOf([rest], { ...frames, largestRate: 1e9 })
  const both = sumOf([whole, rest], { ...frames, largestRate: 1e9 })
  near(both.total - both.low!, Math.hypot(alone.total - alone.low!, 1e9 * Math.log(20)), 'both, low')
  near(both.high! - both.total, Math.hypot(alone.high! - alone.total, 1e9 * Math.log(20)), 'both, high')
})

test('a whole whose packets are not counted is not exact', () => {
  const got = sumOf([part(configured(400, 1000), [[1, 1000]], true)], frames)
  assert.ok(got.errorPct! > 6 && got.errorPct! < 6.5, `${got.errorPct}`)
})

test('few samples: the bounds of counts', () => {
  const got = sumOf([part(configured(1e9, 8), [[1, 8]])], { ...frames, largestRate: 1e9 })
  near(got.low, 3.68097e9, 'low')
  near(got.high, 15.263105e9, 'high')
  near(got.errorPct, (50 * (15.263105 - 3.68097)) / 8, 'error')
})

test('every packet sampled: exact, however few', () => {
  const got = sumOf([part(configured(1, 3), [[1, 3]])], { ...frames, largestRate: 1 })
  assert.deepEqual(got, { total: 3, errorPct: 0, low: 3, high: 3 })
})

test('octets: 1.96 √Σs² / Σs where there are many samples', () => {
  const sizes = [
    [64, 5000],
    [1500, 5000],
  ] as const
  const got = sumOf([part(configured(1e6, 10_000), sizes)], frames)
  assert.equal(got.total, 7_820_000e6)
  const error = 195.996398 * (Math.sqrt(5000 * (64 ** 2 + 1500 ** 2)) / 7_820_000)
  assert.ok(Math.abs(got.errorPct! - error) < 0.001, `${got.errorPct}, wanted ${error}`)
})

test('octets of one size: the bounds of frames, where flows have one size; wider where sizes differ', () => {
  const acks = [part(configured(1e9, 1000), [[70, 8]])]
  const alike = sumOf(acks, { ...frames, largestRate: 1e9 })
  near(alike.low, 70 * 3.68097e9, 'low')
  near(alike.high, 70 * 15.263105e9, 'high')
  const mixed = sumOf(acks, { ...frames, largestRate: 1e9, spread: { variance: 500 ** 2, jump: 1400 ** 2 } })
  assert.ok(mixed.high! > 3 * alike.high!, `${mixed.high}`)
  assert.ok(mixed.low! < alike.low!, `${mixed.low}`)
})

test('a source of a higher rate may have samples of the flow that were not met', () => {
  const got = sumOf([part(configured(100, 8), [[1, 8]])], { ...frames, largestRate: 400 })
  assert.ok(got.high! > 1600 && got.high! < 2800, `${got.high}`)
})

test('variances of several sources add', () => {
  const got = sumOf([part(configured(100, 1e9), [[1, 400]]), part(configured(1000, 1e9), [[1, 50]])], frames)
  assert.equal(got.total, 90_000)
  // The samples weigh unequally, so that they are worth 90,000² / (100² 400 + 1000² 50) = 150.
  assert.ok(got.errorPct! > (100 * 1.96 * Math.sqrt(54e6)) / 90_000 - 0.1 && got.errorPct! < 16.5, `${got.errorPct}`)
})

test('the highest of three agents: a lower low end', () => {
  const parts = [part(configured(1e9, 1000), [[1, 40]])]
  const alone = sumOf(parts, frames)
  const chosen = sumOf(parts, { ...frames, agents: 3 })
  assert.equal(chosen.high, alone.high)
  assert.ok(chosen.low! < alone.low!, `${chosen.low}, alone ${alone.low}`)
})

test('samples of unknown scale are in no total', () => {
  const unknown = part(configured(Number.NaN, 5), [[1, 5]])
  assert.ok(Number.isNaN(sumOf([unknown], frames).total))
  assert.equal(sumOf([unknown, part(configured(100, 40), [[1, 40]])], frames).total, 4000)
  assert.deepEqual(sumOf([], frames), { total: 0, errorPct: null, low: null, high: null })
})

test('averages', () => {
  assert.equal(meanOf([]), null)
  assert.deepEqual(meanOf([{ rate: 100, samples: 1, sum: 7, squares: 49 }]), {
    total: 7,
    errorPct: null,
    low: null,
    high: null,
  })
  const got = meanOf([{ rate: 100, samples: 4, sum: 40, squares: 440 }])
  // Values with mean 10 and Σ(v - 10)² = 40: deviation √(40/3), Student's t with 3 degrees of freedom 3.1824.
  assert.equal(got?.total, 10)
  assert.ok(Math.abs(got!.errorPct! - (100 * 3.1824 * Math.sqrt(40 / 3 / 4)) / 10) < 0.3, `${got?.errorPct}`)
  const weighed = meanOf([
    { rate: 100, samples: 10, sum: 100, squares: 1000 },
    { rate: 300, samples: 10, sum: 200, squares: 4000 },
  ])
  assert.equal(weighed?.total, 17.5)
})

test('distinct values', () => {
  assert.deepEqual(distinctOf(12, 0), { total: 12, errorPct: null, low: null, high: null })
  const kept = distinctOf(100, 2)
  assert.equal(kept.total, 400)
  const error = 195.996398 * Math.sqrt(0.75 / 100)
  assert.ok(Math.abs(kept.errorPct! - error) < 0.2, `${kept.errorPct}, wanted ${error}`)
})
