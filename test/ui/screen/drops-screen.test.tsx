// The screen of `sonde drops` as it is drawn by ink, and what its keys ask of the engine.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { DropsSnapshot } from '../../../src/lib/drops/snapshot.ts'
import { DropsPage } from '../../../src/lib/ui/drops-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { busyDrops, FakeDropEngine, noDrops, roce, snapshotOf } from './drop-snapshots.ts'
import { show } from './show.tsx'

function shown(t: TestContext, columns: number, rows: number, level: 0 | 1 = 0) {
  const engine = new FakeDropEngine()
  return { ...show<DropsSnapshot>(t, new DropsPage({ send: engine.send }), columns, rows, level), engine }
}

test('drops of a fabric at 80 columns', async (t) => {
  const screen = shown(t, 80, 14)
  screen.feed.snapshot(await roce())
  assert.deepEqual(await screen.lines(), [
    ' udp://[::]:6343     72s         1,207 drops  lost 0 %',
    ' by reason, place, victim · last 1 min · 71 told by 2 agents · 1,136 rate-limit…',
    ' counters: leaf4 swp4 discarded 1,275: 3.5 % explained · 1 more port',
    '▾DROPS/S  REASON          WHERE         WHOSE                         OVER TIME',
    '▸   0.87  acl             leaf2 swp4    198.51.100.8 →…100.1:443 TCP    ▃██████▃',
    '    0.81  no_buff…_space  leaf4 swp4 →  198.51.100.4 →… RoCE DSCP 26    ▁▁█▁█▁█▁',
    '    0.40  no_buff…_space  leaf4 swp4 →  198.51.100.8 →… RoCE DSCP 26    ▁▁█▁█▁█▁',
    '    0.30  no_buff…_space  leaf4 swp4 →  198.51.100.12 … RoCE DSCP 26    ▁▁█▁█▁█▁',
    '    38.2  (not told)',
    '    40.6  total',
    '',
    '',
    '',
    ' s sort ↵ row b by k keys f filter w window n notes space freeze ? help q quit',
  ])
})

for (const [columns, rows] of [
  [60, 10],
  [80, 24],
  [120, 30],
  [200, 50],
] as const) {
  test(`nothing jumps at ${columns}×${rows}, on the table and in a row`, async (t) => {
    const { feed, lines, keys } = shown(t, columns, rows)
    const first = await roce()
    for (const into of [false, true]) {
      if (into) await keys('\r')
      let header: string | undefined
      for (let n = 1; n < 15; n++) {
        feed.snapshot(busyDrops(first, n))
        const frame = await lines()
        assert.equal(frame.length, rows)
        for (const line of frame) {
          assert.ok(displayWidth(line) <= columns, line)
          assert.doesNotMatch(stripVTControlCharacters(line), /\p{Cc}/u)
        }
        header ??= frame.find((line) => /DROPS\/S +/.test(line))
        assert.ok(header === undefined || frame.includes(header), header)
      }
    }
  })
}

test('a row: the reason, details, the port, who fills it', async (t) => {
  const screen = shown(t, 100, 40)
  screen.feed.snapshot(await roce())
  await screen.keys('\u001b[B', '\r')
  const text = (await screen.lines()).join('\n')
  assert.match(text, /^ no_buffer_space \(259, buffer\/queue\)$/m)
  assert.match(text, /^ A queue or buffer was full\.$/m)
  assert.match(text, /^ DSCP 26: is it the lossless class here\?/m)
  assert.match(text, /^ whose: 198\.51\.100\.4 → 198\.51\.100\.16 RoCE DSCP 26$/m)
  assert.match(text, /^ 24 × queue 3$/m)
  assert.match(text, /^ leaf4 swp4 → · agent /m)
  assert.match(text, /^ out ▕.*▏ 5\.5 % of 400 Gb\/s$/m)
  assert.match(text, /^ counters: 1,275 discards, 0 errors in 19 s; 3\.5 % explained$/m)
  assert.match(text, /^ filled by, of 21\.7 Gb\/s that leave by it$/m)
  assert.match(text, /^ +63 % +12\.\d +13\.\dG +[\d.]+[kM] +198\.51\.100\.4 → 198\.51\.100\.16 RoCE DSCP 26$/m)
  screen.feed.snapshot({ ...(await roce()), window: { ...(await roce()).window!, rows: [] } })
  assert.match((await screen.lines()).join('\n'), /Nothing of this row was dropped lately/)
})

test('a row of a port that is not told says why nobody is to blame', async (t) => {
  const screen = shown(t, 100, 30)
  screen.feed.snapshot(await roce())
  await screen.keys('\r')
  assert.match(
    (await screen.lines()).join('\n'),
    /^ filled by: not known, the agent does not tell by which port the packets were to leave$/m,
  )
})

describe('keys', () => {
  test('b chooses what makes a row, k further keys, f a filter, w the window', async (t) => {
    const screen = shown(t, 80, 24)
    const first = await roce()
    screen.feed.snapshot(first)
    await screen.keys('b', '\u001b[B', '\r')
    screen.feed.snapshot({ ...first, answered: 1 })
    await screen.keys('k', ...'function', '\r')
    screen.feed.snapshot({ ...first, answered: 2 })
    await screen.keys('f', ...'reason=acl', '\r')
    screen.feed.snapshot({ ...first, answered: 3 })
    await screen.keys('w', '\u0015', ...'10s', '\r')
    await screen.lines()
    assert.deepEqual(screen.engine.asked, [
      { kind: 'set', by: ['reason'] },
      { kind: 'set', keys: 'function' },
      { kind: 'set', filter: 'reason=acl' },
      { kind: 'set', windowMs: 10_000 },
    ])
  })
  test('rows by one thing have one column for it, further keys theirs', async (t) => {
    const screen = shown(t, 80, 14)
    screen.feed.snapshot(await roce({ by: ['reason'], keys: 'null:queueindex:none' }))
    assert.match((await screen.lines())[3]!, /^▾DROPS\/S +DROPS +REASON +null:queueindex:none +OVER TIME$/)
  })
})

describe('while there are no drops', () => {
  const texts: [string, Partial<DropsSnapshot>, RegExp][] = [
    ['nothing came', {}, /^ Nothing came to udp:\/\/\[::\]:6343 in 1 min 12 s\./m],
    [
      'no notifications',
      { datagrams: 3 },
      /^ 3 datagrams came in 1 min 12 s, and no notification of a discarded packet\n \(0:5\)\.\n Agents tell of drops where that is switched on/m,
    ],
    [
      'none lately',
      { datagrams: 3, notifications: 9 },
      /^ Nothing dropped in the last 1 min; 9 drops told since the start\.$/m,
    ],
    [
      'another question',
      { datagrams: 3, notifications: 9, anewMs: new Date(2026, 0, 15, 12, 0, 5).getTime() },
      /counted anew since 12:00:05[\s\S]*^ Nothing dropped since 12:00:05, when counting began anew; 9 drops told\s+since\s+the\s+start\.$/m,
    ],
    [
      'the filter',
      { datagrams: 3, notifications: 9, filter: 'reason=red' },
      /that the filter lets through; 9 drops told[\s\S]*\n {3}reason=red$/m,
    ],
  ]
  for (const [name, some, want] of texts) {
    test(name, async (t) => {
      const screen = shown(t, 80, 24)
      screen.feed.snapshot({ ...noDrops, ...some })
      assert.match((await screen.lines()).join('\n'), want)
    })
  }
})

test('what came from the network is made safe', async (t) => {
  const screen = shown(t, 80, 14)
  const s = await snapshotOf('drops-every-record')
  const [row] = s.window!.rows
  const place = { ...row!.place!, node: 'leaf\u001b[2J', port: 'a\nb' }
  screen.feed.snapshot({ ...s, window: { ...s.window!, rows: [{ ...row!, place }] } })
  for (const line of await screen.lines()) assert.doesNotMatch(line, /\p{Cc}/u)
})
