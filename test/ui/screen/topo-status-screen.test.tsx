// The screen of `sonde topo status` as it is drawn by ink: gauges, checks, what a check found.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTopology } from '../../../src/lib/topo/read-topology.ts'
import type { StatusSnapshot } from '../../../src/lib/topo-status/snapshot.ts'
import { statusOf } from '../../../src/lib/topo-status/status.ts'
import { StatusPage } from '../../../src/lib/ui/topo-status-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { show } from './show.tsx'

const link = (node1: string, node2: string) => ({ node1, port1: `a${node2}`, node2, port2: `b${node1}` })
const topology = readTopology(
  JSON.stringify({ links: { l1: link('leaf1', 'spine1'), l2: link('leaf\u001b[31m2', 'spine1') } }),
  '',
)

/** Nothing was heard of any node. */
function snapshot(datagrams: number, silentSeconds: number | null = null): StatusSnapshot {
  const nodes = ['leaf1', 'leaf\u001b[31m2', 'spine1'].map((name) => ({ name, monitored: false, flowSamples: 0 }))
  const links = [...topology.links].map(([name, one]) => ({
    name,
    link: one,
    state: 'unmonitored' as const,
    ends: [
      { node: one.node1, port: one.port1, row: undefined, soFar: undefined, interval: null },
      { node: one.node2, port: one.port2, row: undefined, soFar: undefined, interval: null },
    ] as const,
  }))
  const unknown = [{ agent: '192.0.2.9', hostname: null }]
  const state = { startMs: 0, nowMs: 5000, topology, nodes, links, ports: [], unknown, contradictions: [], missing: [] }
  const run = { source: 'udp://[::]:6343', seconds: 5, datagrams, datagramsPerSecond: 0, lostShare: null }
  return { ...run, status: statusOf(state, new Set()), silentSeconds }
}

test('checks, then the names of one, at 80 columns', async (t) => {
  const screen = show<StatusSnapshot>(t, new StatusPage(), 80, 20)
  screen.feed.snapshot(snapshot(7))
  const lines = await screen.lines()
  assert.deepEqual(lines.slice(0, 7), [
    ' udp://[::]:6343 · 5 s · ✗ 6 found',
    ' nodes   3 total   0 monitored   3 unmonitored: leaf1, leaf\\x1b[31m2, spine1',
    ' links   2 total   0 monitored   0 up   2 unmonitored: l1, l2',
    ' traffic - of -   - packets/s   discards -   errors -',
    '',
    ' CHECK▾        FOUND  WHAT',
    '▸unmonitored       5  node leaf1 is not monitored: none of the agents that are …',
  ])
  await screen.keys('\r')
  const page = (await screen.lines()).join('\n')
  assert.match(page, /✗ node leaf\\x1b\[31m2 is not monitored/)
  assert.match(page, /✗ l1 \(leaf1:aspine1 - spine1:bleaf1\) is not monitored/)
})

test('the title says for how long nothing came, from 5 s on', async (t) => {
  const screen = show<StatusSnapshot>(t, new StatusPage(), 80, 20)
  screen.feed.snapshot(snapshot(7, 4.9))
  assert.equal((await screen.lines())[0], ' udp://[::]:6343 · 5 s · ✗ 6 found')
  screen.feed.snapshot(snapshot(7, 12.4))
  assert.equal((await screen.lines())[0], ' udp://[::]:6343 · 5 s · nothing for 12 s · ✗ 6 found')
})

test('nothing came: what to check', async (t) => {
  const screen = show<StatusSnapshot>(t, new StatusPage(), 80, 24)
  screen.feed.snapshot(snapshot(0))
  assert.match(
    (await screen.lines()).join('\n'),
    /Nothing has come to udp:\/\/\[::\]:6343 yet\.[\s\S]*docs\/agents\.md/,
  )
})

for (const [columns, rows] of [
  [60, 10],
  [80, 24],
  [200, 50],
] as const) {
  test(`fits ${columns}×${rows}`, async (t) => {
    const screen = show<StatusSnapshot>(t, new StatusPage(), columns, rows)
    screen.feed.snapshot(snapshot(7))
    const lines = await screen.lines()
    assert.ok(lines.length <= rows && lines.every((line) => displayWidth(line) <= columns))
  })
}
