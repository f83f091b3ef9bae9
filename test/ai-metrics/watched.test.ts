// What a screen sees of ai-metrics and asks of it, without a thread and a socket.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { wholeSnapshots } from '../../src/lib/ai-metrics/in-worker.ts'
import { AiHistoryPoints } from '../../src/lib/ai-metrics/points.ts'
import type { AiQuery } from '../../src/lib/ai-metrics/query.ts'
import type { AiWindow } from '../../src/lib/ai-metrics/rows.ts'
import type { AiSnapshot, AiState } from '../../src/lib/ai-metrics/snapshot.ts'
import { WatchedAi } from '../../src/lib/ai-metrics/watched.ts'
import { Reading } from '../../src/lib/analysis/reading.ts'
import { ThresholdPeriod } from '../../src/lib/period/threshold.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import { openCapture } from '../../src/lib/source/open.ts'
import { readTopology } from '../../src/lib/topo/read-topology.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { repositoryRoot } from '../helpers/cli.ts'
import { noSettings, usualQuery } from './run.ts'

const fixture = (name: string) => join(repositoryRoot, 'fixtures', name)
const topology = readTopology(readFileSync(fixture('roce.topology.json'), 'utf8'), 'roce.topology.json')

function watched(settings: Partial<typeof noSettings> = {}, query: Partial<AiQuery> = {}) {
  const ai = new WatchedAi(
    { ...usualQuery, ...query, windowMs: 1000 },
    { ...noSettings, ...settings },
    'udp://[::]:6343',
    () => new ThresholdPeriod(),
  )
  const input = { kind: 'live', addresses: [], bufferBytes: undefined, durationMs: undefined } as const
  const options = { input, limit: undefined, agents: [], since: undefined, until: undefined }
  const reading = new Reading<AiWindow>(
    (agents) => ai.engine(agents),
    options,
    new IssueLog(() => {}),
    (window) => ai.window(window),
  )
  return { ai, reading, state: () => ai.state(reading, undefined) }
}

/** Half a minute of a fabric; `at` is called before the first datagram of each of its seconds. */
async function through({ reading }: ReturnType<typeof watched>, at: (second: number) => void = () => {}) {
  const source = await openCapture(fixture('roce.pcap'))
  const out = new TextBuffer(0)
  let [first, last] = [Number.NaN, -1]
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      if (Number.isNaN(first)) first = batch.sec[i]!
      while (last < batch.sec[i]! - first) at(++last)
      reading.take(batch, i, out)
    }
  }
  await source.close()
}

test('before anything came', () => {
  const { state } = watched()
  const { news, period, fast, agents, hasTopology, windowMs, notes, answered, refused } = state()
  assert.deepEqual(news?.trend.times, [])
  assert.deepEqual(
    [news?.window, period, fast?.value, agents, hasTopology, windowMs, notes, answered, refused],
    [null, null, [], 0, false, 1000, [], 0, null],
  )
})

test('a point a second, which comes once; the period is of now', async () => {
  const run = watched({ topology })
  await through(run)
  const { news, period, fast, agents, hasTopology } = run.state()
  const { times, values, operations } = news!.trend
  // Half a minute, but for the two seconds in which late samples are waited for.
  assert.ok(times.length >= 26 && times.length <= 30, `${times.length}`)
  assert.deepEqual(
    times.slice(1).map((time, i) => time - times[i]!),
    Array(times.length - 1).fill(1000),
  )
  for (const list of [...Object.values(values), ...operations.values()]) assert.equal(list.length, times.length)
  const sums = times.map((_, at) => [...operations.values()].reduce((sum, list) => sum + (list[at] ?? 0), 0))
  for (const [at, sum] of sums.entries()) {
    const whole = values.roce_pps[at] ?? 0
    assert.ok(Math.abs(sum - whole) <= 1e-6 * whole, `${sum} are ${whole} packets`)
  }
  assert.equal(agents, 6)
  assert.equal(hasTopology, true)
  assert.ok(period !== null && period.value !== null)
  assert.ok(fast !== null && fast.value.length > 200)
  assert.equal(run.state().news, null)
})

test('rows by port from the next window on, none again; what is missing is told, and nothing changes', async () => {
  const run = watched({ topology })
  const { agents } = run.reading
  const seen: (string | null)[] = []
  await through(run, (second) => {
    const { news } = run.state()
    if (news !== null) seen.push(news.window?.by ?? null)
    if (second === 10) run.ai.command({ kind: 'set', by: 'port', id: 1 }, agents)
    if (second === 15) run.ai.command({ kind: 'set', by: 'group', id: 2 }, agents)
    if (second === 20) run.ai.command({ kind: 'set', by: null, id: 3 }, agents)
  })
  const order = seen.filter((by, i) => i === 0 || by !== seen[i - 1])
  assert.deepEqual(order, [null, 'port', null])
  const { answered, refused } = run.state()
  assert.deepEqual([answered, refused], [3, null])
})

test('--compat: rows decay as the whole does, and have no error', async () => {
  const run = watched({ topology }, { compat: true, by: 'qp' })
  await through(run)
  const { rows, roceSamples } = run.state().news!.window!
  const total = rows.find(({ kind }) => kind === 'total')!
  assert.ok(roceSamples > 1 && Math.abs(total.samples - roceSamples) < 1e-6 * roceSamples, `${total.samples}`)
  assert.equal(total.rocePps.errorPct, null)
  run.ai.command({ kind: 'set', by: 'port', id: 1 }, run.reading.agents)
  await through(run)
  assert.equal(run.state().answered, 1)
})

test('--by group without groups is refused', () => {
  const { ai, reading, state } = watched()
  assert.equal(ai.command({ kind: 'set', by: 'group', id: 7 }, reading.agents), undefined)
  const { answered, refused } = state()
  assert.equal(answered, 7)
  assert.match(refused!.message, /--by group needs networks by name/)
})

test('what stopped is 0 at first, then not known, with a note; its points are null', async () => {
  const run = watched({ topology })
  await through(run)
  const { reading, ai } = run
  const loaded = run.state().news?.window
  const last = reading.newestMs
  const out = new TextBuffer(0)
  let nowMs = last
  const points = new AiHistoryPoints(
    () => undefined,
    () => 1000,
    () => nowMs,
  )
  const bps: (number | null)[] = []
  for (let second = 1; second <= 50; second++) {
    reading.advance(last + second * 1000, out)
    const { news } = run.state()
    if (news?.window == null) continue
    bps.push(news.window.bps.value)
    points.window(news.window)
  }
  assert.equal(bps[10], 0)
  assert.equal(bps.at(-1), null)
  const { notes } = run.state()
  assert.deepEqual(notes, ['No datagram has come for 47 s: what is now is not known.'])
  const { bps: known, discards_out, errors_in } = points.points()
  assert.deepEqual([known, discards_out, errors_in], [null, null, null])
  points.window(loaded!)
  assert.ok(Number(points.points().bps) > 0)
  nowMs += 1000 + 31_000
  assert.equal(points.points().bps, null)
  assert.equal(ai.published.lengthMs?.(loaded!), 1000)
})

test('from nothing: an engine of its own, no points, no period', async () => {
  const run = watched({ topology })
  await through(run)
  const engine = run.ai.command({ kind: 'reset', id: 1 }, run.reading.agents)
  assert.ok(engine !== undefined && engine !== run.reading.engine)
  const { news, period } = run.state()
  assert.deepEqual([news?.trend.times, news?.window, period], [[], null, null])
})

test('states become snapshots: what did not come again is what came last', () => {
  const { state } = watched()
  const first = state()
  const got: AiSnapshot[] = []
  const quiet = { tell() {}, note() {}, detail() {} }
  const report = wholeSnapshots({ ...quiet, state: (snapshot) => got.push(snapshot) })
  const next: AiState = { ...first, news: null, seconds: 2 }
  report.state(first)
  report.state(next)
  assert.equal(got.length, 2)
  assert.equal(got[1]!.trend, first.news!.trend)
  assert.equal(got[1]!.seconds, 2)
})

test('after silence there is a window a second still, for ever', async () => {
  const run = watched({ topology })
  await through(run)
  const { reading } = run
  const last = reading.newestMs
  const out = new TextBuffer(0)
  let windows = 0
  for (let second = 1; second <= 200; second++) {
    reading.advance(last + second * 1000, out)
    if (run.state().news !== null) windows++
  }
  assert.ok(windows >= 195, `${windows}`)
  assert.match(run.state().notes[0]!, /^No datagram has come for 19\d s/)
})

test('--compat: what decays ends at 0, and credits with it', async () => {
  const run = watched({ topology }, { compat: true })
  await through(run)
  const { reading } = run
  const last = reading.newestMs
  const out = new TextBuffer(0)
  const found: (number | null)[][] = []
  for (let second = 1; second <= 120; second++) {
    reading.advance(last + second * 1000, out)
    const window = run.state().news?.window
    if (window == null) continue
    const { credits, bps, rocePps, rdmaBytes, edge } = window
    // Never a mean without its extremes.
    if (credits.avg.value! > 0) assert.ok(credits.min! > 0 && credits.max! >= credits.min! && credits.codeMin !== null)
    found.push([bps.value, rocePps.value, rdmaBytes.value, credits.avg.value, credits.min, credits.max, edge!.max])
  }
  assert.ok(found[0]!.every((value) => value! > 0))
  assert.deepEqual(found.at(-1), [0, 0, 0, 0, 0, 0, 0])
  assert.equal(run.state().period!.value, 0)
})
