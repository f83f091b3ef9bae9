// A program with the screen of `sonde listen` and a listener that never was, for screen.test.ts and the bench.
//
//   node --import tsx test/system/screen-program.ts MODE [AGENTS]
//
// MODE: feed (numbers change five times a second for ever), ends (the feed ends after a second), crash (an exception outside of
// the screen), page (one in it), hostile (names of letters whose width is not agreed on), cpu (says what it cost from the third second to the tenth, and ends).

import { writeFileSync } from 'node:fs'
import type { ListenSnapshot } from '../../src/lib/listen/snapshot.ts'
import { createColours } from '../../src/lib/ui/colour.ts'
import { AgentsPage, runListenScreen } from '../../src/lib/ui/listen-screen.ts'
import { runScreen, ScreenFeed } from '../../src/lib/ui/screen/screen.ts'
import { busySnapshot } from '../ui/screen/snapshots.ts'
import { measureCost } from './screen-cost.ts'

const [mode = 'feed', agents = '40'] = process.argv.slice(2)
const feed = new ScreenFeed<ListenSnapshot>()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
if (process.env.PID_FILE) writeFileSync(process.env.PID_FILE, String(process.pid))

/** Fails from the fifth time on that it is drawn: React tries again once. */
class FailingPage extends AgentsPage {
  #drawn = 0
  override draw(area: Parameters<AgentsPage['draw']>[0]): readonly string[] {
    if (++this.#drawn >= 5) throw new Error('the page failed on purpose')
    return super.draw(area)
  }
}

let n = 1
// Parts of Hangul and Indic syllables, tails of emoji, letters that are newer than most terminals, ambiguous and wide ones.
const odd = ['\u1161', '\u0bca', '\u{1f1e6}', '\u{1f6d8}', '\u{1f9d1}', '\u2764', '\u{17000}', '\u26a1']
const next = () => {
  const snapshot = busySnapshot(n++, mode === 'hostile' ? odd.length : Number(agents))
  if (mode !== 'hostile') return feed.snapshot(snapshot)
  feed.snapshot({
    ...snapshot,
    agents: snapshot.agents.map((row, i) => ({ ...row, agent: `10.0.0.${i}`, hostName: odd[i]!.repeat(60) })),
  })
}
const timer = setInterval(next, 200)
next()
const cost = mode === 'cpu' ? measureCost(() => n, `${agents} agents`, feed) : undefined
if (mode === 'ends') {
  setTimeout(() => {
    feed.tell('out.pcap: no space left')
    feed.end()
  }, 1000)
}
if (mode === 'crash') {
  setTimeout(() => {
    throw new Error('the process failed on purpose')
  }, 1000)
}
const colours = createColours('stdout', false)
try {
  const { reason } =
    mode === 'page'
      ? await runScreen({ name: 'test', page: new FailingPage(), feed, colours, signal: stop.signal })
      : await runListenScreen(feed, colours, stop.signal)
  process.stdout.write(`the screen ended: ${reason}\n`)
} catch (error) {
  process.stdout.write(`the screen failed: ${String(error)}\n`)
} finally {
  clearInterval(timer)
}
for (const line of feed.told) process.stdout.write(`${line}\n`)
if (cost !== undefined) process.stdout.write(`${await cost}\n`)
