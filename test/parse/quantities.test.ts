import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseDuration } from '../../src/lib/parse/duration.ts'
import { parseCount, parseRate } from '../../src/lib/parse/rate.ts'
import { parseBufferSize, parseSize } from '../../src/lib/parse/size.ts'

const durations: [string, bigint][] = [
  ['100ms', 100_000_000n],
  ['2s', 2_000_000_000n],
  ['5m', 300_000_000_000n],
  ['1h', 3_600_000_000_000n],
  ['1h30m', 5_400_000_000_000n],
  ['1.5s', 1_500_000_000n],
  ['.5s', 500_000_000n],
  ['0s', 0n],
  ['250us', 250_000n],
  ['7µs', 7_000n],
  ['9ns', 9n],
  ['400d', 34_560_000_000_000_000n],
  [' 2s ', 2_000_000_000n],
]
for (const [text, ns] of durations) test(`duration ${text}`, () => assert.equal(parseDuration(text, '--window'), ns))
for (const text of ['', '5', 's', '5x', '-5s', '5 s', '1.5ns', '1e3s', '5s!', '1h 30m', '5sm']) {
  test(`no duration: "${text}"`, () =>
    assert.throws(() => parseDuration(text, '--window'), {
      name: 'InputError',
      message: `--window "${text}" is not understood. Give a number and ns, us, ms, s, m, h or d, such as 100ms, 2s, 5m or 1h30m.`,
    }))
}

const rates: [string, number][] = [
  ['0', 0],
  ['500', 500],
  ['1k', 1000],
  ['10M', 10_000_000],
  ['2.5G', 2_500_000_000],
  ['1T', 1_000_000_000_000],
  ['9007199254740991', 9_007_199_254_740_991],
]
for (const [text, value] of rates) test(`rate ${text}`, () => assert.equal(parseRate(text, '--rate'), value))
for (const text of ['', 'k', '1.5', '1.0005k', '-1', '1m', '1KiB', '9007199254740992', '1e3', '0x10']) {
  test(`no rate: "${text}"`, () => assert.throws(() => parseRate(text, '--rate'), InputError))
}
test('a count is one or more', () => {
  assert.equal(parseCount('3', '--limit'), 3)
  assert.throws(() => parseCount('0', '--limit'), {
    message: '--limit "0" is not understood. Give a number of 1 or more.',
  })
})

const sizes: [string, number][] = [
  ['4096', 4096],
  ['64KiB', 65_536],
  ['64kib', 65_536],
  ['64Ki', 65_536],
  ['100M', 100_000_000],
  ['100MB', 100_000_000],
  ['1.5MiB', 1_572_864],
  ['2GiB', 2_147_483_648],
  ['1k', 1000],
]
test('a receive buffer is from 64KiB to 1GiB, the most that a kernel grants', () => {
  assert.deepEqual(
    ['64KiB', '8MiB', '1GiB'].map((text) => parseBufferSize(text, '--buffer')),
    [65_536, 8_388_608, 1_073_741_823],
  )
  for (const [text, message] of [
    ['10', '--buffer 10 is too small: the largest datagram needs 64KiB.'],
    ['8k', '--buffer 8k is too small: the largest datagram needs 64KiB.'],
    ['100G', '--buffer 100G is too large: Linux grants 1GiB at most.'],
  ] as const) {
    assert.throws(() => parseBufferSize(text, '--buffer'), { name: 'InputError', message })
  }
})
for (const [text, bytes] of sizes) test(`size ${text}`, () => assert.equal(parseSize(text, '--buffer'), bytes))
for (const text of ['', '64 KiB KiB', '1.0001k', '5x', '-1', '9000TiB']) {
  test(`no size: "${text}"`, () => assert.throws(() => parseSize(text, '--buffer'), InputError))
}
