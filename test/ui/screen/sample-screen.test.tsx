// The screen of `sonde sample --to` as it is drawn by ink, at the sizes that terminals have.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { PortState } from '../../../src/lib/host-agent/port-sampling.ts'
import type { SampleState } from '../../../src/lib/sample/report.ts'
import { SamplePage } from '../../../src/lib/ui/sample-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { show } from './show.tsx'

const port = (interfaceIndex: number, name: string, change: Partial<PortState> = {}): PortState => ({
  interfaceIndex,
  name,
  rate: 1000,
  isSampled: true,
  poolIn: 0,
  poolOut: 0,
  samples: 0,
  lost: 0,
  ...change,
})

const begun: SampleState = {
  seconds: 10,
  tap: { kind: 'tcx', measuresPool: true, why: undefined },
  direction: 'both',
  drops: undefined,
  agent: '192.0.2.9',
  ports: [port(2, 'ens3'), port(3, 'ens4', { rate: 100 })],
  counts: { datagrams: 0, flow: 0, counters: 0, discards: 0, leftOut: 0 },
  collectors: [{ name: '10.0.0.9:6343', datagrams: 0, bytes: 0, failed: 0, problem: null }],
}

/** Four seconds later. */
const busy: SampleState = {
  ...begun,
  seconds: 14,
  ports: [
    port(2, 'ens3', { poolIn: 3_248_000, poolOut: 3_160_000, samples: 6408 }),
    port(3, 'ens4', { rate: 100, poolIn: 4000, samples: 38, lost: 2, isSampled: false }),
  ],
  counts: { datagrams: 1301, flow: 6446, counters: 4, discards: 0, leftOut: 0 },
  collectors: [
    { name: '10.0.0.9:6343', datagrams: 1301, bytes: 1_700_000, failed: 0, problem: null },
    { name: 'collector.example:6343', datagrams: 1, bytes: 60_000, failed: 45, problem: 'there is no route' },
  ],
}

const shown = (t: TestContext, columns: number, rows: number, level: 0 | 1 = 0) =>
  show<SampleState>(t, new SamplePage(), columns, rows, level)

test('two interfaces at 80 columns: rates over the last seconds, one that is gone, a collector without a route', async (t) => {
  const screen = shown(t, 80, 12)
  screen.feed.snapshot(begun)
  screen.feed.snapshot(busy)
  assert.deepEqual(await screen.lines(), [
    ' TCX ingress + egress      14s  agent 192.0.2.9  1.60k samples/s  lost in ring 2',
    ' INTERFACE▾              1:N   IN/S  OUT/S SAMPLES/S   SAMPLES       POOL   LOST',
    '▸ens3                     1k   812k   790k     1.60k     6,408  6,408,000      0',
    ' ens4 gone               100      -      -         -        38      4,000      2',
    '',
    '',
    '',
    '',
    ' 6,446 samples · 4 counter samples · 1,301 datagrams',
    ' → 10.0.0.9:6343                   1,301 datagrams  1.62 MiB',
    ' → collector.example:6343               1 datagram  58.6 KiB  45 failed: there …',
    ' s sort  space freeze  ? help  q quit',
  ])
})

test('nothing fits yet, drops alone, and drops that could not be told', async (t) => {
  const none = shown(t, 80, 8)
  none.feed.snapshot({ ...begun, ports: [] })
  assert.deepEqual((await none.lines()).slice(1, 4), [
    '',
    ' No interface fits. Those that come are sampled; ip link shows which there are.',
    '',
  ])
  const drops = shown(t, 80, 8)
  drops.feed.snapshot({
    ...begun,
    tap: undefined,
    ports: [],
    drops: { kind: 'tp_btf', why: undefined, notices: [], netns: 'this', limit: 100, limited: 7, ringFull: 1 },
    counts: { ...begun.counts, discards: 5 },
  })
  const lines = await drops.lines()
  assert.match(lines[0]!, /^ drops /)
  assert.equal(lines[2], ' No interface is sampled: drops alone are told.')
  assert.match(lines[5]!, /0 samples · 0 counter samples · 5 drops · 0 datagrams +drops not told 8/)
})

for (const [columns, rows] of [
  [60, 10],
  [120, 30],
  [250, 80],
] as const) {
  test(`it fits ${columns} × ${rows}, whatever the names`, async (t) => {
    const screen = shown(t, columns, rows, 1)
    const many = Array.from({ length: 100 }, (_, i) => port(i + 2, `veth${i}\u001b[31m`, { samples: 10 ** (i % 16) }))
    screen.feed.snapshot({ ...busy, ports: many })
    const lines = await screen.lines()
    assert.equal(lines.length, rows)
    for (const line of lines) {
      assert.ok(displayWidth(line) <= columns, line)
      assert.doesNotMatch(stripVTControlCharacters(line), /\p{Cc}/u)
    }
  })
}
