import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeText } from '../../src/lib/ui/escape-text.ts'
import { formatBits, formatCount, formatIec, formatPercent, formatSi } from '../../src/lib/ui/numbers.ts'
import { formatLocalClock, formatLocalDay, formatLocalTime, formatSpan, formatUtcTime } from '../../src/lib/ui/times.ts'
import { displayWidth, padEnd, padStart, truncate } from '../../src/lib/ui/width.ts'

const escapes: [string, string, string][] = [
  ['plain text stays', 'leaf1 swp3 (Ethernet)', 'leaf1 swp3 (Ethernet)'],
  ['letters of the world stay', 'Zürich 東京 мост 👩‍💻', 'Zürich 東京 мост 👩‍💻'],
  ['a backslash stays', 'C:\\x', 'C:\\x'],
  ['ESC', '\u001b[2J', '\\x1b[2J'],
  ['CSI in one byte', '\u009b2J', '\\u009b2J'],
  ['line feeds', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
  ['NUL, BEL, DEL', '\0\u0007\u007f', '\\x00\\x07\\x7f'],
  ['bidi override', 'a\u202egnp.exe', 'a\\u202egnp.exe'],
  ['bidi isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
  ['zero-width space and BOM', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
  ['line separator', 'a\u2028b', 'a\\u2028b'],
  ['tag characters', '\u{e0041}', '\\u{e0041}'],
  ['bytes that are no UTF-8, as decodeText keeps them', '\udcff\udcc3(\udc80', '\\xff\\xc3(\\x80'],
  ['lone surrogates', 'a\ud800b\udc00', 'a\\ud800b\\udc00'],
]
for (const [name, text, want] of escapes) test(`escape: ${name}`, () => assert.equal(escapeText(text), want))

const widths: [string, number][] = [
  ['', 0],
  ['abc', 3],
  ['Zürich', 6],
  ['u\u0308', 1],
  ['東京', 4],
  ['▏▇█', 3],
  ['→ ✗ ±', 5],
  ['⌫↵', 2],
  ['🙂', 2],
  ['⚡⏰⛵', 6],
  ['\u001b[31mred\u001b[39m', 3],
]
for (const [text, want] of widths)
  test(`width of ${JSON.stringify(text)}`, () => assert.equal(displayWidth(text), want))
test('padding counts columns', () => {
  assert.equal(padEnd('東', 4), '東  ')
  assert.equal(padStart('東', 4), '  東')
  assert.equal(padEnd('abcde', 4), 'abcde')
})
test('truncating never splits a wide character', () => {
  assert.equal(truncate('abcdef', 6), 'abcdef')
  assert.equal(truncate('abcdef', 5), 'abcd…')
  assert.equal(truncate('東京都', 5), '東京…')
  assert.equal(truncate('東京都', 4), '東…')
  assert.equal(truncate('abc', 0), '')
})

const si: [number, string, string][] = [
  [0, 'b/s', '0 b/s'],
  [7, 'b/s', '7 b/s'],
  [0.5, '', '0.50'],
  [999, 'b/s', '999 b/s'],
  [999.6, 'b/s', '1.00 kb/s'],
  [1000, 'b/s', '1.00 kb/s'],
  [12_345, '', '12.3 k'],
  [1.24e9, 'b/s', '1.24 Gb/s'],
  [41.2e9, 'b/s', '41.2 Gb/s'],
  [400e9, 'b/s', '400 Gb/s'],
  [99.96e9, 'b/s', '100 Gb/s'],
  [999.9e9, 'b/s', '1.00 Tb/s'],
  [-1500, 'b/s', '-1.50 kb/s'],
  [Number.NaN, 'b/s', '-'],
  [Number.POSITIVE_INFINITY, 'b/s', '-'],
]
for (const [value, unit, want] of si) test(`SI ${value} ${unit}`, () => assert.equal(formatSi(value, unit), want))
test('bits', () => assert.equal(formatBits(9.2e6), '9.20 Mb/s'))

const iec: [number, string][] = [
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.50 KiB'],
  [4_194_304, '4 MiB'],
  [8_388_608, '8 MiB'],
  [1_610_612_736, '1.50 GiB'],
]
for (const [bytes, want] of iec) test(`IEC ${bytes}`, () => assert.equal(formatIec(bytes), want))

const counts: [number | bigint, string][] = [
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [4_711_000, '4,711,000'],
  [-1234, '-1,234'],
  [18_446_744_073_709_551_615n, '18,446,744,073,709,551,615'],
]
for (const [value, want] of counts) test(`count ${value}`, () => assert.equal(formatCount(value), want))

const percents: [number, string][] = [
  [0, '0 %'],
  [0.004, '0.4 %'],
  [0.0001, '< 0.1 %'],
  [0.21, '21 %'],
  [0.0994, '9.9 %'],
  [0.994, '99 %'],
  [0.996, '99.6 %'],
  [0.99999, '99.9 %'],
  [1, '100 %'],
  [Number.NaN, '-'],
]
for (const [share, want] of percents) test(`percent ${share}`, () => assert.equal(formatPercent(share), want))

test('UTC time has nine digits', () => assert.equal(formatUtcTime(1_777_636_801, 5), '2026-05-01T12:00:01.000000005Z'))
test('UTC time of the last 32-bit second', () =>
  assert.equal(formatUtcTime(4_294_967_295, 0), '2106-02-07T06:28:15.000000000Z'))
for (const [zone, want] of [
  ['Europe/Berlin', '2026-05-01 14:00:01.123456 +02:00'],
  ['America/St_Johns', '2026-05-01 09:30:01.123456 -02:30'],
  ['UTC', '2026-05-01 12:00:01.123456 +00:00'],
] as const) {
  test(`local time in ${zone}`, () => {
    const before = process.env.TZ
    process.env.TZ = zone
    try {
      assert.equal(formatLocalTime(1_777_636_801, 123_456_999), want)
      const [date, clock, offset] = want.split(' ')
      assert.equal(formatLocalDay(1_777_636_801), `${date} ${offset}`)
      assert.equal(formatLocalClock(1_777_636_801, 123_456_999), clock)
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })
}

const spans: [number, string][] = [
  [0, '0 ms'],
  [350, '350 ms'],
  [12_000, '12 s'],
  [72_400, '1 min 12 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [3_553_200_000, '41 d 3 h'],
]
for (const [ms, want] of spans) test(`span ${ms}`, () => assert.equal(formatSpan(ms), want))
