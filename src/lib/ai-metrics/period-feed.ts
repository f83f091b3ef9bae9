// Owns what a method to find periods gets of samples: packets with their times, and how long agents hold them. See ai-metrics.ts
// for the folder. Start at PeriodFeed.

import type { AgentTable } from '../agents/agents.ts'
import type { SampleView } from '../attributes/context.ts'
import type { PeriodMethod, PeriodState } from '../period/period.ts'
import { AgentHolds, SampleTimes } from '../period/sample-times.ts'

/** How long agents hold samples is looked at this often, by the time of samples; by then the weight of older ones is halved. */
const HOLD_MS = 1000
const FADE_MS = 30_000

/** RoCE packets that count, for one method. */
export class PeriodFeed {
  readonly #period: PeriodMethod
  readonly #agents: AgentTable
  /** Undefined: the method takes samples as of when they came. */
  readonly #times: SampleTimes | undefined
  readonly #holds = new AgentHolds()
  #holdMs = Number.NEGATIVE_INFINITY
  #fadeMs = Number.NEGATIVE_INFINITY

  constructor(period: PeriodMethod, agents: AgentTable) {
    this.#period = period
    this.#agents = agents
    this.#times = period.setHold === undefined ? undefined : new SampleTimes(agents)
  }

  /** The packet of the view's flow sample counts. @param clockMs when it was taken, as the threshold method has it */
  take(view: SampleView, clockMs: number): void {
    const times = this.#times
    const { samplingRate } = view.walker
    if (times === undefined) {
      this.#period.frames(clockMs, samplingRate)
      return
    }
    this.#period.frames(times.of(view), samplingRate)
    this.#holds.add(this.#agents.agent)
  }

  /** Samples up to this time have come, milliseconds since 1970. */
  advance(toMs: number): void {
    const times = this.#times
    if (times === undefined) {
      this.#period.advance(toMs)
      return
    }
    if (toMs >= this.#holdMs) {
      this.#holdMs = toMs + HOLD_MS
      this.#period.setHold?.(this.#holds.hold(times))
    }
    if (toMs >= this.#fadeMs) {
      this.#fadeMs = toMs + FADE_MS
      this.#holds.fade()
    }
    this.#period.advance(toMs)
  }

  /** @param isWhole of all that came; else as of now */
  state(isWhole: boolean): PeriodState | null {
    return (isWhole ? this.#period.overall?.() : undefined) ?? this.#period.state()
  }
}
