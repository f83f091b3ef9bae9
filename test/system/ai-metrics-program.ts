// A program with the screen of `sonde ai-metrics` and a fabric that never was, for ai-metrics-screen.test.ts and the bench.
//
//   node --import tsx test/system/ai-metrics-program.ts MODE
//
// MODE: lab (five minutes that stand still), feed (a window a second, states four times a second, for ever), cpu (feed; says what
// it cost from the third second to the tenth, and ends).

import type { AiSnapshot } from '../../src/lib/ai-metrics/snapshot.ts'
import { runAiScreen } from '../../src/lib/ui/ai-metrics-screen.ts'
import { createColours } from '../../src/lib/ui/colour.ts'
import { ScreenFeed } from '../../src/lib/ui/screen/screen.ts'
import { busyWindow, FakeAiEngine, labWindow, snapshotOf } from '../ui/screen/ai-snapshots.ts'
import { measureCost } from './screen-cost.ts'

const [mode = 'feed'] = process.argv.slice(2)
const feed = new ScreenFeed<AiSnapshot>()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
const engine = new FakeAiEngine()

/** Made before it is measured: the engine's work is in a thread of its own. */
const made =
  mode === 'lab'
    ? [snapshotOf(300, () => labWindow)]
    : Array.from({ length: 30 }, (_, n) => snapshotOf(300, (i) => busyWindow(i + n)))
let n = 0
const next = () => feed.snapshot(engine.answer({ ...made[Math.floor(n++ / 4) % made.length]!, seconds: n / 4 }))
const timer = setInterval(next, 250)
next()
const cost = mode === 'cpu' ? measureCost(() => n, 'ai-metrics, 300 points', feed) : undefined
const { reason } = await runAiScreen(feed, { send: engine.send }, createColours('stdout', false), stop.signal)
clearInterval(timer)
process.stdout.write(`the screen ended: ${reason}\n`)
for (const command of engine.commands) process.stdout.write(`${JSON.stringify(command)}\n`)
if (cost !== undefined) process.stdout.write(`${await cost}\n`)
