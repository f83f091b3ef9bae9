// The screen of `sonde ai-metrics` as it is drawn by ink, and what its keys ask of the engine.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { AiSnapshot } from '../../../src/lib/ai-metrics/snapshot.ts'
import { AiPage } from '../../../src/lib/ui/ai-metrics-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import {
  busyWindow,
  darkWindow,
  FakeAiEngine,
  kinds,
  labWindow,
  measure,
  period,
  portsWindow,
  snapshotOf,
} from './ai-snapshots.ts'
import { show } from './show.tsx'

const LEFT = '\u001b[D'
const RIGHT = '\u001b[C'
const DOWN = '\u001b[B'
const UP = '\u001b[A'
const BACK = '\u007f'

function shown(t: TestContext, columns: number, rows: number, level: 0 | 1 = 0) {
  const engine = new FakeAiEngine()
  const screen = show<AiSnapshot>(t, new AiPage({ send: engine.send }), columns, rows, level)
  const text = async () => (await screen.lines()).join('\n')
  return { ...screen, engine, text }
}

test('how long nothing came is said beside the time', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(snapshotOf(60, () => ({ ...labWindow, quietMs: 12_400 })))
  assert.equal((await screen.lines())[1], ' to 12:01:00 · no datagram for 12 s · 640 samples, 200 of RoCE count')
})

test('large charts: traffic is said to be where it counts, bytes have the unit of their axis', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(snapshotOf(60, () => ({ ...labWindow, agg: 'max', aggLabel: 'busiest switch' })))
  await screen.keys('\r')
  assert.match(await screen.text(), /^ Total Traffic {2}Traffic of all protocols: busiest switch\.$/m)
  await screen.keys(DOWN, DOWN, DOWN, DOWN, DOWN)
  const text = await screen.text()
  assert.match(text, /^ RDMA Bytes /m)
  assert.match(text, /^ +\d+ KiB┤/m)
  assert.doesNotMatch(text, /kB/)
})

test('80×24: a line a chart', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(snapshotOf(60))
  assert.deepEqual(await screen.lines(), [
    ' udp://[::]:6343   2m12s    4 agents  lost 0 %',
    ' to 12:01:00 · where packets enter the fabric · 640 samples, 200 of RoCE count',
    '▸Total Traffic      9.20 Mb/s ± 1.2 %                                     █████',
    ' Operations         14.0 kpkt/s  RC WRITE Middle 57 %                     █████',
    ' Core Link Traffic  max 9.20 Mb/s  q3 2.00M  med 0  q1 0  min 0             ███',
    ' Edge Link Traffic  max 9.20 Mb/s q3 7.00M med 4.60M q1 1.00M min 0         ███',
    ' RDMA Operations    2.00 kop/s ± 3.0 %                                    █████',
    ' RDMA Bytes         32 KiB/op                                             █████',
    ' Credits            avg 12  min 12  max 12                                █████',
    ' Period             0.700 s ± 0.007 s                                     █████',
    ' Congestion         ECN 1.40 kpkt/s ± 9.0 %  CNP 2.00k  trimmed 0           ███',
    ' Errors             in 0  out 0                                           ▁▁▁▁▁',
    ' Discards           in 0  out 51.0                                        █████',
    ' Drop Reasons       57.3 pkt/s  no_buffer_space 84 %  acl 16 %              ███',
    '',
    ' Messages           2.00 k/s   RoCE 14.0 kpkt/s',
    ' Answers            NAK 0   RNR NAK 0',
    ' ECMP               1 up: link1 100 %, 2.00 × even',
    '',
    '',
    '',
    '',
    '',
    ' ↵ chart ← → time p 100 ms b by n notes r reset space freeze ? help q quit',
  ])
})

test('120×40: twelve charts, the newest at the right', async (t) => {
  const screen = shown(t, 120, 40)
  screen.feed.snapshot(snapshotOf(150, (n) => ({ ...labWindow, bps: measure(n % 50 < 25 ? 9.2e6 : 1e6, 4) })))
  const lines = await screen.lines()
  assert.deepEqual(lines.slice(0, 11), [
    ' udp://[::]:6343   3m42s    4 agents  lost 0 %       42.9 datagrams/s',
    ' to 12:02:30 · where packets enter the fabric · 640 samples, 200 of RoCE count',
    '▸Total Traffic  1.00 Mb/s ± 4.0 %         Operations  14.0 kpkt/s                 Core Link Traffic  max 9.20 Mb/s',
    '  10 Mb/s┤               ⠤⠤⡄  ⡤⠤⡄ ⢠⠤⠤⡄    ⠤⠤ RC WRITE Middle  57 %                q3 2.00M med 0     q1 0     min 0',
    '         │                 ⡇  ⡇ ⡇ ⢸  ⡇    ⠄⠄ RC WRITE First  14 %                  10 Mb/s┤              ⠠⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤',
    '         │                 ⡇  ⡇ ⡇ ⢸  ⡇    ⠤⠄ RC Acknowledge  14 % ⠄  CNP  14 %            │',
    '   5 Mb/s┤                 ⢱ ⢠⠃ ⡇ ⢸  ⡇     10 kpkt/s┤             ⢀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀          │',
    '         │                 ⢸ ⢸  ⡇ ⢸  ⡇              │                               5 Mb/s┤',
    '         │                 ⢸ ⢸  ⡇ ⢸  ⡇      5 kpkt/s┤                                     │              ⠠⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄',
    '    0 b/s┤                 ⠈⠉⠉  ⠉⠉⠉  ⠉⠉⠉     0 pkt/s┤             ⠈⠁⠉⠉⠁⠉⠉⠁⠉⠉⠁⠉⠉⠁     0 b/s┤              ⢀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀',
    '         -5m─────────────────────────now            -5m──────────────────────now          -5m────────────────────────now',
  ])
  assert.match(
    lines[36]!,
    /^ RoCE 14\.0 kpkt\/s +messages 2\.00 k\/s +NAK 0 +RNR NAK 0 +ECMP 1 up: link1 100 %, 2\.00 × even$/,
  )
})

for (const [columns, rows] of [
  [60, 10],
  [80, 24],
  [111, 33],
  [120, 40],
  [250, 80],
] as const) {
  test(`lines fit and stay at ${columns}×${rows}, on every page`, async (t) => {
    const { feed, lines, keys } = shown(t, columns, rows)
    for (const into of [[], ['\r'], [BACK, 'p'], [BACK, 'b'], [BACK, 'n'], [BACK, '?']]) {
      await keys(...into)
      for (const count of [0, 1, 2, 40, 299, 300, 301]) {
        feed.snapshot(snapshotOf(count, (n) => ({ ...busyWindow(n), by: 'port', rows: portsWindow.rows })))
        const frame = await lines()
        assert.equal(frame.length, rows)
        for (const line of frame) assert.ok(displayWidth(line) <= columns, line)
      }
    }
  })
}

describe('what is not known', () => {
  test('says why, chart by chart, and is no 0', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(snapshotOf(3, () => darkWindow))
    assert.deepEqual((await screen.lines()).slice(2, 17), [
      '▸Total Traffic      no flow samples',
      ' Operations         no flow samples',
      ' Core Link Traffic  needs --topology',
      ' Edge Link Traffic  needs --topology',
      ' RDMA Operations    no flow samples',
      ' RDMA Bytes         no flow samples',
      ' Credits            no flow samples',
      ' Period             no flow samples',
      ' Congestion         no flow samples',
      ' Errors             no interface counters yet: every 20 or 30 s',
      ' Discards           no interface counters yet: every 20 or 30 s',
      ' Drop Reasons       no switch tells of dropped packets',
      '',
      ' Messages           -   RoCE -',
      ' Answers            NAK -   RNR NAK -',
    ])
  })
  test('in one second: -, and a gap', async (t) => {
    const screen = shown(t, 120, 40)
    screen.feed.snapshot(snapshotOf(5, (n) => (n < 4 ? labWindow : darkWindow)))
    const text = await screen.text()
    assert.match(text, /^▸Total Traffic {2}- +Operations {2}- +Core Link Traffic {2}max -$/m)
  })
  test('marks of the last hop: a lower bound', async (t) => {
    const screen = shown(t, 120, 40)
    screen.feed.snapshot(snapshotOf(5, () => ({ ...labWindow, ceComplete: false })))
    assert.match(await screen.text(), / Congestion {2}ECN ≥ 1\.40 kpkt\/s ± 9\.0 %/)
  })
  test('nothing came', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot({ ...snapshotOf(0), datagrams: 0, seconds: 75 })
    assert.match(
      await screen.text(),
      /^ Nothing came to udp:\/\/\[::\]:6343 in 1 min 15 s\.[\s\S]*tcpdump -ni any udp port 6343$/m,
    )
  })
  test('no window is over', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot({ ...snapshotOf(0), datagrams: 3 })
    assert.match(
      await screen.text(),
      /^ 3 datagrams came from udp:\/\/\[::\]:6343\.\n The first window, of 1 s, is not over: /m,
    )
  })
})

describe('the cursor', () => {
  const counting = (n: number) => ({ ...labWindow, bps: measure((n + 1) * 1e6, n + 1) })
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
  ] as const) {
    test(`stands on a second while time goes on, at ${columns}×${rows}`, async (t) => {
      const screen = shown(t, columns, rows)
      screen.feed.snapshot(snapshotOf(20, counting))
      assert.match(await screen.text(), /^▸Total Traffic +20\.0 Mb\/s ± 20 %/m)
      await screen.keys(LEFT, LEFT, LEFT)
      assert.match(await screen.text(), /^▸Total Traffic +17\.0 Mb\/s ± 17 %/m)
      assert.match((await screen.lines())[1]!, /^ ┊ to 12:00:17, 3 s before the newest · /)
      assert.equal((await screen.text()).includes('│                           ┊'), columns === 120)
      screen.feed.snapshot(snapshotOf(25, counting))
      assert.match(await screen.text(), /^▸Total Traffic +17\.0 Mb\/s ± 17 %/m)
      assert.match((await screen.lines())[1]!, /8 s before the newest/)
      await screen.keys(RIGHT)
      assert.match(await screen.text(), /^▸Total Traffic +18\.0 Mb\/s ± 18 %/m)
      await screen.keys(BACK)
      assert.match(await screen.text(), /^▸Total Traffic +25\.0 Mb\/s ± 25 %/m)
    })
  }
  test('home, page down, end; a second that is gone takes it along to the oldest that is left', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(snapshotOf(300, counting))
    await screen.keys('\u001b[H')
    assert.match(await screen.text(), /^▸Total Traffic +1\.00 Mb\/s ± 1\.0 %/m)
    await screen.keys('\u001b[6~')
    assert.match(await screen.text(), /^▸Total Traffic +11\.0 Mb\/s ± 11 %/m)
    screen.feed.snapshot(snapshotOf(311, counting))
    assert.match(await screen.text(), /^▸Total Traffic +12\.0 Mb\/s ± 12 %/m)
    assert.match((await screen.lines())[1]!, /4 min 59 s before the newest/)
    await screen.keys('\u001b[F')
    assert.match(await screen.text(), /^▸Total Traffic +311 Mb\/s ± 311 %/m)
    await screen.keys(LEFT, '\u001b[F')
    assert.match((await screen.lines())[1]!, /where packets enter the fabric/)
  })
  test('goes along into a chart and out of it', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(snapshotOf(20, counting))
    await screen.keys(LEFT, '\r')
    assert.match(await screen.text(), /^ Total Traffic {2}Traffic that enters[^\n]*\n 19\.0 Mb\/s ± 19 %$/m)
    await screen.keys(BACK)
    assert.match(await screen.text(), /\n 20\.0 Mb\/s ± 20 %$/m)
    await screen.keys(BACK)
    assert.match(await screen.text(), /^▸Total Traffic/m)
  })
})

describe('keys', () => {
  test('arrows go from chart to chart, by rows where they are side by side', async (t) => {
    const screen = shown(t, 120, 40)
    screen.feed.snapshot(snapshotOf(3))
    await screen.keys(DOWN, '\t')
    assert.match(await screen.text(), / ▸RDMA Operations /)
    await screen.keys(UP, UP)
    assert.match(await screen.text(), / ▸Errors | ▸Discards /)
    screen.resize(80, 24)
    await screen.keys(DOWN)
    assert.match(await screen.text(), /^▸Drop Reasons /m)
    await screen.keys(DOWN)
    assert.match(await screen.text(), /^▸Total Traffic /m)
  })
  test('↵ on Operations: all kinds with rate and share', async (t) => {
    const screen = shown(t, 80, 30)
    screen.feed.snapshot(
      snapshotOf(20, () => ({ ...labWindow, operations: kinds({ 'RC RDMA WRITE Middle': 8000, CNP: 1000 }, 1000) })),
    )
    await screen.keys(DOWN, '\r')
    const text = await screen.text()
    assert.match(
      text,
      /^ +SHARE +RATE +OPERATION\n +80 % +8\.00 k\/s ± 3\.1 % +RC RDMA WRITE Middle\n +10 % +1\.00 k\/s ± 3\.1 % +CNP\n +10 % +1\.00 k\/s +\(other: 2\)$/m,
    )
    assert.match(text, /^ RC WRITE Middle 8\.00 kpkt\/s {3}CNP 1\.00 kpkt\/s {3}\(other\) 1\.00 kpkt\/s$/m)
  })
  test('p: packets a second in steps of 100 ms', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(snapshotOf(3))
    await screen.keys('p')
    const text = await screen.text()
    assert.match(text, /^ Periodicity {2}period 0\.700 s ± 0\.007, of the last 20 cycles$/m)
    assert.match(text, /^ ⠤⠤⠤ Value 2\.00 kpkt\/s {2}⠄⠄⠄ Threshold 10\.6 kpkt\/s {2}⠤⠄⠤ Average 10\.6 kpkt\/s$/m)
    assert.match(text, /^ Load: mean 10\.6 kpkt\/s, standard deviation 300 pkt\/s, 9\.90 kpkt\/s to/m)
    const h = { ...period, method: 'h', periodSeconds: 0.70012, errorSeconds: 0.00031, cycles: 57 }
    screen.feed.snapshot({ ...snapshotOf(3), period: { ...h, confidence: 0.999_97, reason: null } })
    const found = await screen.text()
    assert.match(found, /^ Periodicity {2}period 0\.7001 s ± 0\.0003 \(p = 3e-5\), of the last 57 cycles$/m)
    assert.doesNotMatch(found, /Intervals/)
    const none = { ...h, periodSeconds: null, errorSeconds: null, confidence: 0.4, cycles: 0 }
    screen.feed.snapshot({ ...snapshotOf(3), period: { ...none, reason: 'no cycle: p = 0.60' } })
    assert.match(await screen.text(), /^ Periodicity {2}no period: no cycle: p = 0\.60$/m)
    screen.feed.snapshot({ ...snapshotOf(3), window: null, fast: null, period: null })
    assert.match(await screen.text(), /^ Periodicity {2}no period: no RoCE\n\n No RoCE packets yet\.$/m)
  })
  test('b: rows, by port at first; what is refused is told', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(snapshotOf(3))
    await screen.keys('b')
    assert.match(await screen.text(), /^ The first window with rows is not over yet\.$/m)
    assert.deepEqual(screen.engine.commands, [{ kind: 'set', by: 'port', id: 1 }])
    screen.feed.snapshot(screen.engine.answer(snapshotOf(4, () => portsWindow)))
    assert.deepEqual((await screen.lines()).slice(2, 7), [
      ' NAME                    ▾ROCE/s     ±  SHARE  BIT/s  OPS/s  ECN/s  CNP/s  NAK/s',
      '▸leaf1 eth3                  600  3.0%   60 %  4.80M   85.7      0      0   2.00',
      ' leaf2 eth3                  400  3.0%   40 %  3.20M   57.1      0      0      0',
      ' (other: 3)                    0  3.0%    0 %      0      0      0      0      0',
      ' total                     1.00k  3.0%  100 %  8.00M    143      0      0   2.00',
    ])
    await screen.keys('b', ...'link', '\r')
    screen.feed.snapshot(screen.engine.answer(snapshotOf(5, () => portsWindow)))
    assert.match(await screen.text(), /^ --by link needs to know the links\.$/m)
  })
  test('r: from nothing', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(snapshotOf(3))
    await screen.keys('r')
    await screen.lines()
    assert.deepEqual(screen.engine.commands, [{ kind: 'reset', id: 1 }])
  })
  test('n: notes; space: what is shown stays', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot({ ...snapshotOf(3), notes: ['Something is doubtful.'] })
    assert.match(await screen.text(), /^ Something is doubtful\.$/m)
    await screen.keys('n')
    assert.match(await screen.text(), /^ - Something is doubtful\.$/m)
    await screen.keys(BACK, ' ')
    screen.feed.snapshot(snapshotOf(3, () => darkWindow))
    assert.match(await screen.text(), /^▸Total Traffic +9\.20 Mb\/s/m)
  })
})

test('trouble is red, hostile names do no harm', async (t) => {
  const screen = shown(t, 80, 24, 1)
  const evil = '\u001b[2J\u001b[31mowned\u0007\n\u202e交換'.repeat(9)
  const tier = { ...labWindow.ecmp![0]!, tier: evil, busiest: { node: evil, link: evil, share: 1 } }
  const rows = portsWindow.rows.map((row) => ({ ...row, name: evil }))
  const drops = kinds({ [evil]: 3, acl: 2 })
  const window = { ...portsWindow, aggLabel: evil, ecmp: [tier], drops, operations: drops, rows }
  screen.feed.snapshot({ ...snapshotOf(9, () => window), source: evil, notes: [evil] })
  assert.ok((await screen.lines())[12]!.includes('\u001b[31min 0  out 51.0'))
  for (const keys of [[], ['\r'], [DOWN], [DOWN], [BACK, 'n'], [BACK, 'b'], [BACK, 'p'], ['?']]) {
    await screen.keys(...keys)
    for (const [columns, rowsOf] of [
      [120, 40],
      [80, 24],
    ] as const) {
      screen.resize(columns, rowsOf)
      for (const line of await screen.lines()) {
        assert.ok(displayWidth(line) <= columns, line)
        assert.doesNotMatch(stripVTControlCharacters(line), /\p{Cc}/u)
      }
    }
  }
})
