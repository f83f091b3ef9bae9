// What a screen sees and may change: commands are answered, a wrong one changes nothing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Reading } from '../../src/lib/analysis/reading.ts'
import { noData } from '../../src/lib/expression/data.ts'
import type { FlowWindow } from '../../src/lib/flow/rows.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import type { TopFlowsChange } from '../../src/lib/top-flows/snapshot.ts'
import { WatchedFlows } from '../../src/lib/top-flows/watched.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { arrival } from '../helpers/cards.ts'
import { OnePort } from '../helpers/flow-captures.ts'
import { NOON } from '../helpers/sflow-captures.ts'

const query = {
  keys: 'src',
  titles: undefined,
  values: 'frames',
  filter: '',
  dropped: false,
  agg: undefined,
  by: undefined,
  recipe: undefined,
  top: 5,
  windowMs: 10_000,
  smoothMs: undefined,
} as const

function start(latenessMs = 0) {
  const settings = {
    scale: 'configured',
    maxFlows: 1000,
    latenessMs,
    rates: [],
    topology: undefined,
    names: true,
    data: noData,
  } as const
  const watched = new WatchedFlows(query, settings, 'here')
  const input = { kind: 'live', addresses: [], bufferBytes: undefined, durationMs: undefined } as const
  const reading = new Reading<FlowWindow>(
    (agents) => watched.engine(agents),
    { input, agents: [], since: undefined, until: undefined, limit: undefined },
    new IssueLog((line) => assert.fail(line)),
    (window) => watched.window(window),
  )
  const port = new OnePort()
  const out = new TextBuffer(0)
  let id = 0
  return {
    /** A sample at NOON + second. */
    sample(second: number, from = 1) {
      reading.take(arrival(port.next({ from, to: 1, length: 100 }), NOON + second, 0), 0, out)
    },
    ask(change: Omit<TopFlowsChange, 'kind'>) {
      const engine = watched.command({ kind: 'set', id: ++id, ...change }, reading.agents)
      if (engine !== undefined) reading.engine = engine
    },
    state: () => watched.state(reading, undefined),
  }
}

const flows = (state: ReturnType<ReturnType<typeof start>['state']>) =>
  state.rows.map(({ kind, key, values }) => [kind, ...key, values[0]!.total])

test('nothing yet, then the window so far', () => {
  const { sample, state } = start()
  assert.deepEqual(state().rows, [])
  assert.equal(state().startMs, null)
  sample(0)
  sample(1, 2)
  sample(2)
  const seen = state()
  assert.deepEqual(flows(seen), [
    ['flow', '192.0.2.1', 2000],
    ['flow', '192.0.2.2', 1000],
    ['other', null, 0],
    ['no key', null, 0],
    ['total', null, 3000],
  ])
  assert.equal(seen.startMs, NOON * 1000)
  assert.deepEqual([seen.seen, seen.matched, seen.answered, seen.refused], [3, 3, 0, null])
})

test('the window before, until the one that goes on is two seconds old', () => {
  const { sample, state } = start()
  for (let second = 0; second < 10; second++) sample(second)
  const shown = () => {
    const { startMs, soFarSeconds } = state()
    return [startMs! / 1000 - NOON, soFarSeconds]
  }
  assert.deepEqual(shown(), [0, 9])
  sample(10, 2)
  sample(11, 2)
  assert.deepEqual(shown(), [0, null])
  sample(12, 2)
  assert.deepEqual(shown(), [10, 2])
})

test('a window that waits for late samples is the one before', () => {
  const { sample, state } = start(2000)
  for (let second = 0; second < 20; second++) sample(second)
  // The first is over, the second one waits until 22.
  sample(20)
  sample(21)
  assert.deepEqual([state().startMs, state().soFarSeconds], [(NOON + 10) * 1000, null])
})

test('the trend is of what was shown, not of the first moments of a window', () => {
  const { sample, state } = start()
  for (let second = 0; second < 10; second++) sample(second)
  state()
  sample(10)
  // Two at once in a window that is a second old: the one before is shown still.
  sample(11)
  sample(11)
  const { history, values } = state().rows[0]!
  assert.equal(values[0]!.perSecond, 1000)
  assert.equal(history.at(-1), 1000)
})

test('another question: the engine starts anew, and what was seen before does not count', () => {
  const { sample, ask, state } = start()
  sample(0)
  ask({ keys: 'dst', filter: 'src=192.0.2.2' })
  assert.deepEqual([state().keys, state().filter, state().answered, state().rows], [['dst'], 'src=192.0.2.2', 1, []])
  sample(1)
  sample(2, 2)
  const seen = state()
  assert.deepEqual(flows(seen)[0], ['flow', '198.51.100.1', 1000])
  assert.deepEqual([seen.seen, seen.matched], [2, 1])
})

test('a recipe has its own keys and titles; a part of it that is changed makes it none', () => {
  const { ask, state } = start()
  ask({ recipe: 'vlans' })
  assert.deepEqual([state().recipe, state().titles], ['vlans', ['vlan']])
  ask({ filter: 'vlan=1' })
  assert.deepEqual(
    [state().recipe, state().titles, state().keys],
    [null, ['vlan'], ['null:[or:vlan:vlansource]:untagged']],
  )
  ask({ keys: 'vlan' })
  assert.deepEqual([state().titles, state().keys], [null, ['vlan']])
})

test('a wrong question is refused with the place, and nothing changes', () => {
  const { sample, ask, state } = start()
  sample(0)
  ask({ keys: 'src,dsr' })
  const seen = state()
  assert.equal(seen.answered, 1)
  assert.match(seen.refused!.message, /^--keys is wrong: "dsr" is no attribute.*\n {2}src,dsr\n {6}\^\^\^$/s)
  assert.deepEqual(flows(seen)[0], ['flow', '192.0.2.1', 1000])
  // What needs data that is not there is told by the engine.
  ask({ keys: 'group:src:x:none' })
  assert.match(state().refused!.message, /group/)
  ask({ keys: 'src' })
  assert.equal(state().refused, null)
})
