// The screen of `sonde period` as it is drawn by ink, and what its keys ask of the engine.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { CyclesSnapshot } from '../../../src/lib/cycles/snapshot.ts'
import { Profiles, profileLine } from '../../../src/lib/ui/period/profile.ts'
import { PeriodPage } from '../../../src/lib/ui/period-screen.ts'
import { displayWidth } from '../../../src/lib/ui/width.ts'
import { burst, busy, cyclesWindow, FakeCyclesEngine, heldJob, jobRow, jobs, noCycles, one } from './cycle-snapshots.ts'
import { show } from './show.tsx'

const DOWN = '\u001b[B'

function shown(t: TestContext, columns: number, rows: number, level: 0 | 1 | 2 = 0) {
  const engine = new FakeCyclesEngine()
  const screen = show<CyclesSnapshot>(t, new PeriodPage({ send: engine.send }), columns, rows, level)
  return { ...screen, engine, text: async () => (await screen.lines()).join('\n') }
}

test('jobs at 80×24: rows, the selected one below, its chart of 100 ms steps', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(jobs)
  const lines = await screen.lines()
  assert.deepEqual(lines.slice(0, 13), [
    ' udp://[::]:6343     72s          3 jobs  lost 0 %',
    ' by job · windows of 10 s to 640 s · periods of 0.2 to 60 s · 12,134 samples co…',
    ' JOB▾    HOSTS     PERIOD        ±      P  BUSY  B/STEP SAMPLES FOLDED, OR WHY …',
    '▸job 1      16    0.697 s    0.001  <1e-6  29 %   41.9G   6,120 ▂▂▂▂▂▄▇██▇▄▂▂▂▂▂',
    ' job 2       8     1.10 s     0.01   3e-5  45 %   12.0G   3,000 ▂▂▂▂▂▄▇██▇▄▂▂▂▂▂',
    ' job 3       8          -        -   0.02     -       -     900 agents hold sam…',
    ' rest        -          -        -   0.60     -       -     900 no cycle: p = 0…',
    '',
    ' job 1: 0.697 s ± 0.001 (p < 1e-6, 96 cycles)',
    ' busy 29 % · 1 burst · 41.9 GB/step · now 1.24 M/s · 2,410 samples in 67 s',
    ' last to end: leaf2 Ethernet7, +41 ms ± 9 in 88 % of steps · 96 steps seen, 8 p…',
    ' folded ▂▂▂▂▂▂▂▂▂▂▂▅▆▇████▇▆▅▂▂▂▂▂▂▂▂▂▂▂  over 0.6970 s',
    ' ⠤⠤⠤ Value 1.20 kpkt/s  ⠄⠄⠄ Threshold 10.6 kpkt/s  ⠤⠄⠤ Average 10.6 kpkt/s',
  ])
  assert.equal(lines[20], '          -30 s                 -20 s                  -10 s                 now')
  assert.equal(lines.at(-1), ' ↵ row s sort b by f filter w window m method n notes space freeze ? help q quit')
  await screen.keys(DOWN, DOWN)
  const held = await screen.text()
  assert.match(held, /^ job 3: agents hold samples for up to 1\.0 s: periods below 4\.0 s can't be seen$/m)
  assert.match(held, /^ 97 % of the samples held by agents for up to 1 s: periods below 4\.0 s can't be…$/m)
})

test('all traffic as one, on a large terminal: bars and the period over time too', async (t) => {
  const screen = shown(t, 150, 45)
  screen.feed.snapshot(one)
  const text = await screen.text()
  assert.match(
    text,
    /^ all as one · windows of 10 s to 640 s · where suffix:stack:\.:1=ibbt · .* times by arrival and uptime/m,
  )
  assert.match(text, /^▸all +0\.697 s +0\.001 +<1e-6 +29 % +1 +41\.9G +1\.24M +6,120 +▂+▅▆▇████▇▆▅▂+$/m)
  assert.match(text, /^ all: 0\.697 s ± 0\.001 \(p < 1e-6, 96 cycles\)$/m)
  assert.match(
    text,
    /^ Folded {2}traffic by phase of the step, × its mean +Period over time {2}0\.697 s ± 0\.001, ± at 95 % dotted$/m,
  )
  assert.match(text, /^ 4\.0 ×┤ +▁*█+▁* +0\.702 s┤/m)
  assert.match(text, /certainty, 1 min +▁[▂-▇]+█+ p < 1e-6$/m)
})

test('↵: all of a row; it scrolls', async (t) => {
  const screen = shown(t, 80, 24)
  screen.feed.snapshot(jobs)
  await screen.keys(DOWN, '\r')
  const text = await screen.text()
  assert.match(text, /^ job 2\n 1\.10 s ± 0\.01 \(p = 3e-5, 31 cycles\)\n busy 45 % · 3 bursts · 12\.0 GB\/step · /m)
  assert.match(text, /^ changed at \d\d:\d\d:20: 0\.9000 s → 1\.100 s\n 8 hosts: 10\.2\.0\.1, 10\.2\.0\.2, /m)
  await screen.keys('\u001b[F')
  assert.match(await screen.text(), /^ Folded .*\n +\d\.\d ×┤/m)
  screen.feed.snapshot({ ...jobs, window: { ...cyclesWindow, rows: [jobRow] } })
  assert.match(await screen.text(), /^ Nothing of this row came lately\.$/m)
})

for (const [columns, rows] of [
  [24, 6],
  [40, 12],
  [60, 16],
  [80, 24],
  [120, 30],
  [200, 60],
] as const) {
  test(`nothing jumps at ${columns}×${rows}, on the table and in a row`, async (t) => {
    const { feed, lines, keys } = shown(t, columns, rows)
    for (const into of [false, true]) {
      if (into) await keys('\r')
      let header: string | undefined
      for (let n = 1; n < 12; n++) {
        feed.snapshot(busy(jobs, n))
        const frame = await lines()
        assert.equal(frame.length, rows)
        for (const line of frame) {
          assert.ok(displayWidth(line) <= columns, line)
          assert.doesNotMatch(stripVTControlCharacters(line), /\p{Cc}/u)
        }
        header ??= frame.find((line) => /JOB +/.test(line))
        assert.ok(header === undefined || frame.includes(header), header)
      }
    }
  })
}

describe('profiles', () => {
  test('stand still, whichever phase an answer begins with', () => {
    const profiles = new Profiles()
    const line = (by: number, asOfMs: number) => {
      profiles.take([{ ...jobRow, profile: burst(by), asOfMs }])
      return profileLine(profiles.of(jobRow.id)!, 32)
    }
    const first = line(0, 1)
    assert.equal(first, '▂▂▂▂▂▂▂▂▂▂▂▅▆▇████▇▆▅▂▂▂▂▂▂▂▂▂▂▂')
    for (const by of [1, 7, 16, 31]) assert.equal(line(by, by + 1), first)
  })
  test('are forgotten with their row', () => {
    const profiles = new Profiles()
    profiles.take([jobRow])
    profiles.take([heldJob])
    assert.equal(profiles.of(jobRow.id), undefined)
    assert.equal(profiles.of(heldJob.id), undefined)
  })
})

describe('what is not there', () => {
  test('no datagram: what to check', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(noCycles)
    assert.match(await screen.text(), /^ Nothing came to udp:\/\/\[::\]:6343 in 1 min 12 s\.$/m)
  })
  test('none that passes, none with a key, not enough yet', async (t) => {
    const screen = shown(t, 80, 24)
    const window = { ...cyclesWindow, rows: [] }
    screen.feed.snapshot({ ...jobs, window: { ...window, matched: 0 } })
    assert.match(await screen.text(), /14,000 flow samples, and none is of\n? ?RoCE\.$/m)
    screen.feed.snapshot({ ...jobs, by: 'vlan', filter: 'tcp', window: { ...window, noKey: 12_500 } })
    assert.match(await screen.text(), /and\n? ?none has\n? ?vlan\.$/m)
    screen.feed.snapshot({ ...jobs, window })
    assert.match(await screen.text(), /A period needs\n five seconds of them at least\.$/m)
    screen.feed.snapshot({ ...jobs, window: { ...window, received: 0 } })
    assert.match(await screen.text(), /^ 4,000 datagrams came in 1 min 12 s, and no flow sample\.$/m)
  })
  test('names from outside are made safe', async (t) => {
    const screen = shown(t, 80, 24)
    const name = 'a\u001b[31mb'
    screen.feed.snapshot({ ...one, window: { ...one.window!, rows: [{ ...one.window!.rows[0]!, name }] } })
    for (const line of await screen.lines()) assert.doesNotMatch(line, /\p{Cc}/u)
  })
})

describe('keys', () => {
  test('b, f, w and m ask the engine; n is the notes', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(jobs)
    await screen.keys('b', '\u0015', ...'dst', '\r')
    screen.feed.snapshot(screen.engine.answer(jobs))
    await screen.keys('f', ...'tcp', '\r')
    screen.feed.snapshot(screen.engine.answer(jobs))
    await screen.keys('w', '\u0015', ...'40s', '\r')
    screen.feed.snapshot(screen.engine.answer(jobs))
    await screen.keys('w', '\u0015', ...'auto', '\r')
    screen.feed.snapshot(screen.engine.answer(jobs))
    await screen.keys('m', DOWN, '\r', 'b', '\u0015', '\r')
    await screen.lines()
    assert.deepEqual(screen.engine.asked, [
      { kind: 'set', by: 'dst' },
      { kind: 'set', filter: 'tcp' },
      { kind: 'set', windowMs: 40_000 },
      { kind: 'set', windowMs: 'auto' },
      { kind: 'set', method: 'threshold' },
      { kind: 'set', by: '' },
    ])
    screen.feed.snapshot({ ...screen.engine.answer(jobs), notes: ['Something is doubtful.'] })
    await screen.keys('n')
    assert.match(await screen.text(), /^ - Something is doubtful\.$/m)
  })
  test('b completes the word job, and keys', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot({ ...jobs, by: null })
    await screen.keys('b', 'j')
    assert.match(await screen.text(), /^ by j▏\n +job +hosts that talk to each other over RoCE/m)
    await screen.keys('\t', '\r')
    assert.deepEqual(screen.engine.asked, [{ kind: 'set', by: 'job' }])
  })
  test('a window of no length is refused where it is typed', async (t) => {
    const screen = shown(t, 80, 24)
    screen.feed.snapshot(jobs)
    await screen.keys('w', '\u0015', '0', 's', '\r')
    assert.match(await screen.text(), /A window of no length has nothing in it\./)
    assert.deepEqual(screen.engine.asked, [])
  })
})

test('colour says nothing that is not there without it', async (t) => {
  const plain = shown(t, 100, 30)
  const vivid = shown(t, 100, 30, 2)
  for (const { feed } of [plain, vivid]) feed.snapshot(jobs)
  const coloured = await vivid.lines()
  assert.ok(coloured.some((line) => line.includes('\u001b[')))
  assert.deepEqual(
    coloured.map((line) => stripVTControlCharacters(line).trimEnd()),
    await plain.lines(),
  )
})
