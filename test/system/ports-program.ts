// A program with the screen of `sonde ports` and ports that never were, for ports-screen.test.ts and the bench.
//
//   node --import tsx test/system/ports-program.ts MODE [PORTS]
//
// MODE: feed (numbers change five times a second for ever), four (four ports that stand still), cpu (says what it cost from
// the third second to the tenth, and ends).

import type { PortsSnapshot } from '../../src/lib/ports/snapshot.ts'
import { createColours } from '../../src/lib/ui/colour.ts'
import { runPortsScreen } from '../../src/lib/ui/ports-screen.ts'
import { ScreenFeed } from '../../src/lib/ui/screen/screen.ts'
import { busyPorts, FakePortEngine, fourPorts } from '../ui/screen/port-snapshots.ts'
import { measureCost } from './screen-cost.ts'

const [mode = 'feed', ports = '40'] = process.argv.slice(2)
const feed = new ScreenFeed<PortsSnapshot>()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
const engine = new FakePortEngine()

let n = 1
const next = () => feed.snapshot(engine.answer(mode === 'four' ? fourPorts : busyPorts(n++, Number(ports))))
const timer = setInterval(next, 200)
next()
const cost = mode === 'cpu' ? measureCost(() => n, `ports, ${ports} rows`, feed) : undefined
const { reason } = await runPortsScreen(feed, { send: engine.send }, createColours('stdout', false), stop.signal)
clearInterval(timer)
process.stdout.write(`the screen ended: ${reason}\n`)
for (const command of engine.commands) process.stdout.write(`${JSON.stringify(command)}\n`)
if (cost !== undefined) process.stdout.write(`${await cost}\n`)
