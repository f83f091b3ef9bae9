// Owns discarded packets (0:5) of a window, by reason. Knows no flow sample. See ai-metrics.ts for the folder. Start at
// Discards.take.

import type { AgentTable } from '../agents/agents.ts'
import { Places, STRETCH_SUMS, Stretch } from '../flow/places.ts'
import { dropReasonNames } from '../names/drop-reasons.ts'
import type { Walker } from '../sflow/walker.ts'
import type { Kinds, Measure } from './rows.ts'

/** There are some hundred reasons; what senders make up beyond is counted together. */
const MOST_REASONS = 1024
const OTHERS = -1

/** Discards of one window. */
export class Discards {
  /** Told, and missing by their numbers or as the agents say. */
  received = 0
  readonly #places: Places
  /** By stretch: notifications of each reason. */
  readonly #byReason = new Map<number, Float64Array>()

  constructor(agents: AgentTable) {
    this.#places = new Places(agents, [], true)
  }

  /** A discard sample that the AgentTable has taken. @param weight 1 but for smoothed sums */
  take(w: Walker, weight = 1): void {
    const segment = this.#places.of(w)
    if (segment < 0) return
    this.#places.tell(segment, weight)
    this.received++
    const stretch = this.#places.stretchOf[segment]!
    const reason = this.#byReason.has(w.reason) || this.#byReason.size < MOST_REASONS ? w.reason : OTHERS
    let counts = this.#byReason.get(reason)
    if (counts === undefined || stretch >= counts.length) {
      const longer = new Float64Array(Math.max(16, this.#places.stretches.capacity))
      if (counts !== undefined) longer.set(counts)
      counts = longer
      this.#byReason.set(reason, counts)
    }
    counts[stretch]! += weight
  }

  /** Smoothed sums: everything weighs less. */
  decay(factor: number): void {
    this.#places.decay(factor)
    for (const counts of this.#byReason.values()) for (let s = 0; s < counts.length; s++) counts[s]! *= factor
  }

  /**
   * Rates by reason: those told, and of those that are missing as large a share as of those told at the same agent. What was
   * told is counted, not sampled, so there is no error but for what is missing.
   */
  kinds(top: number, seconds: number): Kinds {
    const scales = this.#scales()
    const measure = (total: number, told: number, missing: number): Measure => ({
      value: seconds > 0 ? total / seconds : null,
      errorPct: total > 0 ? (50 * missing) / total : null,
      low: seconds > 0 ? told / seconds : null,
      high: seconds > 0 ? (told + missing) / seconds : null,
      samples: told,
    })
    const found = [...this.#byReason].map(([code, counts]) => ({ code, ...this.#totalOf([counts], scales) }))
    found.sort((a, b) => b.total - a.total || a.code - b.code)
    const all = found.reduce((sum, x) => sum + x.total, 0)
    const told = found.reduce((sum, x) => sum + x.told, 0)
    const rest = found.slice(top)
    const left = this.#totalOf(
      rest.map(({ code }) => this.#byReason.get(code)!),
      scales,
    )
    const share = (total: number): number | null => (all > 0 ? total / all : null)
    return {
      rate: {
        ...measure(all, told, 0),
        errorPct: all > 0 ? 0 : null,
        low: seconds > 0 ? all / seconds : null,
        high: seconds > 0 ? all / seconds : null,
      },
      top: found.slice(0, top).map(({ code, total, told: n, missing }) => ({
        name: code === OTHERS ? '(other)' : (dropReasonNames.get(code) ?? String(code)),
        code: code === OTHERS ? null : code,
        rate: measure(total, n, missing),
        share: share(total),
      })),
      other:
        rest.length === 0
          ? null
          : {
              kinds: rest.length,
              rate: measure(left.total, left.told, left.missing),
              share: share(left.total),
            },
    }
  }

  /** Packets that a notification of each stretch stands for: itself, and those that are missing by numbers and `drops`. */
  #scales(): number[] {
    return Array.from({ length: this.#places.stretches.count }, (_, s) => {
      const received = this.#told(s, Stretch.received)
      const missing = this.#told(s, Stretch.generated) + this.#told(s, Stretch.drops) - this.#told(s, Stretch.steps)
      return received > 0 ? 1 + Math.max(0, missing) / received : 1
    })
  }

  #told(stretch: number, what: number): number {
    return this.#places.sums[stretch * STRETCH_SUMS + what]!
  }

  /** Of some reasons together. What is missing at a source may be of any reason that it has told of, and all of it. */
  #totalOf(
    reasons: readonly Float64Array[],
    scales: readonly number[],
  ): { readonly total: number; readonly told: number; readonly missing: number } {
    let total = 0
    let told = 0
    let missing = 0
    for (const [s, scale] of scales.entries()) {
      const n = reasons.reduce((sum, counts) => sum + (counts[s] ?? 0), 0)
      if (n === 0) continue
      told += n
      total += n * scale
      missing += (scale - 1) * this.#told(s, Stretch.received)
    }
    return { total, told, missing }
  }
}
