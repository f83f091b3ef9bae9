// The screen of `sonde top-flows` as it is drawn by ink, and what its keys ask of the engine.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { TopFlowsSnapshot } from '../../../src/lib/top-flows/snapshot.ts'
import {
  attributeWords,
  completeFilter,
  completeKeys,
  completeValues,
  quoteValue,
} from '../../../src/lib/ui/language-words.ts'
import { bothFilters, nextKeys, rowFilter, seenValues } from '../../../src/lib/ui/top-flows/drill.ts'
import { FlowsPage } from '../../../src/lib/ui/top-flows-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { bytesTitle, FakeFlowEngine, noFlows, recipes, threeFlows } from './flow-snapshots.ts'
import { show } from './show.tsx'

function shown(t: TestContext, columns: number, rows: number, level: 0 | 1 = 0) {
  const engine = new FakeFlowEngine()
  const page = new FlowsPage({ send: engine.send, recipes })
  const screen = show<TopFlowsSnapshot>(t, page, columns, rows, level)
  return {
    ...screen,
    engine,
    /** Presses keys, then lets the engine answer. */
    async ask(...keys: readonly string[]) {
      await screen.keys(...keys)
      await screen.lines()
      screen.feed.snapshot(engine.answer(threeFlows))
      return screen.lines()
    },
  }
}

const esc = '\u001b'
const back = '\u007f'

test('three flows at 80 columns: rows, all others and what has no key make the total', async (t) => {
  const screen = shown(t, 80, 14)
  screen.feed.snapshot(threeFlows)
  assert.deepEqual(await screen.lines(), [
    ' fabric.pcap     12s      18,214 samples  lost < 0.1 %  busiest switch',
    ' src,dst · bytes,frames · last 10 s window',
    '    ▾BIT/S      ± SHARE           PKT/S src             dst             TREND',
    '▸41.2 Gb/s  3.2 % █▎        21 %  3.40M 10.1.0.17       10.2.0.17       ▇██▆▃▂▇█',
    ' 38.7 Gb/s  3.3 % █▎        20 %  3.20M 10.1.0.18       10.2.0.18        █▇▆▂▂██',
    ' 3.10 Gb/s   42 % ▏        1.6 %   300k 2001:db8::4     2001:db8::9:2',
    '  113 Gb/s  1.9 % ███▌      58 %  9.50M (other: 61,204)',
    '     0 b/s      -            0 %    120 (no key)',
    '  196 Gb/s  1.5 %                 16.4M total',
    '',
    '',
    '',
    '',
    ' k keys f filter v value s sort ↵ into ⌫ out r recipe space freeze ? help q quit',
  ])
})

test('60 columns keep the value and all keys', async (t) => {
  const screen = shown(t, 60, 11)
  screen.feed.snapshot(threeFlows)
  assert.deepEqual((await screen.lines()).slice(2, 9), [
    '    ▾BIT/S       ±  src                  dst',
    '▸41.2 Gb/s   3.2 %  10.1.0.17            10.2.0.17',
    ' 38.7 Gb/s   3.3 %  10.1.0.18            10.2.0.18',
    ' 3.10 Gb/s    42 %  2001:db8::4          2001:db8::9:2',
    '  113 Gb/s   1.9 %  (other: 61,204)',
    '     0 b/s       -  (no key)',
    '  196 Gb/s   1.5 %  total',
  ])
  const five = { ...threeFlows, keys: ['src', 'dst', 'proto', 'sport', 'dport'] }
  screen.feed.snapshot(five)
  assert.match((await screen.lines())[2]!, /^ +▾BIT\/S +± src +dst +proto +sport +dport$/)
})

test('200 columns have all, and the rate at which datagrams come', async (t) => {
  const screen = shown(t, 200, 14)
  screen.feed.snapshot(threeFlows)
  const lines = await screen.lines()
  assert.match(lines[0]!, /512 datagrams\/s +61,207 flows$/)
  assert.match(lines[2]!, /SHARE +PKT\/S +src +dst +SAMPLES +TREND$/)
  assert.match(lines[3]!, / {2}████▎ +21 % /)
})

for (const [columns, rows] of [
  [60, 10],
  [60, 24],
  [80, 24],
  [120, 30],
  [200, 50],
  [250, 80],
] as const) {
  test(`nothing jumps at ${columns}×${rows} while numbers of all sizes change`, async (t) => {
    const { feed, engine, lines, loop } = shown(t, columns, rows)
    let header: string | undefined
    let total: number | undefined
    for (let n = 1; n < 30; n++) {
      feed.snapshot(engine.busy(n, 100))
      const frame = await lines()
      assert.equal(frame.length, rows)
      for (const line of frame) {
        assert.ok(displayWidth(line) <= columns, line)
        assert.doesNotMatch(stripVTControlCharacters(line), /\p{Cc}/u)
      }
      assert.deepEqual(
        frame,
        loop.draw(columns, rows).map((line) => line.trimEnd()),
      )
      header ??= frame[2]
      assert.equal(frame[2], header)
      total ??= frame.findIndex((line) => / total( |$)/.test(line))
      assert.match(frame[total]!, / total( |$)/)
    }
  })
}

test('nothing else and nothing without a key: no lines for them', async (t) => {
  const screen = shown(t, 80, 12)
  const rows = threeFlows.rows.map((row) => (/other|no key/.test(row.kind) ? { ...row, samples: 0 } : row))
  const labels = async () => (await screen.lines()).join('\n').match(/\(other: \d+\)|\(no key\)|\btotal\b/g)
  screen.feed.snapshot({ ...threeFlows, rows, flows: 3 })
  assert.deepEqual(await labels(), ['total'])
  // Flows that are not listed are told of even where no sample is left of them.
  screen.feed.snapshot({ ...threeFlows, rows, flows: 5 })
  assert.deepEqual(await labels(), ['(other: 2)', 'total'])
})

describe('what is asked is changed in place', () => {
  test('k changes the keys: the engine is asked, and the columns follow', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(threeFlows)
    await screen.keys('k', ',', 'v', 'l', 'a', 'n', '\r')
    assert.deepEqual(screen.engine.commands, [{ kind: 'set', keys: 'src,dst,vlan', id: 1 }])
    assert.match((await screen.lines()).join('\n'), /^ asking …$/m)
    const lines = await screen.ask()
    assert.match(lines[2]!, /src +dst +vlan/)
    assert.match(lines[23]!, /^ k keys /)
  })
  test('a wrong name: the mark stands below it, nothing has changed, and it can be mended', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(threeFlows)
    const lines = await screen.ask('f', ...'ipsrc=1', '\r')
    assert.deepEqual(lines.slice(15, 19), [
      ' filter ipsrc▏=1',
      '        ^^^^^',
      ' "ipsrc" is no attribute. Did you mean ipsource?',
      ' sonde help flows',
    ])
    assert.equal(lines[1], ' src,dst · bytes,frames · last 10 s window')
    assert.equal((await screen.ask(back, back, back, ...'source', '\r'))[1], `${lines[1]} · where ipsource=1`)
    assert.deepEqual(screen.engine.commands.at(-1), { kind: 'set', filter: 'ipsource=1', id: 2 })
  })
  test('↑ brings what was asked before', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(threeFlows)
    await screen.ask('f', ...'vlan=1', '\r')
    await screen.ask('f', '\u0015', ...'vlan=2', '\r')
    await screen.keys('f', '\u001b[A', '\u001b[A')
    assert.equal((await screen.lines())[15], ' filter vlan=1▏')
  })
  test('v: other values are other columns; a value without unit has its own name', async (t) => {
    const screen = shown(t, 120, 24)
    screen.feed.snapshot(threeFlows)
    const lines = await screen.ask('v', '\u0015', ...'frames,avg:iptotallength', '\r')
    assert.match(lines[2]!, /▾PKT\/S +± +SHARE +avg:iptotallength +src/)
  })
  test('of which window the rows are', async (t) => {
    const screen = shown(t, 80, 20)
    const seen: string[] = []
    for (const soFarSeconds of [2.4, 9.99, null]) {
      screen.feed.snapshot({ ...threeFlows, filter: 'proto=6', soFarSeconds })
      seen.push((await screen.lines())[1]!)
    }
    assert.deepEqual(seen, [
      ' src,dst · bytes,frames · 2 of 10 s window · where proto=6',
      ' src,dst · bytes,frames · 9 of 10 s window · where proto=6',
      ' src,dst · bytes,frames · last 10 s window · where proto=6',
    ])
  })

  test('w: the window; what is no span is told at once', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(threeFlows)
    await screen.keys('w', '\u0015', ...'5x', '\r')
    assert.match((await screen.lines()).join('\n'), /such as 100ms, 2s, 5m or 1h30m/)
    assert.deepEqual(screen.engine.commands, [])
    const lines = await screen.ask('\u0015', ...'1m', '\r')
    assert.deepEqual(screen.engine.commands, [{ kind: 'set', windowMs: 60_000, id: 1 }])
    assert.match(lines[1]!, / 1 min window/)
  })
  test('r: a recipe', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(threeFlows)
    const lines = await screen.ask('r', 'r', 'o', '\r')
    assert.deepEqual(screen.engine.commands, [{ kind: 'set', recipe: 'roce', id: 1 }])
    assert.match(lines[1]!, /^ recipe roce · proto,dport/)
  })
  test('t: totals of the window', async (t) => {
    const screen = shown(t, 80, 14)
    screen.feed.snapshot(threeFlows)
    await screen.keys('t')
    const lines = await screen.lines()
    assert.match(lines[2]!, /▾BYTES +± +SHARE +PACKETS /)
    assert.match(lines[3]!, /^▸ {2}51\.5 GB +3\.2 % +█▎ +21 % +34\.0M /)
  })
})

describe('into a flow and out', () => {
  test('the row becomes the filter, the next keys are asked for; ⌫ asks the old question again', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot({ ...threeFlows, filter: 'vlan=1|vlan=2' })
    await screen.keys('\u001b[B', '\r')
    assert.deepEqual((await screen.lines()).slice(15, 17), [
      ' into it by keys proto,sport,dport▏',
      ' of flows where (vlan=1|vlan=2)&src=10.1.0.18&dst=10.2.0.18',
    ])
    const into = await screen.ask('\r')
    assert.deepEqual(screen.engine.commands, [
      { kind: 'set', keys: 'proto,sport,dport', filter: '(vlan=1|vlan=2)&src=10.1.0.18&dst=10.2.0.18', id: 1 },
    ])
    assert.match(into[2]!, /proto +sport +dport/)
    const out = await screen.ask(back)
    assert.deepEqual(screen.engine.commands.at(-1), {
      kind: 'set',
      keys: 'src,dst',
      values: 'bytes,frames',
      filter: 'vlan=1|vlan=2',
      dropped: false,
      id: 2,
    })
    assert.match(out[2]!, /src +dst/)
    await screen.ask(back)
    assert.equal(screen.engine.commands.length, 2, 'there is nothing left to come out of')
  })
  test('what is refused is not gone into', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(threeFlows)
    await screen.ask('\r', '\u0015', ...'ipsrc', '\r')
    await screen.ask(esc)
    await screen.ask(back)
    assert.equal(screen.engine.commands.length, 1)
  })
  test('i: all of a flow', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(threeFlows)
    await screen.keys('\u001b[B', '\u001b[B', 'i')
    assert.deepEqual((await screen.lines()).slice(3, 9), [
      ' src           2001:db8::4',
      ' dst           2001:db8::9:2',
      '',
      ' BIT/S         3.10 Gb/s   ± 42 %   1.6 % of the total   3.88 GB in the window',
      ' PKT/S         300k   ± 40 %',
      ' samples       21, few: what is told of it is doubtful',
    ])
    const few = { ...threeFlows.rows[2]!.values[0]!, low: 2.4e9, high: 5.9e9 }
    const rows = threeFlows.rows.with(2, { ...threeFlows.rows[2]!, values: [few] })
    screen.feed.snapshot({ ...threeFlows, rows })
    assert.match(
      (await screen.lines())[6]!,
      /^ BIT\/S +3\.10 Gb\/s {3}\+52 % {3}\(1\.92 Gb\/s to 4\.72 Gb\/s at 95 %\)/,
    )
    screen.feed.snapshot(noFlows)
    assert.equal((await screen.lines())[3], ' This flow is not listed now: others have more.')
  })
})

describe('the filter of a row', () => {
  const row = { ...threeFlows.rows[0]!, agent: '10.0.0.1', dataSource: '3' }
  const cases: [readonly string[], readonly (string | null)[], 'agent' | 'interface' | null, string][] = [
    [['src', 'dst'], ['10.1.0.17', '2001:db8::1'], null, 'src=10.1.0.17&dst=2001:db8::1'],
    [['vlan'], [null], null, 'vlan=null'],
    [['map:src:m'], ['null'], null, "map:src:m='null'"],
    [['dnsqname'], ["it's a=b&c\\d"], null, "dnsqname='it\\'s a=b&c\\\\d'"],
    [[], [], 'agent', 'agent=10.0.0.1'],
    [['src'], ['1.2.3.4'], 'interface', 'src=1.2.3.4&agent=10.0.0.1&datasource=3'],
  ]
  for (const [keys, key, by, want] of cases) {
    test(want, () => assert.equal(rowFilter({ keys, by }, { ...row, key }), want))
  }
  test('both', () => {
    assert.equal(bothFilters(null, 'a=1'), 'a=1')
    assert.equal(bothFilters('b=2', 'a=1'), 'b=2&a=1')
    assert.equal(bothFilters('b=2|c=3', 'a=1'), '(b=2|c=3)&a=1')
  })
  test('a value in quotes', () => assert.equal(quoteValue('a b'), "'a b'"))
  const nexts: [string, string | null, string][] = [
    ['proto,dport', null, 'src,dst'],
    ['ipsource', null, 'proto,sport,dport'],
    ['or:ipsource:ip6source', 'tcpsourceport=1', 'stack'],
    ['stack', 'src=1&dport=2', 'agent,inputifindex,outputifindex'],
    ['stack,inputifindex', 'src=1&dport=2', 'stack,inputifindex'],
  ]
  for (const [keys, filter, want] of nexts) {
    test(`after ${keys} where ${filter}`, () => assert.equal(nextKeys({ keys: keys.split(','), filter }), want))
  }
})

describe('completion', () => {
  const words = { attributes: attributeWords(), functions: [{ text: 'mask:' }] }
  const texts = (text: string, at = text.length) => completeKeys(words, text, at)?.candidates.map((x) => x.text)
  test('names of attributes, aliases and functions', () => {
    assert.deepEqual(texts('src,ipsou'), ['ipsource', 'ipsourcemaskbits'])
    assert.equal(completeKeys(words, 'src,ipsou', 9)!.from, 4)
    assert.ok(texts('mask:ip6s')!.includes('ip6source'))
    assert.ok(texts('mas')!.includes('mask:'))
    assert.ok(texts('ip.s')!.includes('ip.src'))
    assert.ok(texts('')!.length > 200)
    assert.equal(texts('mask:ipsource:24'), undefined)
  })
  test('where nothing begins so: names that have it in them', () => {
    assert.ok(texts('destport') === undefined || !texts('destport')!.includes('src'))
    assert.ok(texts('sourceport')!.includes('tcpsourceport'))
  })
  test('values begin with what is made of an attribute', () => {
    const values = (text: string) => completeValues(words, text, text.length)!.candidates.map((x) => x.text)
    assert.deepEqual(values('by'), ['bytes', 'bytes_read', 'bytes_written', 'bytes_in', 'bytes_out'])
    assert.deepEqual(values('bytes,co'), ['count:', 'contexts'])
    assert.deepEqual(values('avg:iptotall'), ['iptotallength'])
  })
  test('a filter: names, then values that are seen', () => {
    const filter = (text: string) => completeFilter(words, (key) => seenValues(threeFlows, key), text, text.length)
    assert.deepEqual(
      filter('vlan=1&ipsou')!.candidates.map((x) => x.text),
      ['ipsource', 'ipsourcemaskbits'],
    )
    assert.deepEqual(filter('src='), {
      from: 4,
      candidates: [
        { text: '10.1.0.17', note: 'in the rows above' },
        { text: '10.1.0.18', note: 'in the rows above' },
        { text: '2001:db8::4', note: 'in the rows above' },
        { text: 'null', note: 'missing' },
      ],
    })
    assert.deepEqual(
      filter('(vlan=1|dst!=10.2.0.17,2')!.candidates.map((x) => x.text),
      ['2001:db8::9:2'],
    )
    assert.deepEqual(
      filter('vlan=')!.candidates.map((x) => x.text),
      ['null'],
    )
    assert.equal(filter('')!.from, 0)
  })
})

describe('while there are no flows', () => {
  const texts: [string, Partial<TopFlowsSnapshot>, RegExp][] = [
    [
      'nothing came',
      { seconds: 75 },
      /^ Nothing came to udp:\/\/\[::\]:6343 in 1 min 15 s\.[\s\S]*tcpdump -ni any udp port 6343$/m,
    ],
    ['at the very start', {}, /^ Nothing has come to udp:\/\/\[::\]:6343 yet\.$/m],
    [
      'no flow samples',
      { datagrams: 12 },
      /^ 12 datagrams came from udp:\/\/\[::\]:6343, and no flow samples in them\.$/m,
    ],
    ['no discards', { datagrams: 12, dropped: true }, /no discard notifications in them/],
    [
      'the filter',
      { datagrams: 12, seen: 99, filter: 'vlan=5', startMs: 0, endMs: 1 },
      /^ The filter lets no sample through:\n {3}vlan=5\n f changes it\.$/m,
    ],
    ['before the first sample', { datagrams: 12, seen: 99, matched: 99 }, /^ Nothing is counted yet: 10 s window\.$/m],
    [
      'an empty window',
      { datagrams: 12, seen: 99, matched: 99, startMs: 0, endMs: 1 },
      /^ No flow samples in this window; 99 since the start\.$/m,
    ],
  ]
  for (const [name, some, want] of texts) {
    test(name, async (t) => {
      const screen = shown(t, 80, 24)
      screen.feed.snapshot({ ...noFlows, ...some })
      assert.match((await screen.lines()).join('\n'), want)
      await screen.keys('\r', 'i', 's', '\u001b[B')
      assert.match((await screen.lines()).join('\n'), want, 'there is nothing to go into')
    })
  }
})

test('hostile texts do no harm', async (t) => {
  const evil = [
    '\u001b[2J\u001b[31mowned\u0007',
    'a\nb\rc',
    '\u202elave',
    `z${'\u0301'.repeat(500)}`,
    '交換'.repeat(99),
    '\ud800',
  ]
  const screen = shown(t, 80, 24)
  const rows = evil.map((text, i) => ({ ...threeFlows.rows[0]!, id: text, key: [text, evil[i - 1] ?? null] }))
  const snapshot: TopFlowsSnapshot = {
    ...threeFlows,
    source: evil[0]!,
    filter: evil[1]!,
    recipe: evil[2]!,
    agg: evil[0]!,
    keys: [evil[0]!, evil[4]!],
    values: [{ ...bytesTitle, text: evil[0]!, unit: null }],
    notes: evil,
    rows,
  }
  screen.feed.snapshot(snapshot)
  for (const keys of [[], ['i'], [back, 'n'], [back, '\r'], [esc, 'f'], [esc, 'k', '\t']]) {
    await screen.keys(...keys)
    for (const line of await screen.lines()) {
      assert.ok(displayWidth(line) <= 80, line)
      assert.doesNotMatch(line, /\p{Cc}/u)
    }
  }
})

test('few samples are yellow, loss is red, the selection has the accent', async (t) => {
  const screen = shown(t, 80, 14, 1)
  screen.feed.snapshot(threeFlows)
  const lines = await screen.lines()
  assert.ok(lines[0]!.includes('\u001b[31mlost < 0.1 %'))
  assert.ok(lines[3]!.startsWith('\u001b[36m▸'))
  assert.ok(lines[5]!.includes('\u001b[33m  42 %\u001b[39m'))
})
