import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TraceWish } from '../../src/lib/kernel/trace/trace-watch.ts'
import type { TraceEnd, TraceHead } from '../../src/lib/trace/head.ts'
import type { TraceOptions } from '../../src/lib/trace/options.ts'
import { runTrace, type TraceProgress, type TraceSight } from '../../src/lib/trace/run.ts'
import type { TraceStep } from '../../src/lib/trace/step.ts'
import { FakeTraceWatch, openerOf, traceEvent } from '../helpers/fake-trace-watch.ts'

const wish: TraceWish = {
  filter: undefined,
  functions: undefined,
  modules: [],
  interfaceName: undefined,
  netns: undefined,
  mark: undefined,
  track: true,
  caller: false,
  stack: false,
  meta: [],
  tier: undefined,
}

function optionsOf(given: Partial<TraceOptions> = {}): TraceOptions {
  const asked = { filter: 'port https', func: undefined, ifname: undefined, netns: undefined, mark: undefined }
  const never = new AbortController().signal
  return { wish, asked, limit: undefined, durationMs: undefined, stop: never, netnsName: () => '', ...given }
}

class Seen implements TraceSight {
  readonly heads: (TraceHead | undefined)[] = []
  readonly steps: TraceStep[] = []
  readonly rounds: TraceProgress[] = []
  /** Rounds until nobody looks any more. */
  rest = Number.POSITIVE_INFINITY
  readonly ends: TraceEnd[] = []

  begin(head: TraceHead | undefined): void {
    this.heads.push(head)
  }
  step(step: TraceStep): void {
    this.steps.push(step)
  }
  turn(progress: TraceProgress): boolean {
    this.rounds.push(progress)
    return --this.rest > 0
  }
  end(end: TraceEnd): void | Promise<void> {
    this.ends.push(end)
  }
}

const silent = { attaching() {}, opened() {} }

test('events become steps until it is stopped; what came until then is told, then the watch is closed', async () => {
  const watch = new FakeTraceWatch()
  const stop = new AbortController()
  const seen = new Seen()
  let drains = 0
  watch.onDrain = () => {
    drains++
    if (drains < 3) watch.reach(traceEvent({ functionName: `f${drains}` }))
    if (drains === 3) stop.abort()
  }
  watch.onStop = () => watch.reach(traceEvent({ functionName: 'last' }))
  const wishes: TraceWish[] = []
  const end = await runTrace(optionsOf({ stop: stop.signal }), openerOf(watch, wishes), silent, seen)
  assert.deepEqual(wishes, [wish])
  assert.deepEqual(
    seen.steps.map(({ functionName }) => functionName),
    ['f1', 'f2', 'last'],
  )
  assert.deepEqual(seen.ends, [end])
  const { seconds, ...rest } = end
  assert.deepEqual(rest, { steps: 3, notShown: 0, seen: 3, refused: 0, lost: 0, missed: 0, by: 'stop' })
  assert.ok(seconds > 0.02 && seconds < 5, String(seconds))
  assert.equal(watch.isOpen, false)
  assert.equal(seen.heads.length, 1)
  const { time, ...head } = seen.heads[0]!
  assert.ok(time > 1_764_000_000_000_000_000n)
  assert.deepEqual(head, {
    tier: 'tp_btf',
    functions: 27,
    notAttached: 0,
    attachMs: 166,
    why: ['kprobe.multi: BPF_LINK_CREATE is not permitted (EPERM)'],
    filter: 'port https',
    func: undefined,
    ifname: undefined,
    netns: undefined,
    mark: undefined,
    modules: [],
    track: true,
    caller: false,
    stack: false,
    meta: [],
  })
})

test('a limit ends it in the middle of a drain', async () => {
  const watch = new FakeTraceWatch()
  watch.waiting = Array.from({ length: 10 }, (_, i) => traceEvent({ cpu: i }))
  const seen = new Seen()
  const end = await runTrace(optionsOf({ limit: 4 }), openerOf(watch), silent, seen)
  assert.deepEqual([end.steps, end.notShown, end.by, seen.steps.at(-1)?.cpu], [4, 6, 'limit', 3])
  assert.equal(watch.isOpen, false)
})

test('a duration ends it', async () => {
  const watch = new FakeTraceWatch()
  watch.ringFull = 3
  const end = await runTrace(optionsOf({ durationMs: 30 }), openerOf(watch), silent, new Seen())
  assert.deepEqual([end.by, end.lost], ['duration', 3])
  assert.ok(end.seconds >= 0.02, String(end.seconds))
})

/** Traffic that never rests: between any two calls something comes, is refused, or finds the ring full. */
function busyWatch(): FakeTraceWatch {
  const watch = new FakeTraceWatch()
  const traffic = () => {
    if (watch.isStopped) return
    for (let i = 0; i < 3; i++) watch.reach(traceEvent())
    watch.seen += 3
    watch.refused += 2
    watch.ringFull++
  }
  watch.onDrain = traffic
  watch.onStop = traffic
  watch.onCounts = traffic
  return watch
}

for (const [by, given, rest] of [
  ['stop', {}, 3],
  ['duration', { durationMs: 30 }, Number.POSITIVE_INFINITY],
  ['limit', { limit: 5 }, Number.POSITIVE_INFINITY],
  ['reader', {}, 3],
] as const) {
  test(`under traffic, ended by ${by}: told, not shown, refused and lost are what was seen`, async () => {
    const seen = new Seen()
    const stop = new AbortController()
    if (by === 'stop') {
      seen.turn = (progress) => {
        seen.rounds.push(progress)
        if (seen.rounds.length === rest) stop.abort()
        return true
      }
    } else seen.rest = rest
    const end = await runTrace(optionsOf({ ...given, stop: stop.signal }), openerOf(busyWatch()), silent, seen)
    assert.equal(end.by, by)
    assert.equal(end.steps, seen.steps.length)
    assert.ok(end.steps >= 5 && end.refused! > 0 && end.lost > 0)
    assert.equal(end.steps + end.notShown! + end.refused! + end.lost, end.seen)
    const isCut = by === 'limit' || by === 'reader'
    assert.equal(end.notShown! > 0, isCut, `${end.notShown} not shown`)
  })
}

test('it ends when nobody looks any more, and when the sight fails the watch is closed', async () => {
  const watch = new FakeTraceWatch()
  const seen = new Seen()
  seen.rest = 2
  const end = await runTrace(optionsOf(), openerOf(watch), silent, seen)
  assert.deepEqual([end.by, seen.rounds.length, watch.isOpen], ['reader', 2, false])

  const other = new FakeTraceWatch()
  const failing: TraceSight = { begin() {}, step() {}, turn: () => Promise.reject(new Error('disk full')), end() {} }
  await assert.rejects(runTrace(optionsOf(), openerOf(other), silent, failing), /^Error: disk full$/)
  assert.equal(other.isOpen, false)
})

test('what came of it is told before the watch is taken off, once', async () => {
  const watch = new FakeTraceWatch()
  watch.waiting = [traceEvent(), traceEvent()]
  const seen = new Seen()
  const told: [number, boolean][] = []
  seen.end = async ({ steps }) => {
    await new Promise(setImmediate)
    told.push([steps, watch.isOpen])
  }
  await runTrace(optionsOf({ limit: 1 }), openerOf(watch), silent, seen)
  assert.deepEqual(told, [[1, true]])
  assert.equal(watch.isOpen, false)
})

test('stopped while attaching, it says so to who attaches, and ends with what hangs', async () => {
  const watch = new FakeTraceWatch()
  watch.waiting = [traceEvent()]
  const stop = new AbortController()
  const asked: boolean[] = []
  const told: string[] = []
  const end = await runTrace(
    optionsOf({ stop: stop.signal }),
    async (_, progress) => {
      asked.push(progress!(1, 3))
      stop.abort()
      asked.push(progress!(2, 3))
      return watch
    },
    { ...silent, attaching: (attached, wanted) => told.push(`${attached}/${wanted}`) },
    new Seen(),
  )
  assert.deepEqual(asked, [true, false])
  assert.deepEqual(told, ['1/3', '2/3'])
  assert.deepEqual([end.steps, end.by, watch.isOpen], [1, 'stop', false])
})
