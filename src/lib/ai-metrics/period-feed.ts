// Owns what a method to find periods gets of samples: packets with their times, and how long agents hold them. See ai-metrics.ts
// for the folder. Start at PeriodFeed.

import type { PeriodMethod, PeriodState } from '../period/period.ts'
import { SampleTimes } from '../period/sample-times.ts'
import type { Walker } from '../sflow/walker.ts'

/** How long agents hold samples is looked at this often, by the time of samples. */
const HOLD_MS = 1000

/** RoCE packets that count, for one method. */
export class PeriodFeed {
  readonly #period: PeriodMethod
  /** Undefined: the method takes samples as of when they came. */
  readonly #times: SampleTimes | undefined
  #nextMs = Number.NEGATIVE_INFINITY

  constructor(period: PeriodMethod) {
    this.#period = period
    this.#times = period.setHold === undefined ? undefined : new SampleTimes()
  }

  /**
   * A packet that counts.
   * @param agent slot of AgentTable
   * @param isStamped `clockMs` is of the agent, which told when it took the sample; else it is when the datagram came
   * @param clockMs milliseconds since 1970
   */
  take(
    w: Pick<Walker, 'sequence' | 'uptime' | 'samplingRate'>,
    agent: number,
    isStamped: boolean,
    clockMs: number,
  ): void {
    const times = this.#times
    let ms = clockMs
    if (times !== undefined) {
      if (isStamped) times.stamped()
      else ms = times.sent(agent, w.sequence, clockMs, w.uptime)
    }
    this.#period.frames(ms, w.samplingRate)
  }

  /** Samples up to this time have come, milliseconds since 1970. */
  advance(toMs: number): void {
    if (this.#times !== undefined && toMs >= this.#nextMs) {
      this.#nextMs = toMs + HOLD_MS
      this.#period.setHold?.(this.#times.hold())
    }
    this.#period.advance(toMs)
  }

  /** @param isWhole of all that came; else as of now */
  state(isWhole: boolean): PeriodState | null {
    return (isWhole ? this.#period.overall?.() : undefined) ?? this.#period.state()
  }
}
