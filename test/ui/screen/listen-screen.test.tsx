// The screen of `sonde listen` as it is drawn by ink, at the sizes that terminals have.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { ListenSnapshot } from '../../../src/lib/listen/snapshot.ts'
import { agentColumns } from '../../../src/lib/ui/listen-columns.ts'
import { AgentsPage } from '../../../src/lib/ui/listen-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { show } from './show.tsx'
import { busySnapshot, emptySnapshot, fourAgents, quietAgent } from './snapshots.ts'

const sizes = [
  [60, 10],
  [60, 24],
  [80, 24],
  [120, 30],
  [200, 50],
  [250, 80],
] as const

const shown = (t: TestContext, columns: number, rows: number, level: 0 | 1 = 0) =>
  show<ListenSnapshot>(t, new AgentsPage(), columns, rows, level)

function assertFits(lines: readonly string[], columns: number, rows: number): void {
  assert.equal(lines.length, rows)
  for (const line of lines) {
    assert.ok(displayWidth(line) <= columns, `${displayWidth(line)} of ${columns} columns: ${line}`)
    assert.doesNotMatch(stripVTControlCharacters(line), /\p{Cc}/u)
  }
}

test('four agents at 80 columns', async (t) => {
  const screen = shown(t, 80, 18)
  screen.feed.snapshot(fourAgents)
  assert.deepEqual(await screen.lines(), [
    ' udp://[::]:6343     72s      4 agents   42.9 datagrams/s  ▄▅▇██▇▇  lost 0.4 %',
    ' AGENT              SUB DGRAM/S FLOW/S CNTR/S DISC/S        1:N ▾LOST   OWN  UP',
    '▸10.0.0.2             0    10.9   62.0   3.20      0       100k    12     0 41d',
    ' 10.0.0.1             0    11.1   62.0   3.20      0       100k     0     0 41d',
    ' 10.0.0.3             0    11.1   62.0   3.20   4.10       100k     0     7  3m↺',
    ' 2001:db8::7          1    11.1   62.0   3.20      0   1k…100k✗     -     0 12d',
    '',
    '',
    '',
    '',
    '',
    ' lost 12 datagrams       kernel dropped 0       agents dropped 7 samples',
    ' The kernel grants 4 MiB of the 8 MiB asked for: sudo sysctl -w',
    '   net.core.rmem_max=8388608 (docs/tuning.md).',
    ' out.pcap                       3,089 datagrams  4.21 MiB',
    ' → 192.0.2.1:6343               3,089 datagrams  4.21 MiB  2 failed: Connection…',
    ' 3 issues, newest: dst_as_path claims 4096 segments, in samples[2] extended_gat…',
    ' s sort  ↵ agent  i issues  space freeze  ? help  q quit',
  ])
})

test('60 columns keep what matters most', async (t) => {
  const screen = shown(t, 60, 10)
  screen.feed.snapshot({ ...fourAgents, receiving: emptySnapshot.receiving, sides: [] })
  assert.deepEqual(await screen.lines(), [
    ' udp://[::]:6343     72s   42.9 datagrams/s  lost 0.4 %',
    ' AGENT              SUB DGRAM/S FLOW/S        1:N ▾LOST  UP',
    '▸10.0.0.2             0    10.9   62.0       100k    12 41d',
    ' 10.0.0.1             0    11.1   62.0       100k     0 41d',
    ' 10.0.0.3             0    11.1   62.0       100k     0  3m↺',
    ' 2001:db8::7          1    11.1   62.0   1k…100k✗     - 12d',
    '',
    ' lost 12 datagrams       kernel dropped 0',
    ' 3 issues, newest: dst_as_path claims 4096 segments, in sam…',
    ' s sort  ↵ agent  i issues  space freeze  ? help  q quit',
  ])
})

describe('sampling rates: the mark is never cut', () => {
  const cell = agentColumns.find(({ title }) => title === '1:N')!.cell
  const cases: [number | null, number | null, boolean, number, string][] = [
    [null, null, false, 10, '-'],
    [1000, 1000, false, 10, '1k'],
    [16_384, 16_384, true, 10, '16384 ✗'],
    [1000, 100_000, false, 10, '1k … 100k'],
    [1000, 100_000, true, 10, '1k…100k✗'],
    [1000, 100_000, true, 16, '1k … 100k ✗'],
    [16_384, 131_072, true, 10, '16k…130k✗'],
    [131_072, 8_388_608, true, 10, '130k…8.4M✗'],
    [16_384, 131_072, true, 16, '16384 … 131k ✗'],
    [1, 4_294_967_295, true, 10, '1…4.29G✗'],
  ]
  for (const [rateLeast, rateMost, rateOff, width, want] of cases) {
    test(`${want} in ${width} columns`, () => {
      assert.equal(cell({ ...quietAgent, rateLeast, rateMost, rateOff }, width), want)
    })
  }
})

test('200 columns have names, totals, the scale of the sparkline, whole sentences and older issues', async (t) => {
  const screen = shown(t, 200, 30)
  screen.feed.snapshot(fourAgents)
  const lines = await screen.lines()
  assert.match(lines[0]!, /▃▄▅▇██▇▇ ≤55\.2 {3}lost 0\.4 %$/)
  assert.match(lines.at(-9)!, /^ 3,089 datagrams +17,300 samples +missed 0 samples$/)
  assert.match(lines[2]!, /^▸10\.0\.0\.2 {33}leaf2 /)
  assert.match(lines.at(-8)!, /buffer 4 MiB · recvmmsg: batches of 64$/)
  assert.match(
    lines.at(-7)!,
    /^ The kernel grants .* sudo sysctl -w net\.core\.rmem_max=8388608 \(docs\/tuning\.md\)\.$/,
  )
  assert.match(lines.at(-5)!, /4\.21 MiB {2}2 failed: Connection refused$/)
  assert.match(
    lines.at(-4)!,
    /^ 3 issues, newest: dst_as_path claims 4096 segments, in .* of datagram 17 \(10:01:11 from 10\.0\.0\.3\)$/,
  )
  assert.equal(lines.at(-3), ' 1 × a sample is cut, in samples[0] of datagram 16')
})

for (const [columns, rows] of sizes) {
  test(`nothing jumps at ${columns}×${rows} while numbers of all sizes change`, async (t) => {
    const screen = shown(t, columns, rows)
    /** Columns that are blank in all lines of the table below its header, frame after frame. */
    let blank: boolean[] | undefined
    let places: number[] | undefined
    for (let n = 1; n < 40; n++) {
      screen.feed.snapshot(busySnapshot(n, 1000))
      const lines = await screen.lines()
      assertFits(lines, columns, rows)
      // ink has cut and moved nothing of what was drawn.
      assert.deepEqual(
        lines,
        screen.loop.draw(columns, rows).map((line) => line.trimEnd()),
      )
      const words = ['datagrams/s', ' lost '].map((word) => lines[0]!.indexOf(word))
      const foot = ['kernel dropped', ', newest:'].map((word) => lines.findIndex((line) => line.includes(word)))
      places ??= [...words, ...foot]
      assert.deepEqual([...words, ...foot], places)
      const header = lines[1]!.replace('▾', ' ')
      const starts = [...header.matchAll(/\S+/g)].map((match) => match.index)
      const table = lines.slice(
        2,
        lines.findIndex((line) => line.includes('for more')),
      )
      assert.ok(table.length >= 1)
      const now = Array.from({ length: columns }, (_, at) =>
        [lines[1]!.replace('▾', ' '), ...table].every((line) => [...line.padEnd(columns)][at] === ' '),
      )
      blank = blank?.map((was, at) => was && now[at]!) ?? now
      // Between two titles there is always a gap through the whole table.
      for (let i = 1; i < starts.length; i++) {
        const between = blank.slice(starts[i - 1], starts[i]! + 1)
        assert.ok(between.includes(true), `no gap before ${header.slice(starts[i])} at frame ${n}`)
      }
    }
  })
}

test('80×24 has the totals, what is missing of samples and what came out of order', async (t) => {
  const screen = shown(t, 80, 24)
  const loss = { ...fourAgents.loss, flow: { samples: 16_000, lost: 31 }, late: 2, duplicates: 5 }
  screen.feed.snapshot({ ...fourAgents, loss })
  const totals = (await screen.lines()).find((line) => line.startsWith(' 3,089 datagrams '))
  assert.equal(totals, ' 3,089 datagrams     17,300 samples   missed 31 samples     2 late · 5 twice')
})

test('a flood of agents: how many were heard, are shown, and are forgotten', async (t) => {
  const screen = shown(t, 80, 24)
  const busy = busySnapshot(3, 1000)
  screen.feed.snapshot({ ...busy, datagrams: 40_000, moreAgents: 7192, forgotten: 31_808 })
  const lines = await screen.lines()
  assert.match(lines[0]!, / 40\.0k agents /)
  assert.match(lines.join('\n'), /^ 1–\d+ of 1,000 agents, ↑↓ for more; 7,192 more are not listed$/m)
  assert.match(lines.join('\n'), / forgot 31,808 agents$/m)
})

test('--resample is in the totals', async (t) => {
  const screen = shown(t, 120, 30)
  const kept = { oneIn: 4, datagrams: 3000, bytes: 1, samples: 4321 }
  screen.feed.snapshot({ ...fourAgents, kept })
  assert.match((await screen.lines()).join('\n'), / --resample 4 kept 4,321 samples$/m)
})

test('▾ is the largest first, also of uptimes', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(fourAgents)
  for (let i = 0; i < 12 && !(await screen.lines())[1]!.includes('▾UP'); i++) await screen.keys('s')
  const lines = await screen.lines()
  assert.match(lines[1]!, /▾UP/)
  assert.deepEqual(
    lines.slice(2, 6).map((line) => line.slice(-4).trim().replace('↺', '')),
    ['41d', '41d', '12d', '3m'],
  )
})

test('rows keep their place for a moment when ranks change a little', async (t) => {
  const screen = shown(t, 80, 24)
  const lost = (first: number, second: number): ListenSnapshot => ({
    ...fourAgents,
    agents: [
      { ...quietAgent, agent: '10.0.0.1', lost: first },
      { ...quietAgent, agent: '10.0.0.2', lost: second },
    ],
  })
  const order = async (first: number, second: number) => {
    screen.feed.snapshot(lost(first, second))
    return (await screen.lines()).slice(2, 4).map((line) => line.slice(0, 9))
  }
  assert.deepEqual(await order(500, 490), ['▸10.0.0.1', ' 10.0.0.2'])
  assert.deepEqual(await order(500, 510), ['▸10.0.0.1', ' 10.0.0.2'])
  // So much more is not called less, not for a moment.
  assert.deepEqual(await order(500, 5000), ['▸10.0.0.2', ' 10.0.0.1'])
})

test('↵ goes into the selected agent, i to the issues, ⌫ back', async (t) => {
  const screen = shown(t, 80, 24)
  const told = { flow: { samples: 4467, lost: 2 }, counters: { samples: 230, lost: 1 }, late: 1, duplicates: 4 }
  const agents = fourAgents.agents.map((row) => (row.agent === '10.0.0.3' ? { ...row, ...told } : row))
  screen.feed.snapshot({ ...fourAgents, agents })
  await screen.keys('\u001b[B', '\u001b[B', '\r')
  const lines = await screen.lines()
  assert.deepEqual(lines.slice(1, 22), [
    '',
    ' 10.0.0.3  sub-agent 0',
    ' name not told',
    '',
    ' datagrams        11.1/s                 800 in all',
    ' heard            10:00:00 – 10:01:12    first and last datagram, UTC',
    ' flow samples     62.0/s                 4,467 in all',
    ' sampling         1 in 100,000',
    ' counter samples  3.20/s                 230 in all',
    ' discards         4.10/s                 0 in all',
    ' lost             0 datagrams',
    ' missed           3 samples              flow 2, counter 1, discard 0: by their',
    '                                         own numbers',
    ' out of order     1 late, 4 twice',
    ' own drops        7 samples              dropped by the agent before sending:',
    '                                         it samples more than it can send',
    ' up               3 min                  1 restart while we listened',
    '',
    ' Issues, newest first',
    ' 10.0.0.3 datagram 17: samples[2] extended_gateway (0:1003) at byte 212:',
    '   dst_as_path claims 4096 segments',
  ])
  assert.ok(!lines.join('\n').includes('10.0.0.33'), 'the issues of another agent are not shown')
  assert.equal(lines[23], ' i issues  ⌫ back  space freeze  ? help  q quit')
  await screen.keys('i')
  assert.deepEqual((await screen.lines()).slice(1, 6), [
    '',
    ' 3 issues, of which 2 in words, newest first',
    ' 10.0.0.3 datagram 17: samples[2] extended_gateway (0:1003) at byte 212:',
    '   dst_as_path claims 4096 segments',
    ' 10.0.0.33 datagram 16: a sample is cut',
  ])
  await screen.keys('\u007f')
  screen.feed.snapshot({ ...fourAgents, agents: fourAgents.agents.slice(0, 1) })
  assert.equal((await screen.lines())[2], ' This agent is no longer listed: others sent more.')
  await screen.keys('\u007f')
  assert.match((await screen.lines())[1]!, /^ AGENT /)
})

describe('while there are no agents', () => {
  test('what was listened to, for how long, what to check, what would show more', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot({ ...emptySnapshot, seconds: 75.3 })
    const lines = await screen.lines()
    assertFits(lines, 80, 24)
    assert.deepEqual(lines.slice(0, 15), [
      ' udp://[::]:6343     75s      0 agents      0 datagrams/s           lost -',
      '',
      ' Nothing came to udp://[::]:6343 in 1 min 15 s.',
      '',
      ' - Is this machine the collector that the agent sends to, and is its port the',
      '   same?',
      ' - Is a firewall between, on this machine too? It must let UDP in.',
      ' - Has the agent something to send? Counters come every 20 to 30 s, flow',
      '   samples with traffic.',
      ' docs/agents.md: how to set agents up, and what else to check.',
      '',
      '   tcpdump -ni any udp port 6343',
      '     shows whether anything reaches this machine',
      '   sonde replay FILE --to 127.0.0.1:6343',
      '     sends a recorded capture to this listener',
    ])
    assert.deepEqual(lines.slice(-3), [
      ' lost -                  kernel dropped 0       agents dropped 0 samples',
      ' no issues',
      ' s sort  ↵ agent  i issues  space freeze  ? help  q quit',
    ])
    await screen.keys('\r', '\u001b[B')
    assert.deepEqual(await screen.lines(), lines, 'there is nothing to select')
    await screen.keys('i')
    assert.equal((await screen.lines())[2], ' No issues: every datagram could be decoded.')
  })

  const texts: [string, ListenSnapshot, RegExp][] = [
    ['at the very start', emptySnapshot, /^ Nothing has come to udp:\/\/\[::\]:6343 yet\.$/m],
    [
      'what came is no sFlow',
      { ...emptySnapshot, seconds: 5, datagrams: 1200, issues: 1200, newestIssues: ['version 9'] },
      /^ 1,200 datagrams came to udp:\/\/\[::\]:6343 in 5 s, and none was sFlow version 5\.\n i shows why\.$/m,
    ],
    [
      '--allow refuses all',
      {
        ...emptySnapshot,
        seconds: 5,
        receiving: { ...emptySnapshot.receiving!, refused: 17, refusedSenders: ['192.0.2.7', 'others'] },
      },
      /^ Nothing came to udp:\/\/\[::\]:6343 from a sender that --allow names: 17 datagrams\s+came, from 192\.0\.2\.7 and others\. /m,
    ],
    [
      'another port is in the commands',
      { ...emptySnapshot, addresses: ['udp://127.0.0.1:9995'] },
      /^ {3}tcpdump -ni any udp port 9995$/m,
    ],
  ]
  for (const [name, snapshot, want] of texts) {
    test(name, async (t) => {
      const screen = shown(t, 80, 24)
      screen.feed.snapshot(snapshot)
      assert.match((await screen.lines()).join('\n'), want)
    })
  }
})

describe('hostile text', () => {
  const names = [
    '\u001b[2J\u001b[31mowned\u0007\u009b2J',
    'a\nb\rc\td',
    '\u202elave\u2066',
    `zalgo${'\u0301\u0302'.repeat(400)}`,
    '👩\u200d👩\u200d👧\u200d👦❤\ufe0f1\ufe0f\u20e3🇩🇪👍\u{1f3fd}',
    '交換機'.repeat(40),
    '\ud800 lone',
    'x'.repeat(65_536),
    '',
    '{{constructor}}<b>%s%n',
    'مفتاح',
  ]
  for (const [columns, rows] of [
    [80, 24],
    [200, 50],
  ] as const) {
    test(`names, issues and failures at ${columns} columns`, async (t) => {
      const screen = shown(t, columns, rows)
      const agents = names.map((hostName, i) => ({
        ...quietAgent,
        agent: `10.0.0.${i}`,
        hostName,
        lost: names.length - i,
      }))
      const sides = names
        .slice(0, 3)
        .map((name) => ({ name, kind: 'capture' as const, datagrams: 1, bytes: 2, failed: 1, problem: name }))
      const snapshot: ListenSnapshot = {
        ...fourAgents,
        agents,
        sides,
        issues: 99,
        newestIssues: names.map((x) => `10.0.0.1 ${x}`),
      }
      screen.feed.snapshot(snapshot)
      const frame = await screen.lines()
      assertFits(frame, columns, rows)
      if (columns === 200) {
        assert.ok(frame[2]!.includes(' \\x1b[2J\\x1b[31mowned\\x07\\u009b2J '))
        // Whatever the name, the columns behind it stand where they stand for others.
        for (const line of frame.slice(2, 2 + names.length)) {
          assert.equal(displayWidth(line.slice(0, line.indexOf('100k') + 4)), frame[1]!.indexOf('1:N') + 3, line)
        }
      }
      for (const keys of [['i'], ['\u001b[F'], ['\u007f', '\r']]) {
        await screen.keys(...keys)
        assertFits(await screen.lines(), columns, rows)
      }
      screen.feed.tell(names.join(' '))
      assertFits(await screen.lines(), columns, rows)
    })
  }
})

describe('colour', () => {
  test('none of any kind without colour', async (t) => {
    const screen = shown(t, 80, 24)
    for (const keys of [[], ['\r'], ['i'], ['?'], ['\u007f', '\u007f', '\u007f', ' ']]) {
      screen.feed.snapshot(fourAgents)
      await screen.keys(...keys)
      assert.doesNotMatch((await screen.lines()).join('\n'), /\p{Cc}(?<!\n)/u)
    }
  })

  test('red is loss, yellow is doubt', async (t) => {
    const screen = shown(t, 80, 24, 1)
    screen.feed.snapshot(fourAgents)
    const frame = (await screen.lines()).join('\n')
    const red = (text: string) => `\u001b[31m${text}`
    const yellow = (text: string) => `\u001b[33m${text}`
    for (const want of [
      red('lost 0.4 %'),
      red('   12\u001b'),
      red('    7\u001b'),
      red('2 failed: Connection'),
      red('lost 12 datagrams'),
      yellow('  1k…100k✗\u001b'),
      yellow(' 3m↺'),
      yellow(' The kernel grants 4 MiB'),
      yellow(' 3 issues, newest'),
    ]) {
      assert.ok(frame.includes(want), JSON.stringify(want))
    }
    assert.equal(frame.split('\u001b[31m').length - 1, 6, 'and nothing else is red')
    for (const line of frame.split('\n')) assert.ok(displayWidth(line) <= 80)
  })
})

test('every key at every size, with one agent to a thousand: always a whole frame', async (t) => {
  for (const [columns, rows] of [sizes[0], sizes[2], sizes[5], [20, 3], [1, 1]] as const) {
    for (const count of [0, 1, 1000]) {
      const screen = shown(t, columns, rows)
      screen.feed.snapshot(busySnapshot(7, count))
      for (const key of [
        's',
        'S',
        '\u001b[B',
        '\u001b[6~',
        '\u001b[F',
        '\u001b[H',
        '\r',
        '\u001b[B',
        'i',
        '?',
        '\u007f',
        'x',
        ' ',
      ]) {
        await screen.keys(key)
        assertFits(await screen.lines(), columns, rows)
      }
    }
  }
})
