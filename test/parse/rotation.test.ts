import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseRingSize, parseRotation } from '../../src/lib/parse/rotation.ts'

describe('rotation', () => {
  const rows = [
    ['100M', { bytes: 100_000_000 }],
    ['1GiB', { bytes: 1_073_741_824 }],
    ['128KiB', { bytes: 131_072 }],
    ['5M', { bytes: 5_000_000 }],
    ['200000', { bytes: 200_000 }],
    ['5m', { seconds: 300 }],
    ['1h30m', { seconds: 5400 }],
    ['1s', { seconds: 1 }],
    ['1.5m', { seconds: 90 }],
  ] as const
  for (const [text, want] of rows) {
    test(text, () => assert.deepEqual(parseRotation(text, '--rotate'), want))
  }
  for (const text of ['', 'x', '1', '127KiB', '100ms', '1.5s', '-1h', '1h,1M', '0s', '1y']) {
    test(`"${text}" is refused`, () => {
      assert.throws(
        () => parseRotation(text, '--rotate'),
        (error) =>
          error instanceof InputError && error.message.startsWith(`--rotate "${text}" is not understood. Give `),
      )
    })
  }
})

describe('size of a ring', () => {
  test('a span, and a bound', () => {
    assert.deepEqual(parseRingSize('60s', '--ring'), { seconds: 60, bytes: undefined })
    assert.deepEqual(parseRingSize('5m,1G', '--ring'), { seconds: 300, bytes: 1_000_000_000 })
    assert.deepEqual(parseRingSize('5m, 64MiB', '--ring'), { seconds: 300, bytes: 67_108_864 })
  })
  for (const text of ['', '60', '60s,', '60s,1s', '60s,1M,2M', '60s,1000', '1G', '0s', '500ms']) {
    test(`"${text}" is refused`, () => assert.throws(() => parseRingSize(text, '--ring'), InputError))
  }
})
