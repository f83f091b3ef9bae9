// A program with the screen of `sonde period` and jobs that never were, for period-screen.test.ts and the bench.
//
//   node --import tsx test/system/period-program.ts MODE
//
// MODE: feed (numbers change five times a second for ever), jobs (three jobs that stand still), empty (nothing comes),
// cpu (says what it cost from the third second to the tenth, and ends).

import type { CyclesSnapshot } from '../../src/lib/cycles/snapshot.ts'
import { createColours } from '../../src/lib/ui/colour.ts'
import { runPeriodScreen } from '../../src/lib/ui/period-screen.ts'
import { ScreenFeed } from '../../src/lib/ui/screen/screen.ts'
import { busy, FakeCyclesEngine, jobs, noCycles } from '../ui/screen/cycle-snapshots.ts'
import { measureCost } from './screen-cost.ts'

const [mode = 'feed'] = process.argv.slice(2)
const feed = new ScreenFeed<CyclesSnapshot>()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
const engine = new FakeCyclesEngine()

let n = 1
const next = () => {
  n++
  if (mode === 'jobs') feed.snapshot(engine.answer(jobs))
  else if (mode === 'empty') feed.snapshot(engine.answer({ ...noCycles, seconds: n / 5 }))
  else feed.snapshot(engine.answer(busy(jobs, n)))
}
const timer = setInterval(next, 200)
next()
const cost = mode === 'cpu' ? measureCost(() => n, 'period, 3 jobs', feed) : undefined
const { reason } = await runPeriodScreen(feed, { send: engine.send }, createColours('stdout', false), stop.signal)
clearInterval(timer)
process.stdout.write(`the screen ended: ${reason}\n`)
for (const command of engine.commands) process.stdout.write(`${JSON.stringify(command)}\n`)
if (cost !== undefined) process.stdout.write(`${await cost}\n`)
