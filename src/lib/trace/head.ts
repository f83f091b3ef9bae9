// Owns what a trace says of itself, before its steps and behind them. See step.ts for the folder. Start at TraceHead.

import type { TraceTier } from '../kernel/trace/trace-watch.ts'

/** What was asked, and how it is done: what stands before the steps. */
export interface TraceHead {
  /** ns since 1970; when it began. */
  readonly time: bigint
  readonly tier: TraceTier
  /** Functions (or tracepoints) that are watched, those that refused to be, and how long attaching took. */
  readonly functions: number
  readonly notAttached: number
  readonly attachMs: number
  /** Why not each better tier, a clause each. */
  readonly why: readonly string[]
  /** As the user wrote them; undefined where not given. */
  readonly filter: string | undefined
  readonly func: string | undefined
  readonly ifname: string | undefined
  readonly netns: string | undefined
  readonly mark: string | undefined
  readonly modules: readonly string[] | 'all'
  readonly track: boolean
  readonly caller: boolean
  readonly stack: boolean
  readonly meta: readonly string[]
}

/** What came of it. */
export interface TraceEnd {
  /** Steps told. */
  readonly steps: number
  /** Times that a function was reached by a buffer, and those of them that the filters refused; undefined where a recording does not say. */
  readonly seen: number | undefined
  readonly refused: number | undefined
  /**
   * Steps that came, but not to be told: those behind a limit, or noted while a reader went. Of what the kernel says itself, steps,
   * notShown, refused and lost are together `seen`. Undefined where a recording does not say.
   */
  readonly notShown?: number | undefined
  /** Events that the ring had no room for. */
  readonly lost: number
  /** Times that the kernel passed a buffer over (TraceCounts.missed); undefined where a recording does not say. */
  readonly missed?: number | undefined
  readonly seconds: number
  /** ns since 1970, of a recording that says when its only trace ended. */
  readonly at?: bigint | undefined
  /** Why it ended. */
  readonly by: 'stop' | 'limit' | 'duration' | 'reader' | 'end'
}

/** Longer than any trace: 31 years. */
const MOST_SECONDS = 1e9

/** When a trace ended, ns since 1970. A recording may claim any length. */
export function endTime(began: bigint, seconds: number): bigint {
  const length = seconds > 0 ? Math.min(seconds, MOST_SECONDS) : 0
  return began + BigInt(Math.round(length * 1e9))
}
