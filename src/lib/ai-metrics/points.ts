// Owns the points of sFlow-RT's AI Metrics, as its paths show them (ai-metrics.md section 1): the newest of each, five minutes of
// them, the period. See ai-metrics.ts for the folder. Start at AiHistoryPoints.

import { NOW_MS } from '../analysis/publish.ts'
import { aiMetrics } from '../metrics/ai-metric-names.ts'
import type { MetricTable } from '../metrics/metrics.ts'
import type { BaselineStatistics } from '../period/baseline.ts'
import type { PeriodMethod } from '../period/period.ts'
import type { AiPeriod, AiPoint, AiPoints, AiTrend } from '../serve/ai-points.ts'
import { addAiMetrics, referenceList, referenceValue } from './metrics.ts'
import type { AiWindow } from './rows.ts'
import { TREND_POINTS } from './snapshot.ts'

/** The reference's names of the two lists. */
const lists = { operations: 'top-5-operations', drops: 'top-5-drop-reasons' } as const
const TOP = 5

const keys = aiMetrics.flatMap(({ key }) => (key === 'operations' || key === 'drops' ? [] : [key]))

/** Is handed each window that is over. */
export class AiHistoryPoints implements AiPoints {
  readonly #method: () => PeriodMethod | undefined
  /** Oldest first. */
  readonly #windows: { readonly timeMs: number; readonly values: readonly (number | null)[] }[] = []
  readonly #lengthMs: () => number
  readonly #nowMs: () => number
  #newest: AiWindow | undefined
  #newestAtMs = 0

  /** @param method of the engine that counts now @param lengthMs of a window @param nowMs for tests */
  constructor(method: () => PeriodMethod | undefined, lengthMs: () => number, nowMs: () => number = Date.now) {
    this.#method = method
    this.#lengthMs = lengthMs
    this.#nowMs = nowMs
  }

  window(window: AiWindow): void {
    // A form and a server may both say that it is over.
    if (window === this.#newest) return
    this.#newest = window
    this.#newestAtMs = this.#nowMs()
    this.#windows.push({ timeMs: Math.round(window.endMs), values: keys.map((key) => referenceValue(window, key)) })
    if (this.#windows.length > TREND_POINTS) this.#windows.shift()
  }

  points(): Readonly<Record<string, AiPoint>> {
    const last = this.#last()
    const numbers = keys.map((key): [string, AiPoint] => [key, last === undefined ? null : referenceValue(last, key)])
    const tops = (['operations', 'drops'] as const).map((key): [string, AiPoint] => [
      lists[key],
      Object.fromEntries(last === undefined ? [] : referenceList(last, key).slice(0, TOP)),
    ])
    return Object.fromEntries([...numbers, ...tops])
  }

  trend(afterMs: number | undefined): AiTrend {
    const newer = afterMs === undefined ? this.#windows : this.#windows.filter(({ timeMs }) => timeMs > afterMs)
    const trends = keys.map((key, i) => [key, newer.map(({ values }) => values[i] ?? null)] as const)
    return {
      maxPoints: TREND_POINTS,
      times: newer.map(({ timeMs }) => timeMs),
      trends: Object.fromEntries(trends),
    }
  }

  period(): AiPeriod {
    const state = this.#method()?.state() ?? null
    return {
      value: state?.value ?? 0,
      period: state?.periodSeconds ?? 0,
      threshold: state?.threshold ?? 0,
      baselineLoad: statistics(state?.baselines?.load),
      baselinePeriod: statistics(state?.baselines?.intervals),
    }
  }

  metrics(into: MetricTable): void {
    const last = this.#last()
    if (last !== undefined) addAiMetrics(last, into)
  }

  /** The newest window, while it is of now. */
  #last(): AiWindow | undefined {
    return this.#nowMs() - this.#newestAtMs <= this.#lengthMs() + NOW_MS ? this.#newest : undefined
  }
}

const statistics = (known: BaselineStatistics | null | undefined): Readonly<Record<string, number>> =>
  known == null ? {} : { ...known }
