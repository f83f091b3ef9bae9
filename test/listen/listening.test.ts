// The state of a listener: rates over the last five seconds, one definition for all and for each agent, and the history.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Listening } from '../../src/lib/listen/listening.ts'
import { mergeSnapshots } from '../../src/lib/listen/merge.ts'
import type { ListenSnapshot } from '../../src/lib/listen/snapshot.ts'
import { nothing } from '../../src/lib/print/formats.ts'
import { IssueLog } from '../../src/lib/print/issue-log.ts'
import { TextBuffer } from '../../src/lib/wire/text.ts'
import { arrival } from '../helpers/cards.ts'
import { numbered } from '../helpers/sflow-captures.ts'

const selection = {
  samples: new Set(['flow', 'counter', 'discard'] as const),
  agents: [],
  limit: undefined,
  since: undefined,
  until: undefined,
}

/** A listener whose clock is moved by hand. */
function listener() {
  let now = 0
  let sequence = 0
  const listening = new Listening(nothing, selection, [], new IssueLog(() => {}), () => now)
  const out = new TextBuffer()
  return {
    /** Time passes in steps of a fifth of a second, as a screen looks; `count` datagrams come at its beginning. */
    pass(ms: number, count: number) {
      for (let i = 0; i < count; i++) listening.take(arrival(numbered(++sequence), 1_777_636_801, 0), 0, out)
      for (const end = now + ms; now < end; ) {
        now += 200
        listening.tick(undefined)
      }
    },
    snapshot: (): ListenSnapshot => listening.snapshot(undefined),
  }
}

test('a burst is in one second of the history, whole, and in the rates for five', () => {
  const { pass, snapshot } = listener()
  pass(2000, 0)
  pass(1000, 213)
  pass(2000, 0)
  const { history, datagramsPerSecond, agents } = snapshot()
  assert.deepEqual(history, [0, 0, 213, 0, 0])
  assert.equal(datagramsPerSecond, 42.6)
  // The agents' rates are the same, taken over the same time.
  assert.equal(agents[0]?.datagramsPerSecond, 42.6)
  assert.equal(agents[0]?.flowPerSecond, 42.6)
  pass(5000, 0)
  assert.equal(snapshot().datagramsPerSecond, 0)
  assert.equal(snapshot().agents[0]?.datagramsPerSecond, 0)
  assert.equal(snapshot().agents[0]?.datagrams, 213)
  pass(70_000, 0)
  assert.equal(snapshot().history.length, 60)
})

test('before the first five seconds rates are since the start', () => {
  const { pass, snapshot } = listener()
  pass(400, 10)
  assert.equal(snapshot().datagramsPerSecond, 25)
  assert.equal(snapshot().agents[0]?.datagramsPerSecond, 25)
})

test('of several threads: rates, issues and samples are sums', () => {
  const one = listener()
  const two = listener()
  one.pass(1000, 10)
  two.pass(1000, 30)
  const merged = mergeSnapshots([one.snapshot(), two.snapshot()])
  assert.equal(merged.datagramsPerSecond, 40)
  assert.deepEqual(merged.loss.flow, { samples: 40, lost: 0 })
})
