// Owns a trace of this kernel from its wish to its end: the ring is emptied every 20 ms, events become steps and go to whoever looks
// at them. Knows no format and no terminal. See step.ts for the folder. Start at runTrace; recorded.ts does the same for recordings.

import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenTrace, TraceEvent, TraceWatch } from '../kernel/trace/trace-watch.ts'
import type { TraceEnd, TraceHead } from './head.ts'
import type { TraceOptions } from './options.ts'
import type { TraceStep } from './step.ts'
import { Teller } from './tell.ts'

/** The ring holds what comes meanwhile. */
const DRAIN_MS = 20

/** How it goes, as far as a reader of steps may want to show it. */
export interface TraceProgress {
  readonly steps: number
  readonly seen: number | undefined
  readonly refused: number | undefined
  readonly lost: number
  readonly missed?: number | undefined
}

/** Who looks at the steps: a format that prints them, or a screen. */
export interface TraceSight {
  /** Once, before the first step; undefined where a recording has none. */
  begin(head: TraceHead | undefined): void
  step(step: TraceStep): void
  /** After each round, also one without a step. False, or a promise of it, ends the trace: nobody looks any more. */
  turn(progress: TraceProgress): boolean | Promise<boolean>
  /** Once, behind the last step. Of this kernel it is before the watch is taken off, which may take seconds. */
  end(end: TraceEnd): void | Promise<void>
}

/** Who is told how opening goes. */
export interface TraceReport {
  /** Functions attached so far; it may take seconds where they are attached one by one. */
  attaching(attached: number, wanted: number): void
  /** It runs. */
  opened(head: TraceHead, watch: Pick<TraceWatch, 'refusedNames' | 'notices'>): void
}

/**
 * Traces until it is stopped, the limit is reached, the time is over or nobody looks any more.
 * @returns what came of it; the watch is closed then
 * @throws as OpenTrace, and what the sight throws
 */
export async function runTrace(
  options: TraceOptions,
  open: OpenTrace,
  report: TraceReport,
  sight: TraceSight,
): Promise<TraceEnd> {
  const { wish, stop, durationMs } = options
  const watch = await open(wish, (attached, wanted) => {
    report.attaching(attached, wanted)
    return !stop.aborted
  })
  try {
    const head = headOf(watch, options)
    report.opened(head, watch)
    sight.begin(head)
    const time = durationMs === undefined ? undefined : AbortSignal.timeout(durationMs)
    const end = await follow(watch, options, time, sight)
    await sight.end(end)
    return end
  } finally {
    watch.close()
  }
}

async function follow(
  watch: TraceWatch,
  { wish, stop, limit = Number.POSITIVE_INFINITY, netnsName }: TraceOptions,
  time: AbortSignal | undefined,
  sight: TraceSight,
): Promise<TraceEnd> {
  const over = time === undefined ? stop : AbortSignal.any([stop, time])
  const teller = new Teller(netnsName, wish.meta)
  const began = performance.now()
  let steps = 0
  let notShown = 0
  const take = (event: TraceEvent): void => {
    if (steps >= limit) {
      notShown++
      return
    }
    steps++
    sight.step(teller.tell(event))
  }
  const progress = (): TraceProgress => {
    const { seen, refused, ringFull, missed } = watch.counts()
    return { steps, seen, refused, lost: ringFull, missed }
  }
  const endBy = (by: TraceEnd['by']): TraceEnd => {
    const seconds = (performance.now() - began) / 1000
    // Where a limit or a reader ends it, more came meanwhile that nobody is shown; else this finds nothing.
    watch.stop()
    notShown += watch.drain(() => {})
    return { ...progress(), notShown, seconds, by }
  }
  for (;;) {
    const round = performance.now()
    const isOver = over.aborted
    // Before the ring is emptied: what came until the end is told, and nothing comes behind it.
    if (isOver) watch.stop()
    watch.drain(take)
    if (!(await sight.turn(progress()))) return endBy('reader')
    if (steps >= limit) return endBy('limit')
    if (isOver) return endBy(stop.aborted ? 'stop' : 'duration')
    const restMs = DRAIN_MS - (performance.now() - round)
    // Aborting ends the wait.
    await sleep(Math.max(0, restMs), undefined, { signal: over }).catch(() => {})
  }
}

function headOf(watch: TraceWatch, { wish, asked }: TraceOptions): TraceHead {
  const { tier, why, attached, refusedNames, attachMs } = watch
  const { track, caller, stack, meta, modules } = wish
  return {
    ...asked,
    time: BigInt(Date.now()) * 1_000_000n,
    tier,
    functions: attached,
    notAttached: refusedNames.length,
    attachMs,
    why,
    modules,
    track,
    caller,
    stack,
    meta,
  }
}
