import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BugError } from '../../src/lib/errors.ts'
import { type MetricDefinition, MetricTable, sanitizeName } from '../../src/lib/metrics/metrics.ts'
import { formatPrometheus } from '../../src/lib/metrics/prometheus-text.ts'

const octets: MetricDefinition = { name: 'sflow_ifinoctets', help: 'octets received a second', type: 'gauge' }
const drops: MetricDefinition = { name: 'sonde_dropped_total', help: 'a \\ and\na line', type: 'counter' }

test('HELP and TYPE once, families together, in the order of their first number', () => {
  const table = new MetricTable()
  table.add(
    octets,
    [
      ['agent', '192.0.2.1'],
      ['ifname', 'swp1'],
    ],
    12.5,
  )
  table.add(drops, [], 18446744073709551615n)
  table.add(
    octets,
    [
      ['agent', '192.0.2.1'],
      ['ifname', 'swp2'],
    ],
    0,
  )
  assert.equal(
    formatPrometheus(table.families()),
    `# HELP sflow_ifinoctets octets received a second
# TYPE sflow_ifinoctets gauge
sflow_ifinoctets{agent="192.0.2.1",ifname="swp1"} 12.5
sflow_ifinoctets{agent="192.0.2.1",ifname="swp2"} 0
# HELP sonde_dropped_total a \\\\ and\\na line
# TYPE sonde_dropped_total counter
sonde_dropped_total 18446744073709551615
`,
  )
  assert.equal(formatPrometheus([]), '')
})

const values: readonly (readonly [number | bigint, string])[] = [
  [0.1, '0.1'],
  [-0, '0'],
  [1e21, '1e+21'],
  [5e-324, '5e-324'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [2n ** 64n, '18446744073709551616'],
]
for (const [value, text] of values) {
  test(`value ${text}`, () => {
    const table = new MetricTable()
    table.add(octets, [], value)
    assert.equal(formatPrometheus(table.families()).split('\n')[2], `sflow_ifinoctets ${text}`)
  })
}

const labels: readonly (readonly [string, string, string])[] = [
  ['plain', 'swp1', 'swp1'],
  ['quotes and backslashes', 'a"b\\c', 'a\\"b\\\\c'],
  ['a line break', 'a\nb', 'a\\nb'],
  ['what is escaped already', 'a\\nb', 'a\\\\nb'],
  ['braces, commas, equals signs', 'a="1",}', 'a=\\"1\\",}'],
  ['an escape sequence', '\u001b[31mred\u009b', '\ufffd[31mred\ufffd'],
  ['other writing', 'Zürich 東京', 'Zürich 東京'],
  ['half a character', '\ud800x', '\ufffdx'],
]
for (const [name, value, text] of labels) {
  test(`label: ${name}`, () => {
    const table = new MetricTable()
    table.add(octets, [['port', value]], 1)
    assert.equal(
      formatPrometheus(table.families()).split('\n').slice(2).join('\n'),
      `sflow_ifinoctets{port="${text}"} 1\n`,
    )
  })
}

test('unknown is no series; an empty label is none; a series comes once', () => {
  const table = new MetricTable()
  table.add(octets, [['a', 'x']], null)
  assert.deepEqual(table.families(), [])
  table.add(
    octets,
    [
      ['a', 'x'],
      ['b', '1'],
    ],
    1,
  )
  table.add(
    octets,
    [
      ['b', '1'],
      ['a', 'x'],
    ],
    2,
  )
  table.add(
    octets,
    [
      ['a', 'x'],
      ['b', '1'],
      ['c', ''],
    ],
    3,
  )
  table.add(
    octets,
    [
      ['a', 'x'],
      ['b', '2'],
    ],
    4,
  )
  assert.equal(table.duplicates, 2)
  assert.deepEqual(
    table.families().map((family) => family.series),
    [
      [
        {
          labels: [
            ['a', 'x'],
            ['b', '1'],
          ],
          value: 1,
        },
        {
          labels: [
            ['a', 'x'],
            ['b', '2'],
          ],
          value: 4,
        },
      ],
    ],
  )
})

test('our own mistakes', () => {
  const table = new MetricTable()
  assert.throws(() => table.add({ ...octets, name: '1x' }, [], 1), BugError)
  assert.throws(() => table.add(octets, [['__name__', 'x']], 1), BugError)
  table.add(octets, [], 1)
  assert.throws(() => table.add({ ...octets, help: 'other' }, [], 1), BugError)
})

test('names out of texts', () => {
  const texts = ['max:load_one', 'avg:iptotallength', '5min', '', '__x', 'ip.src', 'Zürich']
  assert.deepEqual(texts.map(sanitizeName), [
    'max_load_one',
    'avg_iptotallength',
    '_5min',
    '_',
    '_x',
    'ip_src',
    'Z_rich',
  ])
})
