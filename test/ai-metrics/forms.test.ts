// What is told of a window: table, objects, CSV, metrics, facts, notes. The fixture is a generated fabric; its truth is in
// fixtures/MANIFEST.md.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { aiAnalysis } from '../../src/lib/ai-metrics/ai-metrics.ts'
import { windowColumns } from '../../src/lib/ai-metrics/columns.ts'
import { factNames, noFacts } from '../../src/lib/ai-metrics/facts.ts'
import { addAiMetrics, ownMetrics, referenceValue } from '../../src/lib/ai-metrics/metrics.ts'
import { exitCode, InputError } from '../../src/lib/errors.ts'
import { buildGroupSet } from '../../src/lib/expression/data/groups.ts'
import { aiMetrics } from '../../src/lib/metrics/ai-metric-names.ts'
import { MetricTable } from '../../src/lib/metrics/metrics.ts'
import { noPeriod, type PeriodMethod } from '../../src/lib/period/period.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { temporaryFile } from '../helpers/read-captures.ts'
import { noSettings, ran, usualQuery, whole } from './run.ts'

const capture = join(repositoryRoot, 'fixtures/roce.pcap')
const topology = join(repositoryRoot, 'fixtures/roce.topology.json')

/** Always the same answer, as of method h. */
const found: PeriodMethod = {
  ...noPeriod,
  state: () => ({
    ...{ method: 'h', periodSeconds: 0.70027, errorSeconds: 0.00048, confidence: 1 - 3e-5, reason: null },
    ...{ value: null, threshold: null, average: null, cycles: 40 },
  }),
}

test('the table at 100 columns', async () => {
  const { text } = await ran(capture, { topology, format: 'table', period: found })
  assert.deepEqual(text.split('\n'), [
    'capture.pcap · 30 s · 1,042 samples · where packets enter the fabric · lost 0 % of datagrams',
    ' Total traffic     135 Gb/s ± 4.6 %   ▂▅▃▄▆▄▄▄▅▃▆▄▅█▅▄▅▂▇█▂▅▄▄   Period 0.7003 s ± 0.0005 (p = 3e-5)',
    ' Core links (16)   max 28.9G  q3 19.6G  med 17.8G  q1 12.7G  min 7.92G b/s',
    ' Edge links (16)   max 10.9G  q3 9.94G  med 9.65G  q1 8.50G  min 0 b/s',
    ' ECMP 1 up         max/mean 1.16   variation 19 % (12 % by chance)   leaf1 leaf1-spine2 53 %',
    ' RDMA operations   149 k/s ± 58 %   64 KiB/op   Credits 1,142 (512–2,048, codes 18–22)',
    ' Messages          149 k/s ± 58 %   RoCE 4.26 Mpkt/s ± 4.0 %',
    ' Operations        RC RDMA WRITE Middle 86 %   RC Acknowledge 5.1 %   RC RDMA WRITE Last 4.2 %',
    '                   RC RDMA WRITE First 3.5 %   CNP 1.4 %',
    ' Congestion        ECN ≥ 406 k/s ± 34 % (≥ 9.4 ± 3.2 % of packets)   CNP 60.4 k/s ± 97 %   trimmed 0',
    ' Answers           NAK 0   RNR NAK 0',
    ' Errors            in 1.97 /s   out 0',
    ' Discards          in 1 /s   out 65.7 /s',
    ' Drops             40.6 /s   no_buffer_space 98 %   acl 2.2 %',
    '',
  ])
})

test('a window as an object: keys of the reference and ours, unknown is null', async () => {
  const { text } = await ran(capture, { topology })
  const lines = text.trimEnd().split('\n')
  assert.equal(lines.length, 1)
  const object = JSON.parse(lines[0]!) as Record<string, unknown>
  assert.deepEqual(
    Object.keys(object),
    windowColumns.map(({ key }) => key),
  )
  for (const { key } of aiMetrics) assert.ok(key in object, key)
  assert.deepEqual(
    [object.kind, object.start, object.agg, object.ce_complete, object.edge_ports, object.core_ports, object.period],
    ['window', '2026-01-15T12:00:00.260150000Z', 'edge', false, 16, 16, null],
  )
  const operations = object.operations as { name: string; opcode: number; samples: number }[]
  assert.deepEqual(
    operations.map(({ name, opcode }) => [name, opcode]),
    [
      ['RC RDMA WRITE Middle', 7],
      ['RC Acknowledge', 17],
      ['RC RDMA WRITE Last', 8],
      ['RC RDMA WRITE First', 6],
      ['CNP', 129],
    ],
  )
  assert.equal(
    operations.reduce((sum, { samples }) => sum + samples, 0),
    object.roce_samples,
  )
})

test('an object a second', async () => {
  const { text, windows } = await ran(capture, { topology, windowMs: 1000 })
  const starts = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { start: string }).start)
  assert.equal(starts.length, windows.length)
  assert.deepEqual(
    starts,
    Array.from({ length: starts.length }, (_, i) => `2026-01-15T12:00:${String(i).padStart(2, '0')}.000000000Z`),
  )
  assert.ok(starts.length >= 29)
  // Seconds add up to the whole, as far as scales of seconds and of all agree.
  const all = await whole(capture, { topology })
  const sum = windows.reduce((total, { roceSamples }) => total + roceSamples, 0)
  assert.equal(sum, all.roceSamples)
})

test('--top: the remainder is one, so that parts add up', async () => {
  const window = await whole(capture, { topology, top: 2 })
  const { top, other, rate } = window.operations
  assert.deepEqual([top.length, other!.kinds], [2, 3])
  const sum = top.reduce((total, kind) => total + kind.rate.value!, other!.rate.value!)
  assert.ok(Math.abs(sum / rate.value! - 1) < 1e-9)
})

test('CSV: a line a window; with --by a line a row', async () => {
  const { text } = await ran(capture, { topology, format: 'csv' })
  const [header, line, end] = text.split('\n')
  assert.equal(header!.split(',').length, windowColumns.length)
  assert.equal(header!.split(',')[2], 'end')
  assert.match(line!, /^window,2026-01-15T12:00:00.260150000Z,/)
  assert.equal(end, '')
  const rows = await ran(capture, { topology, format: 'csv', by: 'link', top: 3 })
  const names = rows.text
    .trimEnd()
    .split('\n')
    .map((each) => each.split(',')[0])
  assert.deepEqual(names, ['kind', 'row', 'row', 'row', 'other', 'total'])
})

test('metrics: sFlow-RT’s names in its order; what is not known is no series', async () => {
  const table = new MetricTable()
  addAiMetrics(await whole(capture, { topology }), table)
  const names = table.families().map(({ definition }) => definition.name)
  const wanted: readonly string[] = aiMetrics.filter(({ key }) => key !== 'period').map(({ name }) => name)
  assert.deepEqual(names.slice(0, wanted.length), wanted)
  assert.ok(names.slice(wanted.length).every((name) => name.startsWith('sonde_ai_')))
  const operations = table.families().find(({ definition }) => definition.name === 'sflow_ai_operations')!
  assert.deepEqual(operations.series[0]!.labels, [['name', 'RC:RDMA WRITE Middle']])
  assert.equal(new Set(ownMetrics.map(({ name }) => name)).size, ownMetrics.length)
})

test('metrics --compat: the reference’s names alone, 0 for unknown', async () => {
  const window = await whole(capture, { compat: true })
  assert.equal(referenceValue(window, 'period'), 0)
  assert.equal(referenceValue(window, 'core_max_bps'), 0)
  const table = new MetricTable()
  addAiMetrics(window, table)
  const names = table.families().map(({ definition }) => definition.name)
  assert.ok(names.includes('sflow_ai_period') && names.every((name) => name.startsWith('sflow_ai_')))
})

test('--by group: networks by the sender, tried in order', async () => {
  const hosts = buildGroupSet(new Map([['gpu1', ['198.51.100.1/32']]]), 'hosts')
  const rails = buildGroupSet(
    new Map([
      ['rail1', ['198.51.100.0/29']],
      ['rail2', ['198.51.100.8/29']],
    ]),
    'rails',
  )
  const window = await whole(capture, { topology, by: 'group', groups: [hosts, rails], top: 10 })
  const rows = window.rows.filter(({ kind }) => kind === 'row')
  assert.deepEqual(rows.map(({ name }) => name).sort(), ['gpu1', 'rail1', 'rail2'])
  const outside = window.rows.find(({ kind }) => kind === 'other')
  // 198.51.100.16 is in none.
  assert.ok(outside === undefined || outside.samples < 30)
  assert.equal(
    window.rows.slice(0, -1).reduce((sum, { samples }) => sum + samples, 0),
    window.rows.at(-1)!.samples,
  )
})

test('what needs more than was given is refused', () => {
  const analysis = (by: 'group' | 'link') => aiAnalysis({ ...usualQuery, by }, noSettings, 'x', () => noPeriod)
  assert.throws(() => analysis('group'), InputError)
  assert.throws(() => analysis('link'), InputError)
})

test('--fail-if asks numbers; each name once, each known', async () => {
  const names = factNames('port').map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const name of names) assert.ok(name.startsWith('rows[].') || name in noFacts(), name)
  assert.equal((await ran(capture, { topology, failIf: ['ce_complete = 0'] })).code, exitCode.failIf)
  assert.equal((await ran(capture, { topology, by: 'port', failIf: ['rows[0].share > 90 %'] })).code, exitCode.good)
})

test('a topology of other switches is not believed, and it is said', async () => {
  const link = { node1: 'a', port1: 'swp1', node2: 'b', port2: 'swp1' }
  const nodes = { a: { agent: '203.0.113.1', ports: {} }, b: { agent: '203.0.113.2', ports: {} } }
  const path = temporaryFile(new TextEncoder().encode(JSON.stringify({ nodes, links: { ab: link } })), 'other.json')
  const { windows, notes } = await ran(capture, { topology: path })
  assert.equal(windows[0]!.agg, 'max')
  assert.ok(notes.some((note) => note.startsWith('The topology does not fit')))
})

test('where there is room rows have their error, and it is said what they are sums of', async () => {
  const { text } = await ran(capture, { topology, format: 'table', by: 'port', top: 3 })
  assert.match(text, /ROCE\/S +± +SHARE/)
  assert.match(text, /^leaf4 swp5 +28\.9G +929k +5\.2% /m)
  assert.match(text, /^Shares and total: sums over ports, at each of which a packet counts\.$/m)
})

test('a topology of another fabric takes no counters away', async () => {
  const nodes = { x: { agent: '198.51.100.99' }, y: { agent: '198.51.100.98' } }
  const links = { l: { node1: 'x', port1: 'p1', node2: 'y', port2: 'p1' } }
  const other = temporaryFile(new TextEncoder().encode(JSON.stringify({ nodes, links })), 'other.json')
  const { windows, notes } = await ran(capture, { topology: other })
  const without = await whole(capture)
  assert.ok(without.counters.ports > 0)
  assert.deepEqual(windows[0]!.counters, without.counters)
  assert.deepEqual([windows[0]!.edge, windows[0]!.core, windows[0]!.ecmp], [null, null, null])
  assert.equal(notes.filter((note) => note.includes('It is not used to count.')).length, 1)
})
