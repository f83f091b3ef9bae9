// Bars, gauges, histograms and line charts: exact width whatever the values, and what they show.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { coloursOfLevel } from '../../../src/lib/ui/colour.ts'
import { fittedTicks, roundUp, secondsLabel, timeStep, valueTicks } from '../../../src/lib/ui/screen/axis.ts'
import { DotGrid } from '../../../src/lib/ui/screen/braille.ts'
import {
  blockBar,
  type ChartOptions,
  gauge,
  histogram,
  lineChart,
  shareBar,
} from '../../../src/lib/ui/screen/screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'

const plain = coloursOfLevel(0)
const vivid = coloursOfLevel(1)

describe('bars', () => {
  const bars: [number | null, number, string][] = [
    [0, 4, '    '],
    [null, 4, '    '],
    [Number.NaN, 4, '    '],
    [0.000_01, 4, '▏   '],
    [0.5, 4, '██  '],
    [0.53, 4, '██▏ '],
    [0.99, 4, '████'],
    [0.97, 4, '███▉'],
    [1, 4, '████'],
    [7, 4, '████'],
    [-1, 4, '    '],
    [1, 0, ''],
  ]
  for (const [share, width, want] of bars) {
    test(`${share} in ${width}`, () => assert.equal(blockBar(share, width), want))
  }
  const shares: [number | null, number, string][] = [
    [0.21, 18, '██▏           21 %'],
    [1, 18, '██████████   100 %'],
    [0.0001, 18, '▏          < 0.1 %'],
    [null, 18, '                 -'],
    [0.21, 8, '    21 %'],
  ]
  for (const [share, width, want] of shares) {
    test(`share ${share} in ${width}`, () => assert.equal(shareBar(share, width), want))
  }
})

describe('a gauge', () => {
  const draw = (value: number | null, width = 40) =>
    gauge({ value, most: 100, warn: 80, text: `${value ?? '-'} of 100`, textColumns: 12 }, width, vivid.bad)
  test('a value, and where it would be doubtful', () => {
    assert.equal(draw(30), '▕███████▌            ┊    ▏ 30 of 100   ')
    assert.equal(draw(null), '▕                    ┊    ▏ - of 100    ')
  })
  test('one that is doubtful is marked without colour too', () => {
    assert.equal(draw(80), '\u001b[31m▕████████████████████┊    ▏ 80 of 100 ! \u001b[39m')
  })
  test('exact width at every width', () => {
    for (let width = 1; width <= 120; width++) {
      for (const value of [null, 0, 0.1, 50, 99, 1e9]) assert.equal(displayWidth(draw(value, width)), width)
    }
  })
})

describe('a histogram', () => {
  const bars = [
    { label: 'RC WRITE Middle', value: 57 },
    { label: 'ACK', value: 14 },
    { label: '交換\u001b[2J', value: 0.1 },
    { label: 'unknown', value: null },
  ]
  const draw = (rows: number, columns = 40) =>
    histogram({ bars, format: (value) => `${value} %`, valueColumns: 6 }, { columns, rows, colours: plain })
  test('labels, bars, values', () => {
    assert.deepEqual(draw(4), [
      ' RC WRITE Mid… ██████████████████   57 %',
      ' ACK           ████▍                14 %',
      ' 交換\\x1b[2J   ▏                   0.1 %',
      ' unknown                               -',
    ])
  })
  test('what there is no room for is told', () => {
    assert.deepEqual(draw(3).slice(1), [
      ' ACK           ████▍                14 %',
      ' 2 more, together 0.1 %                 ',
    ])
  })
  test('exact width at every width', () => {
    for (let columns = 1; columns <= 120; columns++) {
      for (const line of draw(4, columns)) assert.equal(displayWidth(line), columns)
    }
  })
  test('none', () =>
    assert.deepEqual(histogram({ bars: [], format: String }, { columns: 9, rows: 3, colours: plain }), []))
})

describe('axes', () => {
  const rounds: [number, number][] = [
    [0, 1],
    [-5, 1],
    [Number.NaN, 1],
    [0.3, 0.5],
    [1, 1],
    [1.1, 2],
    [2.1, 2.5],
    [79.6, 100],
    [101, 200],
    [3e11, 5e11],
  ]
  for (const [value, want] of rounds) test(`${value} is at most ${want}`, () => assert.equal(roundUp(value), want))
  test('ticks', () => {
    assert.deepEqual(valueTicks(398, 5), [0, 100, 200, 300, 400])
    const fitted = (...of: Parameters<typeof fittedTicks>) => fittedTicks(...of).map((tick) => Number(tick.toFixed(6)))
    assert.deepEqual(fitted(0.69, 0.71, 4), [0.69, 0.695, 0.7, 0.705, 0.71])
    // What hardly varies is no mountain: 1 % of it is shown.
    assert.deepEqual(fitted(0.7, 0.7, 5), [0.696, 0.698, 0.7, 0.702, 0.704])
    assert.deepEqual(fitted(Number.POSITIVE_INFINITY, 0, 3), [0, 1])
    assert.deepEqual(valueTicks(0, 5), [0, 1])
    // The least number that there is: its tenth is 0.
    assert.deepEqual(valueTicks(5e-324, 5), [0, 1])
    assert.deepEqual(valueTicks(100, 4), [0, 25, 50, 75, 100])
    assert.deepEqual(valueTicks(7, 1), [0, 10])
  })
  const steps: [number, number, number][] = [
    [60, 5, 15],
    [10, 10, 1],
    [0.5, 5, 0.1],
    [3600, 6, 600],
    [864_000, 5, 172_800],
  ]
  for (const [seconds, count, want] of steps) {
    test(`${seconds} s in ${count}`, () => assert.equal(timeStep(seconds, count), want))
  }
  const labels: [number, string][] = [
    [0.5, '0.5'],
    [60, '60'],
    [120, '2m'],
    [150, '2m30'],
    [3900, '1h05'],
  ]
  for (const [seconds, want] of labels) test(want, () => assert.equal(secondsLabel(seconds), want))
})

test('each dot of a cell', () => {
  const wants = ['⠁', '⠂', '⠄', '⡀', '⠈', '⠐', '⠠', '⢀']
  for (const [at, want] of wants.entries()) {
    const grid = new DotGrid(1, 1)
    grid.dot(at >> 2, at & 3, 0)
    assert.equal(grid.letter(0, 0), want)
  }
  const grid = new DotGrid(1, 1)
  for (const [x, y] of [
    [-1, 0],
    [2, 0],
    [0, 4],
    [0, -1],
  ] as const) {
    grid.dot(x, y, 0)
  }
  assert.equal(grid.letter(0, 0), ' ')
  assert.equal(grid.owner(0, 0), -1)
})

describe('a line chart', () => {
  const base: ChartOptions = { series: [], stepMs: 1000, endMs: 0, spanMs: 20_000, unit: 'b/s' }
  const draw = (options: Partial<ChartOptions>, columns = 32, rows = 8) =>
    lineChart({ ...base, ...options }, { columns, rows, colours: plain })
  const ramp = Array.from({ length: 21 }, (_, i) => i * 5e6)

  test('a line, its axis with units, its time', () => {
    assert.deepEqual(draw({ series: [{ label: 'in', values: ramp }] }), [
      ' ⠤⠤⠤ in 100 Mb/s                ',
      ' 100 Mb/s┤                  ⣀⠤⠒⠉',
      '         │             ⢀⡠⠔⠊⠉    ',
      '  50 Mb/s┤        ⣀⠤⠒⠒⠊⠁        ',
      '         │    ⣀⠤⠒⠉              ',
      '    0 b/s┤⡠⠔⠊⠉                  ',
      '         └┴──────────┴─────────┴',
      '        -20 s      -10 s     now',
    ])
  })
  test('an axis that fits its values', () => {
    const values = ramp.map((_, i) => 0.694 + i * 0.0006)
    const [, ...rows] = draw({ series: [{ label: 'period', values }], unit: 's', fits: true })
    assert.deepEqual(
      rows.map((row) => row.slice(0, 9)),
      ['  0.71 s┤', '        │', '  0.70 s┤', '        │', '  0.69 s┤', '        └', '       -2'],
    )
    assert.match(rows[4]!, /┤ +$/, 'nothing at the lower edge')
    assert.match(rows[3]!, /│[⡀-⣿]/)
  })
  test('null is a gap', () => {
    const values = ramp.map((_, i) => (i > 5 && i < 15 ? null : 1))
    const [, ...rows] = draw({ series: [{ label: 'in', values }], unit: '%' })
    assert.equal(rows[0], '    1 %┤⠉⠉⠉⠉⠉⠉⠁          ⠈⠉⠉⠉⠉⠉⠉')
  })
  test('fewer values than the span are at the right, more are not shown', () => {
    const short = draw({ series: [{ label: 'x', values: [5, 5] }] })
    assert.match(short[1]!, /┤ {19,21}⠈?⠉+$/)
    const long = draw({ series: [{ label: 'x', values: [...Array(50).fill(1e12), ...ramp] }] })
    assert.match(long[1]!, /^ 100 Mb\/s┤/)
  })
  test('series are told apart without colour, and by it', () => {
    const options: ChartOptions = {
      ...base,
      series: [
        { label: 'in', values: Array(21).fill(10) },
        { label: 'out', values: Array(21).fill(5), paint: vivid.accent },
      ],
    }
    const [head, first, , third] = lineChart(options, { columns: 60, rows: 8, colours: plain })
    assert.equal(head, ` ⠤⠤⠤ in 10 b/s    ${vivid.accent(' ⠄⠄⠄ out 5 b/s     ')}${' '.repeat(23)}`)
    assert.equal(first, `   10 b/s┤${'⠉'.repeat(50)}`)
    assert.equal(third, `    5 b/s┤${vivid.accent(`⠒${'⠐'.repeat(49)}`)}`)
  })
  test('a threshold is a line right across, where it is on the axis', () => {
    const options = { series: [{ label: 'in', values: ramp }], thresholds: [{ label: 'speed', value: 1e8 }] }
    const [head, first] = draw(options, 60)
    assert.equal(head, ' ⠤⠤⠤ in 100 Mb/s   ╌╌ speed 100 Mb/s                        ')
    assert.match(first!, /^ 100 Mb\/s┤╌{40,}⢀?⣀.*$/)
    assert.ok(
      !draw({ ...options, thresholds: [{ label: 'speed', value: 4e11 }] }, 60)
        .join('')
        .includes('╌╌╌'),
    )
  })
  test('100 ms steps, and a clock', () => {
    const endMs = new Date(2026, 4, 1, 12, 0, 0).getTime()
    const values = Array.from({ length: 601 }, (_, i) => i % 10)
    const chart = draw({ series: [{ label: 'x', values }], stepMs: 100, spanMs: 60_000, endMs, time: 'clock' }, 80, 6)
    assert.equal(chart.at(-1)!.replace(/ +/g, ' ').trim(), '11:59:00 11:59:15 11:59:30 11:59:45 12:00:00')
    const seconds = draw({ series: [{ label: 'x', values: [1] }], spanMs: 1000, stepMs: 100, time: 'seconds' }, 80, 6)
    assert.equal(seconds.at(-1)!.replace(/ +/g, ' ').trim(), '0 s 0.2 s 0.4 s 0.6 s 0.8 s 1 s')
  })
  test('steps of unknown length are counted', () => {
    const options = {
      series: [{ label: 'x', values: [1, 2, 3, 4] }],
      spanMs: 3000,
      time: 'steps',
      stepName: 'last',
    } as const
    assert.equal(draw(options, 80, 6).at(-1)!.replace(/ +/g, ' ').trim(), '-3 -2 -1 last')
  })
  test('per cent up to 100', () => {
    assert.match(draw({ series: [{ label: 'x', values: [3] }], unit: '%', atLeast: 100 })[1]!, /^ {2}100 %┤/)
  })
  test('small: no legend, and time in the lower edge', () => {
    const values = [0, 50, 100, 50, 0, 50, 100, 50, 0, 50, 100]
    const chart = draw({ series: [{ label: 'x', values }], stepMs: 1000, spanMs: 10_000, small: true }, 60, 4)
    assert.equal(chart.length, 4)
    assert.match(chart[0]!, /^ {2}100 b\/s┤/)
    assert.match(chart[3]!, /^ {8}-10 s─{20}-5 s─{20}now$/)
  })
  test('a cursor stands on a value, where the chart is empty', () => {
    const options = { series: [{ label: 'x', values: [9, 9, 9, 9, 9] }], stepMs: 1000, spanMs: 4000 }
    const at = (cursor: number) => draw({ ...options, cursor }, 49, 8).slice(1, -2)
    // 49 columns less 10: 39 for five values.
    for (const [cursor, column] of [
      [0, 48],
      [1, 39],
      [2, 29],
      [4, 10],
    ] as const) {
      const rows = at(cursor).slice(1)
      assert.deepEqual([...new Set(rows.map((row) => row.indexOf('┊')))], [column], `${cursor}`)
    }
    assert.ok(!at(5).join('').includes('┊'))
  })
  test('where there is no room for a chart there are the newest values', () => {
    assert.deepEqual(draw({ series: [{ label: 'in', values: [1, null] }] }, 30, 3), [
      ' ⠤⠤⠤ in 1 b/s                 ',
      ' '.repeat(30),
      ' '.repeat(30),
    ])
  })
  test('exact size, whatever the values', () => {
    const value = fc.oneof(fc.constant(null), fc.double(), fc.double({ min: 0, max: 1e12 }))
    const series = fc.record({ label: fc.string({ unit: 'binary' }), values: fc.array(value, { maxLength: 80 }) })
    fc.assert(
      fc.property(
        fc.array(series, { maxLength: 5 }),
        fc.integer({ min: 1, max: 250 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('ago', 'clock', 'seconds'),
        fc.integer({ min: 100, max: 100_000_000 }),
        fc.boolean(),
        (all, columns, rows, time, spanMs, fits) => {
          const when = { time, spanMs, stepMs: 100, endMs: 1_700_000_000_000 }
          const options: ChartOptions = { ...base, ...when, series: all, fits }
          const chart = lineChart(options, { columns, rows, colours: plain })
          assert.equal(chart.length, rows)
          for (const line of chart) assert.equal(displayWidth(line), columns, JSON.stringify(line))
        },
      ),
      { numRuns: 200 },
    )
  })
})
