// The screen of `sonde ports` as it is drawn by ink, and what its keys ask of the engine.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { mostUsed } from '../../../src/lib/ports/columns.ts'
import { sortPorts } from '../../../src/lib/ports/order.ts'
import type { PortsSnapshot } from '../../../src/lib/ports/snapshot.ts'
import { percentCell, ratioCell, speedCell, stateCell, usedCell } from '../../../src/lib/ui/ports/columns.ts'
import { PortsPage } from '../../../src/lib/ui/ports-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { busyPorts, FakePortEngine, fourPorts, noPorts, spine } from './port-snapshots.ts'
import { show } from './show.tsx'

function shown(t: TestContext, columns: number, rows: number, level: 0 | 1 = 0) {
  const engine = new FakePortEngine()
  const screen = show<PortsSnapshot>(t, new PortsPage({ send: engine.send }), columns, rows, level)
  return { ...screen, engine }
}

test('four ports at 80 columns', async (t) => {
  const screen = shown(t, 80, 12)
  screen.feed.snapshot(fourPorts)
  assert.deepEqual(await screen.lines(), [
    ' udp://[::]:6343     72s     4 ports  1 down     lost 0 %',
    ' busiest first · 1 min window · 1 with discards · 1 with a doubtful sampling ra…',
    ' NODE     PORT       SPEED UTIL▾ IN b/s  IN % OUT b/s OUT % ERR/s DISC/s SAMPLED',
    '▸spine2   Ethernet12  400G █████  12.1G    3%    399G  100%     0   51.0 0.99',
    ' leaf4    Ethernet3   100G ▌      9.80G   10%   1.20G    1%     0      0 0.51 ✗',
    ' leaf4    Ethernet4   100G            0    0%       0    0%     0      0 -',
    ' 10.0.0.9 7              -       ~5.20M     -       -     -     -      - -',
    '',
    '',
    '',
    '',
    ' s sort  ↵ port  f filter  w window  n notes  space freeze  ? help  q quit',
  ])
})

test('60 columns keep names, bits, utilisation, errors and discards', async (t) => {
  const screen = shown(t, 60, 10)
  screen.feed.snapshot(fourPorts)
  assert.match((await screen.lines())[2]!, /^ NODE +PORT +UTIL▾ +IN b\/s +OUT b\/s +ERR\/s +DISC\/s$/)
})

test('200 columns have states, packets, and say what ✗ asks', async (t) => {
  const screen = shown(t, 200, 12)
  screen.feed.snapshot(fourPorts)
  const lines = await screen.lines()
  assert.match(lines[3]!, / up +█+▉ .* 0\.99 ±3\.1%$/)
  assert.match(lines[4]!, / 0\.51 ✗ sampling rate\?$/)
  assert.match(lines[5]!, /^ leaf4 +Ethernet4 +100G +down /)
})

for (const [columns, rows] of [
  [60, 10],
  [80, 24],
  [120, 30],
  [200, 50],
  [250, 80],
] as const) {
  test(`nothing jumps at ${columns}×${rows}, on the table and in a port`, async (t) => {
    const { feed, lines, keys } = shown(t, columns, rows)
    for (const into of [false, true]) {
      if (into) await keys('\r')
      let header: string | undefined
      for (let n = 1; n < 25; n++) {
        feed.snapshot(busyPorts(n, 100))
        const frame = await lines()
        assert.equal(frame.length, rows)
        for (const line of frame) {
          assert.ok(displayWidth(line) <= columns, line)
          assert.doesNotMatch(stripVTControlCharacters(line), /\p{Cc}/u)
        }
        header ??= frame.find((line) => / b\/s +/.test(line) && /ERR\/s/.test(line))
        assert.ok(header === undefined || frame.includes(header), header)
      }
      if (rows > 10) assert.ok(header !== undefined)
    }
  })
}

test('a port: what it is, both directions over time, counters, what samples say', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(fourPorts)
  await screen.keys('\r')
  const lines = await screen.lines()
  assert.deepEqual(lines.slice(2, 8), [
    '',
    ' spine2 Ethernet12  ifIndex 12 · 10.0.0.2 · 400 Gb/s · up · core · link L7',
    ' in   ▕█▌                                         ┊    ▏ 12.1 Gb/s  3%',
    ' out  ▕███████████████████████████████████████████████▉▏ 399 Gb/s  100% !',
    '',
    ' ⠤⠤⠤ in 12.1 Gb/s  ⠄⠄⠄ out 399 Gb/s   ╌╌ speed 400 Gb/s',
  ])
  assert.match(lines[8]!, /^ 400 Gb\/s┤/)
  assert.deepEqual(lines.slice(-9), [
    '         -5            -4            -3           -2       last counter interval',
    '',
    '           b/s    PKT/s    ERR/s   DISC/s    BYTES    PACKETS   ERRORS  DISCARDS',
    ' in      12.1G    1.51M        0        0  30.3 GB      30.3M        0         0',
    ' out      399G    49.9M        0     51.0   997 GB       997M        0     1,020',
    ' Samples say 0.99 ±3.1% of what counters say, 1 in 100,000 configured, 100,412',
    '   packets a sample received.',
    ' Counters over 20 s, the last sample 3 s ago.',
    ' ⌫ back  space freeze  ? help  q quit',
  ])
  await screen.keys('\u007f', '\u001b[B', '\r')
  assert.match(
    (await screen.lines()).join('\n'),
    /✗ Samples say 0\.51 ✗ of what counters say \(0\.49 to 0\.53 at 95 %\)/,
  )
  screen.feed.snapshot({ ...fourPorts, rows: [spine] })
  assert.equal((await screen.lines())[3], ' This port is not listed now: others come before it.')
})

test('a port without counters says why', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(fourPorts)
  await screen.keys('\u001b[F', '\r')
  const text = (await screen.lines()).join('\n')
  assert.match(text, /^ 10\.0\.0\.9 7 +ifIndex 7 · speed not told · -$/m)
  assert.match(text, /^ in {3}~5\.20 Mb\/s {2}-$/m)
  assert.match(text, /^ No comparison of samples with counters\.$/m)
  assert.match(text, /^ no counter samples: bits are by flow samples of other ports$/m)
})

describe('keys', () => {
  test('s asks the engine for the first ports by the column; what it was asked already it is not asked again', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(fourPorts)
    await screen.keys('s', 's', 's', 's', 'S')
    await screen.lines()
    assert.deepEqual(
      screen.engine.commands.map((command) => (command.kind === 'set' ? command.sort : undefined)),
      ['in', 'utilization', 'out', 'utilization'],
    )
    screen.feed.snapshot(screen.engine.answer({ ...fourPorts, sort: 'in' }))
    assert.match((await screen.lines())[2]!, /▴OUT %/)
  })
  test('f: a filter; a wrong name has a mark below it', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(fourPorts)
    await screen.keys('f', ...'ifspd=1', '\r')
    await screen.lines()
    screen.feed.snapshot(screen.engine.answer(fourPorts))
    assert.deepEqual((await screen.lines()).slice(15, 18), [
      ' filter ifspd▏=1',
      '        ^^^^^',
      ' --filter is wrong: "ifspd" is no attribute.',
    ])
    await screen.keys('\u0005', '\u0015', ...'ifspeed=1', '\r')
    await screen.lines()
    screen.feed.snapshot(screen.engine.answer(fourPorts))
    assert.match((await screen.lines())[1]!, / · where ifspeed=1 · /)
  })
  test('w: the window', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(fourPorts)
    await screen.keys('w', '\u0015', ...'5m', '\r')
    await screen.lines()
    assert.deepEqual(screen.engine.commands, [{ kind: 'set', windowMs: 300_000, id: 1 }])
  })
})

describe('while there are no ports', () => {
  const texts: [string, Partial<PortsSnapshot>, RegExp][] = [
    [
      'nothing came',
      { seconds: 75 },
      /^ Nothing came to udp:\/\/\[::\]:6343 in 1 min 15 s\.[\s\S]*tcpdump -ni any udp port 6343$/m,
    ],
    [
      'no counters',
      { seconds: 75, datagrams: 3 },
      /^ 3 datagrams came from .* in 1 min 15 s, and no counters of an\n? interface in them\.$/m,
    ],
    ['the filter', { datagrams: 3, filter: 'ifspeed=1' }, /^ The filter lets no port through:\n {3}ifspeed=1$/m],
    ['a file', { source: 'a.pcap' }, /^ Nothing was read from a\.pcap yet\.$/m],
  ]
  for (const [name, some, want] of texts) {
    test(name, async (t) => {
      const screen = shown(t, 80, 24)
      screen.feed.snapshot({ ...noPorts, ...some })
      assert.match((await screen.lines()).join('\n'), want)
      await screen.keys('\r', '\u001b[B')
      assert.match((await screen.lines()).join('\n'), want)
    })
  }
})

test('utilisation is by counters, without them by samples, with a mark, and unknown where the speed is', () => {
  const bySamples = { bitsPerSecond: null, utilization: null, sampledBitsPerSecond: 100e9 }
  const port = { ...spine, in: { ...spine.in, ...bySamples }, out: { ...spine.out, utilization: 0.5 } }
  assert.deepEqual([usedCell(port, 'in'), usedCell(port, 'out')], ['~25%', '50%'])
  assert.equal(mostUsed(port), 0.5)
  const withoutCounters = { ...port, out: { ...port.out, ...bySamples, sampledBitsPerSecond: 320e9 } }
  assert.equal(mostUsed(withoutCounters), 0.8)
  assert.deepEqual(
    sortPorts([port, withoutCounters, { ...withoutCounters, speed: null }], 'utilization').map(mostUsed),
    [0.8, 0.5, null],
  )
  assert.equal(usedCell({ ...withoutCounters, speed: null }, 'out'), '-')
})

test('cells', () => {
  assert.deepEqual([null, 1e9, 2.5e9, 10e9, 400e9, 1e6].map(speedCell), ['-', '1G', '2.5G', '10G', '400G', '1M'])
  assert.deepEqual([null, 0, 0.001, 0.034, 1, 1.2].map(percentCell), ['-', '0%', '<1%', '3%', '100%', '120%'])
  const ratio = { value: 0.51, errorPct: 4, low: 0.4, high: 0.6, off: true }
  assert.equal(ratioCell({ ...spine, ratio }, 7), '0.51 ✗')
  assert.equal(ratioCell({ ...spine, ratio: { ...ratio, value: 123.4 } }, 22), '123 ✗ sampling rate?')
  assert.equal(ratioCell({ ...spine, ratio: { ...ratio, off: false, errorPct: null } }, 22), '-')
  assert.equal(stateCell({ ...spine, admin: 'down', oper: 'down' }), 'off')
})

test('errors and discards are red, hostile names do no harm', async (t) => {
  const screen = shown(t, 80, 24, 1)
  const evil = '\u001b[2J\u001b[31mowned\u0007\n\u202e交換'.repeat(9)
  const rows = [{ ...spine, node: evil, port: evil, agent: evil, link: evil, note: evil }]
  screen.feed.snapshot({ ...fourPorts, source: evil, filter: evil, notes: [evil], rows })
  for (const keys of [[], ['n'], ['\u007f', '\r'], ['?']]) {
    await screen.keys(...keys)
    const frame = await screen.lines()
    if (keys.length === 0) assert.ok(frame[3]!.includes('\u001b[31m  51.0\u001b[39m'))
    for (const line of frame) {
      assert.ok(displayWidth(line) <= 80, line)
      assert.doesNotMatch(stripVTControlCharacters(line), /\p{Cc}/u)
    }
  }
})
