// A program with the screen of `sonde top-flows` and flows that never were, for flows-screen.test.ts and the bench.
//
//   node --import tsx test/system/flows-program.ts MODE [ROWS]
//
// MODE: feed (numbers change five times a second for ever), three (three flows that stand still), empty (nothing comes),
// cpu (says what it cost from the third second to the tenth, and ends).

import type { TopFlowsSnapshot } from '../../src/lib/top-flows/snapshot.ts'
import { createColours } from '../../src/lib/ui/colour.ts'
import { ScreenFeed } from '../../src/lib/ui/screen/screen.ts'
import { runTopFlowsScreen } from '../../src/lib/ui/top-flows-screen.ts'
import { FakeFlowEngine, noFlows, recipes, threeFlows } from '../ui/screen/flow-snapshots.ts'
import { measureCost } from './screen-cost.ts'

const [mode = 'feed', rows = '40'] = process.argv.slice(2)
const feed = new ScreenFeed<TopFlowsSnapshot>()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
const engine = new FakeFlowEngine()

let n = 1
const next = () => {
  n++
  if (mode === 'three') feed.snapshot(engine.answer(threeFlows))
  else if (mode === 'empty') feed.snapshot(engine.answer({ ...noFlows, seconds: n / 5 }))
  else feed.snapshot(engine.busy(n, Number(rows)))
}
const timer = setInterval(next, 200)
next()
const cost = mode === 'cpu' ? measureCost(() => n, `top-flows, ${rows} rows`, feed) : undefined
const { reason } = await runTopFlowsScreen(
  feed,
  { send: engine.send, recipes },
  createColours('stdout', false),
  stop.signal,
)
clearInterval(timer)
process.stdout.write(`the screen ended: ${reason}\n`)
for (const command of engine.commands) process.stdout.write(`${JSON.stringify(command)}\n`)
if (cost !== undefined) process.stdout.write(`${await cost}\n`)
