import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distinctOf, meanOf, sumOf } from '../../src/lib/flow/estimate.ts'
import { gammaQuantile, normalQuantile, student95 } from '../../src/lib/flow/quantiles.ts'
import type { Scale } from '../../src/lib/flow/scale.ts'

const near = (got: number | null, want: number, what: string) =>
  assert.ok(got !== null && Math.abs(got - want) <= Math.abs(want) * 1e-4, `${what}: ${got}, wanted ${want}`)

const pool = (rate: number, received: number): Scale => ({
  rate,
  counted: true,
  received,
  taken: received,
  unseen: 1 - 1 / rate,
  random: 1 - 1 / rate,
})
const configured = (rate: number, received: number): Scale => ({ ...pool(rate, received), counted: false })
const frames = { largest: 1, largestRate: 400, smooth: false, agents: 1 }

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

test('the worked example of sflow5.md 1.9: 400,000 of 1,000,000 packets, 381,000 to 419,000', () => {
  const got = sumOf([{ scale: pool(400, 2500), samples: 1000, sum: 1000, squares: 1000 }], frames)
  assert.equal(got.total, 400_000)
  // 196 √((1-p)/c), p = 0.4, and 1 in 400 of all packets was seen.
  near(got.errorPct, 195.996398 * Math.sqrt((0.6 / 1000) * (1 - 1 / 400)), 'error')
  assert.equal(Math.round((got.total * got.errorPct!) / 100 / 1000), 19)
  assert.equal(got.low, null)
})

test('without a pool the number of packets is not known either: 196 √(1/c)', () => {
  const got = sumOf([{ scale: configured(400, 2500), samples: 1000, sum: 1000, squares: 1000 }], frames)
  near(got.errorPct, 195.996398 * Math.sqrt((1 / 1000) * (1 - 1 / 400)), 'error')
})

test('all packets of a counted pool: no error but for the sampling itself', () => {
  const got = sumOf([{ scale: pool(400, 1000), samples: 1000, sum: 1000, squares: 1000 }], frames)
  assert.deepEqual(got, { total: 400_000, errorPct: 0, low: null, high: null })
})

test('below 30 samples: the exact Poisson interval', () => {
  const got = sumOf([{ scale: configured(1e9, 10), samples: 10, sum: 10, squares: 10 }], {
    ...frames,
    largestRate: 1e9,
  })
  near(got.low, 4.795389e9, 'low')
  near(got.high, 18.390356e9, 'high')
  near(got.errorPct, 67.974835, 'error')
})

test('every packet sampled: exact, however few', () => {
  const got = sumOf([{ scale: configured(1, 3), samples: 3, sum: 3, squares: 3 }], { ...frames, largestRate: 1 })
  assert.deepEqual(got, { total: 3, errorPct: 0, low: 3, high: 3 })
})

test('octets: 1.96 √Σs² / Σs, with the quantile of so many equal samples', () => {
  const parts = [
    { scale: configured(1e6, 100), samples: 100, sum: 50 * 64 + 50 * 1500, squares: 50 * 64 ** 2 + 50 * 1500 ** 2 },
  ]
  const got = sumOf(parts, { ...frames, largest: 1500 })
  assert.equal(got.total, 78_200e6)
  // (Σs)²/Σs² = 54.258 equal samples: Student's t with 53.258 degrees of freedom is 2.0055.
  near(got.errorPct, 100 * 2.0055 * (Math.sqrt(112_704_800) / 78_200), 'error')
})

test('variances of several sources add', () => {
  const got = sumOf(
    [
      { scale: configured(100, 1e9), samples: 400, sum: 400, squares: 400 },
      { scale: configured(1000, 1e9), samples: 50, sum: 50, squares: 50 },
    ],
    frames,
  )
  assert.equal(got.total, 90_000)
  // The samples weigh unequally, so that they are worth 90,000² / (100² 400 + 1000² 50) = 150.
  assert.ok(got.errorPct! > (100 * 1.96 * Math.sqrt(54e6)) / 90_000 - 0.1 && got.errorPct! < 16.5, `${got.errorPct}`)
})

test('samples of unknown scale are in no total', () => {
  const unknown = { scale: configured(Number.NaN, 5), samples: 5, sum: 5, squares: 5 }
  assert.ok(Number.isNaN(sumOf([unknown], frames).total))
  assert.equal(sumOf([unknown, { scale: configured(100, 40), samples: 40, sum: 40, squares: 40 }], frames).total, 4000)
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
  assert.deepEqual(distinctOf(12, 0), { total: 12, errorPct: 0, low: null, high: null })
  const part = distinctOf(100, 2)
  assert.equal(part.total, 400)
  near(part.errorPct, 195.996398 * Math.sqrt(0.75 / 100), 'error')
})
