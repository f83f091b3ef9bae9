import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { Summary, type SummaryInput, type SummaryObject } from '../../src/lib/decode/summary.ts'
import { formatSummary } from '../../src/lib/decode/summary-text.ts'
import { NdjsonWriter } from '../../src/lib/ndjson/ndjson-writer.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import type { Batch, SourceReport } from '../../src/lib/source/source.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { arrival, bytes, coloured, counters, datagram, flow, plain, record } from '../helpers/cards.ts'
import { sharedPath } from '../helpers/shared.ts'

const quiet: SourceReport = {
  packets: 0,
  datagrams: 0,
  cut: 0,
  otherPorts: new Map(),
  skipped: new Map(),
  issues: [],
  bytesRead: 0,
  bytesTotal: undefined,
}

/** A summary of datagrams a second apart. */
function summaryOf(datagrams: readonly Uint8Array[], more: Partial<SummaryInput> = {}): SummaryObject {
  const summary = new Summary()
  const walker = new Walker(() => {})
  for (const [i, each] of datagrams.entries()) take(summary, walker, arrival(each, 1_777_636_801 + i, 500_000_000))
  return summary.toObject({ name: 'a.pcap', report: quiet, issues: new Map(), ...more })
}

function take(summary: Summary, walker: Walker, batch: Batch): void {
  for (let i = 0; i < batch.count; i++) {
    if (!walker.open(batch.bytes, batch.view, batch.offset[i]!, batch.length[i]!)) continue
    summary.datagram(walker, batch, i)
    while (walker.nextSample()) summary.sample(walker)
  }
}

const textOf = (summary: SummaryObject, width = 80, style = plain): string =>
  formatSummary(summary, { style, width, time: (iso) => iso.slice(11, 19) }).join('\n')

const switched = record(1001, 'extended_switch', { src_vlan: 1, src_priority: 0, dst_vlan: 2, dst_priority: 0 })

/** Datagram `n` with flow sample `n`; the pool grows by 1,000 a sample. */
const numbered = (n: number, more: Parameters<typeof datagram>[1] = {}): Uint8Array =>
  datagram([flow([switched], { sequence_number: n, sample_pool: n * 1000 })], {
    sequence_number: n,
    uptime: n * 1000,
    ...more,
  })

test('samples, records and loss; duplicates are counted apart', () => {
  const named = { ...counters(3, [record(1005, 'port_name', { name: 'swp3' })]), sequence_number: 1 }
  const summary = summaryOf([
    numbered(1),
    numbered(2),
    numbered(2),
    numbered(5),
    datagram([named], { sequence_number: 6, uptime: 6000 }),
  ])
  assert.equal(summary.datagrams, 5)
  assert.equal(summary.first_time, '2026-05-01T12:00:01.500000000Z')
  assert.equal(summary.last_time, '2026-05-01T12:00:05.500000000Z')
  assert.equal(summary.duration_s, 4)
  assert.deepEqual(summary.samples, [
    { tag: '0:1', name: 'flow_sample', count: 3 },
    { tag: '0:2', name: 'counters_sample', count: 1 },
  ])
  assert.equal(summary.duplicate_samples, 1)
  assert.deepEqual(summary.flow_records, [{ tag: '0:1001', name: 'extended_switch', count: 3 }])
  assert.deepEqual(summary.counter_records, [{ tag: '0:1005', name: 'port_name', count: 1 }])
  assert.equal(summary.loss.lost, 2)
  assert.equal(summary.loss.duplicates, 1)
  assert.equal(summary.loss.flow.lost, 2)
  assert.equal(summary.agents.length, 1)
  assert.equal(summary.agents[0]!.agent, '192.0.2.9')
  assert.equal(
    textOf(summary),
    `a.pcap: 5 datagrams, 1 agent, 4 s, 2 datagrams lost (33.3 %)
12:00:01 → 12:00:05
  samples   3 flow_sample 0:1  1 counters_sample 0:2  and 1 again in duplicates
  records   3 extended_switch 0:1001
            1 port_name 0:1005

AGENT      DGRAMS  LOST  FLOW  CNTR  S-LOST  1:N  N EFF  DUP   UP
─────────────────────────────────────────────────────────────────
192.0.2.9       5     2     3     1       2   1k  2,000    1  6 s

  lost      datagrams 2  flow samples 2  counter samples 0  discards 0
            by agents themselves 0
  order     late 0  duplicates 1  restarts 0
  issues    none
  pool      too few samples to tell whether the pool measures the true rate
  unknown   What was lost before the first and after the last datagram of each
            agent is not known.`,
  )
})

test('unknown tags are told apart up to a bound, and the rest is counted', () => {
  const unknown = (tag: number) => ({ tag: 9 * 4096 + tag, bytes: new Uint8Array(0) })
  const records = Array.from({ length: 100 }, (_, i) => unknown(i))
  const odd = Array.from({ length: 80 }, (_, i) => ({
    kind: 'opaque' as const,
    tag: 77 * 4096 + i,
    name: 'unknown sample',
    bytes: new Uint8Array(0),
  }))
  const summary = summaryOf([datagram([flow([...records, ...records, switched]), ...odd])])
  assert.deepEqual(summary.flow_records.slice(0, 2), [
    { tag: '9:0', name: null, count: 2 },
    { tag: '9:1', name: null, count: 2 },
  ])
  // 64 unknown ones and extended_switch, which is declared and so never left out.
  assert.equal(summary.flow_records.length, 65)
  assert.deepEqual(summary.flow_records.at(-1), { tag: '0:1001', name: 'extended_switch', count: 1 })
  assert.equal(summary.records_of_more_unknown_tags, 72)
  assert.equal(summary.samples.length, 65)
  assert.equal(summary.samples_of_more_unknown_tags, 16)
  const text = textOf(summary)
  assert.match(text, /^ {2}records {3}2 unknown 9:0 {2}2 unknown 9:1 {2}/m)
  assert.match(text, /72 of more unknown tags/)
  assert.match(text, /16 of more unknown tags/)
})

test('discarded packets by reason', () => {
  const dropped = (sequence: number, reason: number) => ({
    kind: 'discard' as const,
    tag: 5,
    name: 'discarded_packet',
    sequence_number: sequence,
    source_id_type: 0,
    source_id_index: 3,
    drops: 0,
    inputifindex: 3,
    outputifindex: 0,
    reason,
    records: [],
  })
  const summary = summaryOf([datagram([dropped(1, 259), dropped(2, 777), dropped(3, 259)])])
  assert.deepEqual(summary.drop_reasons, [
    { reason: 259, name: 'no_buffer_space', count: 2 },
    { reason: 777, name: null, count: 1 },
  ])
  assert.match(textOf(summary), /^ {2}dropped {3}2 no_buffer_space \(259\) {2}1 unassigned \(777\)$/m)
})

test('what pool statements say', () => {
  const fabricated = [1, 2, 3, 4, 5, 6].map((n) => numbered(n))
  const counting = [1, 2, 3, 4, 5, 6].map((n) =>
    datagram([flow([], { sequence_number: n, sample_pool: n * 1013 + (n % 3) })], {
      sequence_number: n,
      sub_agent_id: 1,
      uptime: n * 1000,
    }),
  )
  for (const [datagrams, statement] of [
    [[datagram([])], 'no flow samples, so no pool'],
    [fabricated, 'pool is rate × samples on all sources: no measurement of the true rate'],
    [counting, 'pool counts packets on all sources'],
    [
      [...fabricated, ...counting],
      'pool is rate × samples on some sources (1 of 2): no measurement of the true rate there',
    ],
    [
      [...fabricated, numbered(1, { sub_agent_id: 2 })],
      'pool is rate × samples on all sources with enough samples to tell (1 of 2): no measurement of the true rate',
    ],
    [[numbered(1)], 'too few samples to tell whether the pool measures the true rate'],
  ] as const) {
    assert.equal(summaryOf(datagrams).pool.statement, statement)
  }
})

test('trouble with the input: skipped packets, damage, issues, cut datagrams; red where there is colour', () => {
  const summary = summaryOf([numbered(1)], {
    name: 'a\u001b[2J.pcap',
    report: {
      ...quiet,
      packets: 20,
      datagrams: 1,
      cut: 1,
      otherPorts: new Map([
        [53, 2],
        [9995, 5],
      ]),
      skipped: new Map([
        ['not UDP', 12],
        ['UDP to another port', 7],
      ]),
      issues: [{ kind: 'cut', at: 8418, problem: 'the file ends after 559 of the 806 bytes of a packet', count: 1 }],
    },
    issues: new Map([
      ['record cut', 2],
      ['sample cut', 40],
    ]),
  })
  assert.deepEqual(summary.input, {
    name: 'a\u001b[2J.pcap',
    packets: 20,
    datagrams: 1,
    cut_by_capture: 1,
    skipped: { 'not UDP': 12, 'UDP to another port': 7 },
    other_ports: { 53: 2, 9995: 5 },
    damage: [{ kind: 'cut', at: 8418, problem: 'the file ends after 559 of the 806 bytes of a packet', count: 1 }],
  })
  assert.deepEqual(summary.issues, { 'record cut': 2, 'sample cut': 40 })
  const lines = textOf(summary, 100).split('\n')
  assert.equal(lines[0], 'a\\x1b[2J.pcap: 1 datagram, 1 agent, 0 ms, no datagram lost, 1 cut by the capture, 43 issues')
  const from = lines.findIndex((line) => line.startsWith('  lost'))
  assert.deepEqual(lines.slice(from, from + 6), [
    '  lost      datagrams 0  flow samples 0  counter samples 0  discards 0  by agents themselves 0',
    '            cut by the snaplen 1',
    '  skipped   12 not UDP  7 UDP to another port  other UDP ports 9995 (5), 53 (2)',
    '  issues    capture, byte 8418: the file ends after 559 of the 806 bytes of a packet  40 sample cut',
    '            2 record cut',
    '  pool      too few samples to tell whether the pool measures the true rate',
  ])
  const red = textOf(summary, 100, coloured)
  assert.ok(red.includes('\u001b[31m43 issues\u001b[39m'))
  assert.equal(stripVTControlCharacters(red), lines.join('\n'))
})

test('a table that is too wide gives up columns, and many agents are cut off', () => {
  const hosts = Array.from({ length: 201 }, (_, i) =>
    datagram(
      [
        counters(3, [
          record(2000, 'host_descr', {
            hostname: `rack-${i}-of-a-very-long-row.example.net`,
            uuid: new Uint8Array(16),
            machine_type: 3,
            os_name: 2,
            os_release: '6.1',
          }),
        ]),
        flow([]),
      ],
      { agent: { type: 2, bytes: bytes(`20010db8000000000000000000ff${i.toString(16).padStart(4, '0')}`) } },
    ),
  )
  const summary = summaryOf(hosts)
  assert.equal(summary.agents.length, 201)
  const wide = textOf(summary, 200).split('\n')
  assert.ok(wide.some((line) => /^2001:db8::ff:0 +rack-0-of-a-very-long-r… /.test(line)))
  assert.ok(wide.includes('… 1 more; --format json has them all'))
  const narrow = textOf(summary, 60).split('\n')
  assert.ok(narrow.some((line) => line.startsWith('AGENT') && !line.includes('HOST') && line.includes('LOST')))
  assert.ok(narrow.every((line) => plain.width(line) <= 60))
})

test('no table is wider than the terminal as long as the agents, their datagrams and loss fit', () => {
  const numbers = [1, 2, 3, 9_000_000]
  const rates = [1000, 4096, 400_000, 2_000_000]
  const busy = (agent: { type: 1 | 2; bytes: Uint8Array }, sub_agent_id: number): Uint8Array[] =>
    numbers.map((n, i) =>
      datagram(
        [flow([switched], { sequence_number: n, sampling_rate: rates[i]!, drops: 70_000 * i }), counters(3, [])],
        { agent, sub_agent_id, sequence_number: n, uptime: 1000 + i },
      ),
    )
  const summary = summaryOf([
    ...busy({ type: 2, bytes: bytes('20010db8 1111 2222 3333 4444 5555 6666') }, 4_294_967_295),
    ...busy({ type: 1, bytes: bytes('c0000201') }, 0),
  ])
  for (const width of [66, 70, 80, 100, 120]) {
    const lines = textOf(summary, width).split('\n')
    assert.ok(lines.some((line) => /^AGENT .*DGRAMS {2}LOST/.test(line)))
    assert.ok(Math.max(...lines.map((line) => plain.width(line))) <= width, `${width} columns:\n${lines.join('\n')}`)
  }
  const wide = textOf(summary, 200)
  assert.match(wide, / 1k…2M /)
  assert.match(textOf(summaryOf([numbered(1)])), / 1:N .*\n.*\n.* 1k /)
})

test('records that can not be decoded are told as the other formats tell them', () => {
  const whole = datagram([
    flow([
      switched,
      { tag: 1003, bytes: bytes('00000001 c0000201') },
      { tag: 1005, bytes: bytes('00000001 7fffffff') },
      { tag: 2201, bytes: bytes('00') },
      { tag: 9 * 4096, bytes: bytes('00') },
    ]),
    counters(3, [{ tag: 1, bytes: bytes('00000003') }]),
    { kind: 'opaque', tag: 4300 * 4096 + 1002, name: 'rtmetric', bytes: bytes('00000009 41') },
  ])
  const kinds = (observe: (walker: Walker, batch: Batch) => () => void): string[] => {
    const found: string[] = []
    const walker = new Walker((issue) => found.push(`${issue.kind}: ${issue.problem}`))
    const batch = arrival(whole)
    walker.open(batch.bytes, batch.view, 0, whole.length)
    const sample = observe(walker, batch)
    while (walker.nextSample()) sample()
    return found
  }
  const told = kinds((walker, batch) => {
    const summary = new Summary()
    summary.datagram(walker, batch, 0)
    return () => summary.sample(walker)
  })
  assert.deepEqual(told, [
    'extended_gateway short: as needs 4 bytes, 0 left',
    'extended_url length: url claims 2147483647 bytes, 0 left',
    'if_counters short: ifType needs 4 bytes, 0 left',
    'rtmetric length: datasource claims 9 bytes, 1 left',
  ])
  const asNdjson = kinds((walker, batch) => {
    const writer = new NdjsonWriter()
    const out = new TextBuffer()
    writer.datagram(walker, batch, 0)
    return () => writer.sample(walker, out)
  })
  assert.deepEqual(told, asNdjson)
})

const lab = sharedPath('captures/agents/lab-rocev2.pcap')

test('lab-rocev2: as its byte walk', { skip: lab === undefined }, async () => {
  const source = await openCapture(lab!)
  const summary = new Summary()
  const walker = new Walker(() => {})
  for await (const batch of source.batches()) take(summary, walker, batch)
  const object = summary.toObject({ name: 'lab-rocev2.pcap', report: source.report(), issues: new Map() })
  await source.close()
  assert.equal(object.datagrams, 5575)
  assert.deepEqual(
    object.agents.map((x) => [x.agent, x.hostname, x.datagrams, x.lost]),
    [
      ['172.100.100.11', 'leaf1', 1864, 0],
      ['172.100.100.12', 'leaf2', 1858, 0],
      ['172.100.100.21', 'spine1', 1835, 0],
      ['172.100.100.22', 'spine2', 18, 0],
    ],
  )
  assert.deepEqual(
    object.samples.map((x) => [x.tag, x.count]),
    [
      ['0:3', 38_341],
      ['0:4', 86],
    ],
  )
  assert.deepEqual(
    object.flow_records.map((x) => [x.tag, x.count]),
    [
      ['0:1', 38_341],
      ['0:1043', 38_341],
    ],
  )
  assert.deepEqual(
    object.counter_records.map((x) => `${x.tag} ${x.count}`),
    '0:1 62,0:1005 62,0:2000 24,0:2001 24,0:2003 24,0:2004 24,0:2005 24,0:2006 24,0:2007 24,0:2008 24,0:2009 24,0:2010 24'.split(
      ',',
    ),
  )
  const text = textOf(object)
  assert.match(text, /^lab-rocev2\.pcap: 5,575 datagrams, 4 agents, 61 s, no datagram lost$/m)
  assert.match(text, /^ {2}pool {6}rate × samples on /m)
})
