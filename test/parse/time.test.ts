import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InputError } from '../../src/lib/errors.ts'
import { parseTime } from '../../src/lib/parse/time.ts'

// 2026-05-01T12:00:00Z is 1,777,636,800 seconds after 1970 (date -u -d 2026-05-01T12:00:00Z +%s).
const noon = 1_777_636_800_000_000_000n
const absolute: [string, bigint][] = [
  ['2026-05-01T12:00:00Z', noon],
  ['2026-05-01 12:00:00 Z', noon],
  ['2026-05-01T12:00Z', noon],
  ['2026-05-01T14:00:00+02:00', noon],
  ['2026-05-01T06:30:00-0530', noon],
  ['2026-05-01T12:00:00.5Z', noon + 500_000_000n],
  ['2026-05-01T12:00:00.123456789Z', noon + 123_456_789n],
  ['2026-05-01T12:00:00', noon],
  ['2026-05-01', noon - 43_200_000_000_000n],
  ['1777636800', noon],
  ['1777636800.000000001', noon + 1n],
  ['0', 0n],
]
for (const [text, ns] of absolute) {
  test(`${text} in UTC`, () => assert.deepEqual(parseTime(text, '--since', true), { from: 'epoch', ns }))
}

test('without a zone and without --utc it is local time', () => {
  const zone = process.env.TZ
  process.env.TZ = 'America/St_Johns'
  try {
    // Newfoundland is at UTC−2:30 in May.
    assert.deepEqual(parseTime('2026-05-01T09:30:00', '--since', false), { from: 'epoch', ns: noon })
    assert.deepEqual(parseTime('2026-05-01T12:00:00Z', '--since', false), { from: 'epoch', ns: noon })
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
})

test('+DURATION counts from the start of the input', () => {
  assert.deepEqual(parseTime('+5s', '--since', false), { from: 'start', ns: 5_000_000_000n })
})

for (const text of [
  '',
  'yesterday',
  '2026-02-30',
  '2026-13-01',
  '2026-00-10',
  '2026-05-01T24:00Z',
  '2026-05-01T12:60Z',
  '12:00',
  '+5',
  '-5s',
  '1777636800.1234567891',
]) {
  test(`no time: "${text}"`, () => assert.throws(() => parseTime(text, '--since', true), InputError))
}
