// What is told of ports: table, objects, metrics, facts, notes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowObject } from '../../src/lib/analysis/forms.ts'
import { noData } from '../../src/lib/expression/expression.ts'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { formatPrometheus } from '../../src/lib/metrics/prometheus-text.ts'
import { parseCondition } from '../../src/lib/parse/condition.ts'
import type { PortsWindow } from '../../src/lib/port-rates/port-rates.ts'
import { portsAnalysis } from '../../src/lib/ports/analysis.ts'
import type { PortSort } from '../../src/lib/ports/snapshot.ts'
import { plain } from '../helpers/cards.ts'
import { Story } from '../port-rates/watch.ts'

interface Asked {
  readonly sort?: PortSort
  readonly top?: number
  readonly width?: number
}

function analysis({ sort = 'utilization', top, width = 80 }: Asked = {}) {
  return portsAnalysis(
    { windowMs: 'all', sort, top, filter: '' },
    { names: true, ignoreCase: false, topology: undefined, data: noData },
    'fabric.pcap',
    width,
  )
}

const view = { style: plain, width: 80, time: () => '', day: () => '', clock: () => '12:00:00' }

/** Heading and table as a person sees them. */
function tableOf(window: PortsWindow, asked: Asked = {}): string[] {
  const { sheet } = analysis(asked)
  const cells = sheet.columns.flatMap(({ cell, cells: several }) => several ?? (cell ? [cell] : []))
  const rows = sheet.rows(window).map((row) => cells.map((cell) => cell.text(row, plain)))
  return [sheet.heading(window, view, 0.0139), ...plain.table(cells, rows).split('\n')]
}

/** Three ports: busy and rightly sampled, with trouble and wrongly sampled, down; and one of another agent without counters. */
function fabric(): PortsWindow {
  const story = new Story()
    .counters(1, { ifInOctets: 0n }, { name: 'Ethernet1' })
    .counters(2, {}, { name: 'Ethernet2' })
    .counters(3, { ifStatus: 1 }, { name: 'Ethernet3' })
    .at(1)
    .flows(1, 100)
    .flows(2, 100)
    .flows(77, 4, { agent: 2 })
    .at(20)
  story.counters(1, { ifInOctets: 24_000_000_000n, ifInUcastPkts: 10_000 }, { name: 'Ethernet1' })
  story.counters(
    2,
    { ifInOctets: 20_000_000n, ifInUcastPkts: 20_000, ifInErrors: 40, ifOutDiscards: 1020 },
    { name: 'Ethernet2' },
  )
  story.counters(3, { ifStatus: 1 }, { name: 'Ethernet3' })
  return story.windows()[0]!
}

test('the table at 80 columns', () => {
  assert.deepEqual(tableOf(fabric()), [
    'fabric.pcap · 20 s · 4 ports of 2 agents · lost 1.4 % of datagrams · 1 down · sampling off at 1',
    'NODE       PORT       SPEED  IN b/s  OUT b/s  UTIL  ERR/s  DISC/s  SAMPLED',
    '────────────────────────────────────────────────────────────────────────────',
    '192.0.2.1  Ethernet1    10G   9.60G        0   96%      0       0  1.00 ±20%',
    '192.0.2.1  Ethernet2    10G   8.00M        0   <1%      2      51  0.50 ✗',
    '192.0.2.1  Ethernet3   down       0        0    0%      0       0  -',
    '192.0.2.2  77             -   ~160k        -     -      -       -  -',
  ])
})

test('a wide terminal shows both directions whole', () => {
  const [, header] = tableOf(fabric(), { width: 140 })
  assert.equal(
    header,
    'NODE       PORT       SPEED  IN b/s  UTIL  PKT/s  OUT b/s  UTIL  PKT/s  ERR/s  DISC/s  SAMPLED/COUNTED',
  )
})

test('no line is wider than 80 columns, whatever things are called', () => {
  const story = new Story()
  for (const [port, name] of [
    [1, 'TwentyFiveGigE1/0/24.100'],
    [2, 'swp1s0'],
    [3, '\u001b[31mred'],
  ] as const) {
    const busy = { ifInOctets: 999_500_000_000n, ifOutOctets: 999_500_000_000n, ifInErrors: 9, ifOutDiscards: 123_456 }
    story.at(0).counters(port, {}, { name }).at(1).counters(port, busy, { name })
  }
  const lines = tableOf(story.windows()[0]!)
  assert.ok(
    lines.every((line) => line.length <= 80),
    lines.join('\n'),
  )
  assert.ok(lines.some((line) => line.includes('Twen…/24.100')))
  assert.ok(lines.every((line) => !line.includes('\u001b')))
})

const orders: readonly (readonly [PortSort, readonly number[]])[] = [
  ['utilization', [1, 2, 3, 77]],
  ['rate', [1, 2, 77, 3]],
  ['in', [1, 2, 77, 3]],
  ['out', [1, 2, 3, 77]],
  ['errors', [2, 1, 3, 77]],
  ['discards', [2, 1, 3, 77]],
  ['packets', [2, 1, 3, 77]],
  ['ratio', [2, 1, 3, 77]],
  ['name', [1, 2, 3, 77]],
]
for (const [sort, expected] of orders) {
  test(`by ${sort}`, () => {
    const { sheet } = analysis({ sort })
    assert.deepEqual(
      sheet.rows(fabric()).map((row) => row.ifIndex),
      expected,
    )
  })
}

test('objects: a row, and the window behind the rows', () => {
  const { sheet } = analysis({ sort: 'errors', top: 1 })
  const window = fabric()
  const rows = sheet.rows(window)
  assert.equal(rows.length, 1)
  const { sampled_ratio_low, sampled_ratio_high, sampled_ratio_error_pct, ...row } = rowObject(sheet.columns, rows[0]!)
  assert.ok(Number(sampled_ratio_low) < 0.5 && Number(sampled_ratio_high) > 0.5 && Number(sampled_ratio_error_pct) > 19)
  assert.deepEqual(row, {
    kind: 'port',
    start: '2026-05-01T12:00:00.000000000Z',
    end: '2026-05-01T12:00:20.000000000Z',
    node: '192.0.2.1',
    agent: '192.0.2.1',
    if_index: 2,
    port: 'Ethernet2',
    link: null,
    place: null,
    if_type: 6,
    lag_if_index: null,
    speed_bits_per_s: 10_000_000_000,
    duplex: 'full',
    admin_status: 'up',
    oper_status: 'up',
    seconds: 20,
    counter_age_s: 0,
    in_bits_per_s: 8_000_000,
    in_utilization: 0.0008,
    in_packets_per_s: 1000,
    in_errors_per_s: 2,
    in_discards_per_s: 0,
    out_bits_per_s: 0,
    out_utilization: 0,
    out_packets_per_s: 0,
    out_errors_per_s: 0,
    out_discards_per_s: 51,
    errors_per_s: 2,
    discards_per_s: 51,
    in_bytes: 20_000_000,
    in_packets: 20_000,
    in_errors: 40,
    in_discards: 0,
    out_bytes: 0,
    out_packets: 0,
    out_errors: 0,
    out_discards: 1020,
    in_sampled_bits_per_s: 4_000_000,
    in_samples: 100,
    in_sampled_by: 'own',
    out_sampled_bits_per_s: null,
    out_samples: 0,
    out_sampled_by: null,
    sampled_ratio: 0.5,
    sampling_off: true,
    sampling_rate: 100,
    effective_rate: 100,
    note: null,
  })
  assert.deepEqual(sheet.about(window), {
    kind: 'window',
    start: '2026-05-01T12:00:00.000000000Z',
    end: '2026-05-01T12:00:20.000000000Z',
    ports: 4,
    ports_down: 1,
    ports_with_errors: 1,
    ports_with_discards: 1,
    ports_sampling_off: 1,
    ports_forgotten: 0,
    samples: 210,
    samples_lost: 0,
  })
})

const conditions: readonly (readonly [string, boolean])[] = [
  ['rows[0].in_utilization > 90 %', true],
  ['rows[1].in_utilization > 0.9', false],
  ['errors > 0', true],
  ['errors > 40', false],
  ['discarded = 1020 & ports_down = 1 & ports_sampling_off = 1', true],
  ['rows[1].sampled_ratio < 0.8', true],
  ['rows[1].sampling_off = 1', true],
  ['rows[3].in_bits_per_s = null', true],
  ['utilization >= 0.96', true],
  ['rows[0].speed_bits_per_s < 100G', true],
]
for (const [text, expected] of conditions) {
  test(`--fail-if '${text}'`, () => {
    const { facts, factNames } = analysis()
    assert.equal(parseCondition(text, '--fail-if', factNames).test(facts(fabric())), expected)
  })
}

test('metrics', () => {
  const table = new MetricTable()
  analysis().metrics(fabric(), table)
  const lines = formatPrometheus(table.families()).split('\n')
  assert.equal(table.duplicates, 0)
  assert.ok(lines.includes('sflow_ifinoctets{agent="192.0.2.1",datasource="1",ifname="Ethernet1"} 1200000000'))
  assert.ok(lines.includes('sflow_ifinutilization{agent="192.0.2.1",datasource="1",ifname="Ethernet1"} 96'))
  assert.ok(lines.includes('sflow_ifoutdiscards{agent="192.0.2.1",datasource="2",ifname="Ethernet2"} 51'))
  assert.ok(lines.includes('sflow_ifoperstatus{agent="192.0.2.1",datasource="3",ifname="Ethernet3"} 0'))
  assert.ok(lines.includes('sflow_ifinsampledoctets{agent="192.0.2.2",datasource="77"} 20000'))
  // No counters, no series.
  assert.ok(!lines.some((line) => line.startsWith('sflow_ifinoctets') && line.includes('192.0.2.2')))
})

test('what is said beside the rows', () => {
  assert.deepEqual(analysis().notes(fabric()), [
    '192.0.2.1 Ethernet2: 100 flow samples show 50 % of what its counters show: its sampling rate of 1 in 100 is not true.',
    '~ is an estimate by flow samples: these ports have no counters here.',
  ])
})
