// The small pieces of screens: cells, layout, sparklines, safe text, wrapping, the order of rows, keys.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Key } from 'ink'
import { keyNames } from '../../../src/lib/ui/screen/keys.ts'
import { clipLine } from '../../../src/lib/ui/screen/line.ts'
import { RowOrder } from '../../../src/lib/ui/screen/row-order.ts'
import {
  cellText,
  clockCell,
  countCell,
  fitParts,
  fitSlots,
  rateCell,
  ratioCell,
  spanCell,
  sparkline,
  truncateMiddle,
  wrapText,
} from '../../../src/lib/ui/screen/screen.ts'
import { checkedUnseen, screenWanted } from '../../../src/lib/ui/screen/wanted.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'

describe('cells', () => {
  const rates: [number | null, string][] = [
    [null, '-'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, '-'],
    [0, '0'],
    [0.0001, '<0.01'],
    [0.005, '0.01'],
    [0.2, '0.20'],
    [9.994, '9.99'],
    [9.995, '10.0'],
    [62, '62.0'],
    [99.94, '99.9'],
    [99.95, '100'],
    [999.4, '999'],
    [999.5, '1.00k'],
    [1236, '1.24k'],
    [123_456, '123k'],
    [3.4e6, '3.40M'],
    [8e11, '800G'],
  ]
  for (const [value, want] of rates) test(`rate ${value}`, () => assert.equal(rateCell(value), want))

  test('a count keeps its digits where they fit', () => {
    assert.equal(countCell(12_345, 6), '12,345')
    assert.equal(countCell(12_345, 5), '12.3k')
    assert.equal(countCell(1_234_567, 5), '1.23M')
    assert.equal(countCell(null, 5), '-')
  })
  const ratios: [number, string][] = [
    [1, '1'],
    [1000, '1k'],
    [4096, '4096'],
    [16_384, '16384'],
    [100_000, '100k'],
    [131_072, '131k'],
    [1_000_000, '1M'],
    [2_500_000, '2500k'],
    [4_294_967_295, '4.29G'],
  ]
  for (const [n, want] of ratios) test(`1 in ${n}`, () => assert.equal(ratioCell(n), want))

  const second = 1000
  const day = 86_400 * second
  const spans: [number, string][] = [
    [0, '0s'],
    [59_999, '59s'],
    [60 * second, '1m'],
    [3600 * second - 1, '59m'],
    [3600 * second, '1h'],
    [day - 1, '23h'],
    [49.7 * day, '49d'],
  ]
  for (const [ms, want] of spans) test(`span of ${ms} ms`, () => assert.equal(spanCell(ms), want))

  const clocks: [number, string][] = [
    [0.4, '0s'],
    [99.9, '99s'],
    [100, '1m40s'],
    [3599, '59m59s'],
    [3600, '1h00m'],
    [86_399, '23h59m'],
    [86_400, '1d00h'],
    [99 * 86_400 + 3600, '99d01h'],
  ]
  for (const [seconds, want] of clocks) test(`clock at ${seconds} s`, () => assert.equal(clockCell(seconds), want))
})

describe('layout', () => {
  const slots = [
    { min: 10, max: 30, priority: 0 },
    { min: 5, priority: 2 },
    { min: 8, max: 12, priority: 1 },
  ]
  const cases: [number, number[], number][] = [
    [9, [0, 0, 0], 2],
    [10, [10, 0, 0], 2],
    [18, [18, 0, 0], 2],
    [19, [10, 0, 8], 1],
    [20, [10, 0, 8], 2],
    [25, [10, 5, 8], 1],
    [26, [11, 5, 8], 1],
    [27, [10, 5, 8], 2],
    [31, [14, 5, 8], 2],
    [47, [30, 5, 8], 2],
    [50, [30, 5, 11], 2],
    [250, [30, 5, 12], 2],
  ]
  for (const [columns, widths, gap] of cases) {
    test(`of three slots in ${columns} columns`, () => {
      const layout = fitSlots(slots, columns)
      assert.deepEqual(layout.widths, widths)
      if (widths[1] !== 0 || widths[2] !== 0) assert.equal(layout.gap, gap)
    })
  }
  test('slots of one priority grow evenly, and what one does not want is for the others', () => {
    const even = [
      { min: 10, max: 40, priority: 1 },
      { min: 5, max: 5, priority: 1 },
      { min: 10, max: 40, priority: 1 },
      { min: 5, max: 20, priority: 2 },
    ]
    assert.deepEqual(fitSlots(even, 56).widths, [20, 5, 20, 5])
    assert.deepEqual(fitSlots(even, 100).widths, [40, 5, 40, 9])
    assert.deepEqual(fitSlots(even, 39).widths, [11, 5, 12, 5])
  })
  test('nothing fits in nothing', () => assert.deepEqual(fitSlots([], 80).widths, []))

  test('parts keep their place whatever they say', () => {
    const line = (rate: string, lost: string) =>
      fitParts(
        [
          { text: rate, min: 8, priority: 0, align: 'right' },
          { text: lost, min: 10, priority: 1 },
          { text: (width) => String(width), min: 2, priority: 2 },
        ],
        40,
      )
    assert.equal(line('1/s', 'lost 0'), '      1/s  lost 0      2 ')
    assert.equal(line('123.4k/s', 'lost 123456789'), ' 123.4k/s  lost 1234…  2 ')
  })
})

describe('sparkline', () => {
  const cases: [string, number[], number, string][] = [
    ['no value', [], 4, '    '],
    ['zero is the lowest block', [0, 0], 2, '▁▁'],
    ['what is not zero is higher', [0, 1, 1000], 3, '▁▂█'],
    ['all levels', [0, 1, 2, 3, 4, 5, 6, 7], 8, '▁▂▃▄▅▆▇█'],
    ['equal values', [5, 5, 5], 3, '███'],
    ['fewer than there is room for', [1], 3, '  █'],
    ['the newest, scaled by what is shown', [1000, 1, 2], 2, '▅█'],
    ['not known is a gap', [7, Number.NaN, 7], 3, '█ █'],
    ['no room', [1, 2], 0, ''],
  ]
  for (const [name, values, width, want] of cases) test(name, () => assert.equal(sparkline(values, width), want))
})

describe('text from outside', () => {
  const cases: [string, string, string, number][] = [
    ['controls', 'a\u001b[2Jb\n\u0000\u009bc', 'a\\x1b[2Jb\\n\\x00\\u009bc', 22],
    ['reordering', '\u202eabc', '\\u202eabc', 9],
    ['joined emoji are single ones', '👩\u200d👩\u200d👧', '👩👩👧', 6],
    ['variation selectors, keycaps and skin tones', '❤\ufe0f1\u20e3👍\u{1f3fd}', '❤1👍', 4],
    ['heaps of marks', `e${'\u0301'.repeat(50)}x`, 'e\u0301\u0301x', 2],
    ['wide characters', '交換機', '交換機', 6],
    ['more than can be shown', 'x'.repeat(70_000), 'x'.repeat(512), 512],
  ]
  for (const [name, text, want, width] of cases) {
    test(name, () => {
      assert.equal(cellText(text), want)
      assert.equal(displayWidth(cellText(text)), width)
    })
  }
  test('the middle of an address is left out', () => {
    assert.equal(truncateMiddle('2001:db8::dead:beef:1', 15), '2001:db…:beef:1')
    assert.equal(truncateMiddle('10.0.0.1', 15), '10.0.0.1')
  })
})

describe('a line that is too long', () => {
  const cases: [string, string, number, string][] = [
    ['fits', 'abc', 3, 'abc'],
    ['is cut', 'abcd', 3, 'abc'],
    [
      'keeps its colours and ends them',
      '\u001b[31mab\u001b[39mcd\u001b[2me\u001b[22m',
      3,
      '\u001b[31mab\u001b[39mc\u001b[2m\u001b[22m',
    ],
    ['colour takes no room', '\u001b[31mabc\u001b[39m', 3, '\u001b[31mabc\u001b[39m'],
    ['a wide character fits whole or not at all', '交換機', 5, '交換'],
    ['nothing after what did not fit', '交a', 1, ''],
    ['wide characters that have no room although they are few', '交換', 3, '交'],
    ['two code units', '😀😀', 3, '😀'],
  ]
  for (const [name, line, columns, want] of cases) test(name, () => assert.equal(clipLine(line, columns), want))
})

describe('wrapping', () => {
  const cases: [string, string, number, number, string[]][] = [
    ['fits', 'one two', 7, 2, ['one two']],
    ['breaks between words', 'one two three', 8, 2, ['one two', '  three']],
    ['breaks a word that is longer than a line', 'abcdefgh ij', 4, 0, ['abcd', 'efgh', 'ij']],
    ['a long word after a short one', 'a bcdefgh', 5, 2, ['a', '  bcd', '  efg', '  h']],
    ['wide characters', '交換機交換機', 5, 0, ['交換', '機交', '換機']],
    ['nothing', '', 10, 2, ['']],
  ]
  for (const [name, text, width, indent, want] of cases) {
    test(name, () => assert.deepEqual(wrapText(text, width, indent), want))
  }
})

describe('the order of rows', () => {
  const ranks = (...keys: string[]) => {
    const rank = (some: string[]) => keys.filter((key) => some.includes(key))
    return [new Set(keys), rank, () => true] as const
  }
  test('holds for a moment, then sorts', () => {
    const order = new RowOrder(3000)
    assert.deepEqual(order.arrange(...ranks('a', 'b', 'c'), 0), ['a', 'b', 'c'])
    assert.deepEqual(order.arrange(...ranks('c', 'b', 'a'), 2999), ['a', 'b', 'c'])
    assert.deepEqual(order.arrange(...ranks('c', 'b', 'a'), 3000), ['c', 'b', 'a'])
    assert.deepEqual(order.arrange(...ranks('a', 'b', 'c'), 5999), ['c', 'b', 'a'])
  })
  test('sorts at once where the held order does not fit', () => {
    const order = new RowOrder(3000)
    const misfits: string[] = []
    const arrange = (nowMs: number, ...keys: string[]) => {
      const [present, rank] = ranks(...keys)
      const fits = (held: readonly string[]) => !misfits.includes(held.join(''))
      return order.arrange(present, rank, fits, nowMs).join('')
    }
    arrange(0, 'a', 'b')
    misfits.push('ab')
    assert.equal(arrange(200, 'b', 'a'), 'ba')
    // That was a sort: the next hold begins there.
    assert.equal(arrange(3199, 'a', 'b'), 'ba')
    assert.equal(arrange(3200, 'a', 'b'), 'ab')
  })
  test('a new row takes the place of one that is gone, others go to the end', () => {
    const order = new RowOrder(3000)
    order.arrange(...ranks('a', 'b', 'c', 'd'), 0)
    assert.deepEqual(order.arrange(...ranks('y', 'x', 'a', 'c', 'd', 'z'), 200), ['a', 'y', 'c', 'd', 'x', 'z'])
    assert.deepEqual(order.arrange(...ranks('x', 'z', 'c'), 400), ['c', 'x', 'z'])
  })
  test('can be let go', () => {
    const order = new RowOrder(3000)
    order.arrange(...ranks('a', 'b'), 0)
    order.release()
    assert.deepEqual(order.arrange(...ranks('b', 'a'), 1), ['b', 'a'])
  })
})

describe('keys', () => {
  const none = { ctrl: false, meta: false } as Key
  const cases: [string, string, Partial<Key>, string[]][] = [
    ['an arrow', '', { upArrow: true }, ['up']],
    ['return', '\r', { return: true }, ['enter']],
    ['backspace', '', { backspace: true }, ['back']],
    ['delete', '', { delete: true }, ['delete']],
    ['Tab', '', { tab: true }, ['tab']],
    ['Shift-Tab', '', { tab: true, shift: true }, ['shift-tab']],
    ['space', ' ', {}, ['space']],
    ['Ctrl-C', 'c', { ctrl: true }, ['ctrl-c']],
    ['typed ahead', 'si ?', {}, ['s', 'i', 'space', '?']],
    ['typed ahead, with Ctrl-U, Tab and Enter', 'k\u0015a\t\r', {}, ['k', 'ctrl-u', 'a', 'tab', 'enter']],
    ['with Alt: nothing', 'q', { meta: true }, []],
  ]
  for (const [name, input, key, want] of cases) {
    test(name, () => assert.deepEqual(keyNames(input, { ...none, ...key }), want))
  }
})

describe('a screen is wanted', () => {
  const terminal = { stdoutIsTTY: true, env: { TERM: 'xterm-256color' }, refused: false }
  test('on a terminal', () => assert.equal(screenWanted(terminal), true))
  test('not with --no-ui', () => assert.equal(screenWanted({ ...terminal, refused: true }), false))
  test('not in a pipe', () => assert.equal(screenWanted({ ...terminal, stdoutIsTTY: false }), false))
  test('where --fail-if keeps it away it is said, and when something will be seen', () => {
    assert.equal(checkedUnseen(10_000), 'No screen with --fail-if: windows are printed and judged as they end.')
    assert.equal(
      checkedUnseen('all'),
      'No screen with --fail-if: it is printed and judged at the end, by Ctrl-C or --duration.',
    )
  })
  test('not on a dumb terminal', () => assert.equal(screenWanted({ ...terminal, env: { TERM: 'dumb' } }), false))
})
