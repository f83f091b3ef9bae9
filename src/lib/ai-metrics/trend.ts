// Owns the last five minutes as points in time: what charts draw. Knows no screen. See ai-metrics.ts for the folder. Start at
// Trend.add.

import type { AiColumn } from './columns.ts'
import { windowColumns } from './columns.ts'
import type { AiWindow, Kinds } from './rows.ts'
import { type AiTrend, TREND_POINTS, type TrendErrorKey, type TrendKey, trendErrorKeys, trendKeys } from './snapshot.ts'

/** So many kinds have a line of their own; the others are one. */
const MOST_KINDS = 8

const columnOf = (key: string): AiColumn => windowColumns.find((column) => column.key === key)!
const columns: readonly AiColumn[] = trendKeys.map(columnOf)
const errorColumns: readonly AiColumn[] = trendErrorKeys.map((key) => columnOf(`${key}_error_pct`))

interface Point {
  readonly ms: number
  readonly values: readonly (number | null)[]
  readonly errors: readonly (number | null)[]
  readonly periodError: number | null
  readonly ceComplete: boolean | null
  readonly operations: Kinds
  readonly drops: Kinds | null
}

const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

/** Memory does not grow. */
export class Trend {
  readonly #points: Point[] = []
  #read: AiTrend | undefined

  add(window: AiWindow): void {
    const { endMs: ms, ceComplete, operations, drops, period } = window
    const values = columns.map((column) => number(column.value(window)))
    const errors = errorColumns.map((column) => number(column.value(window)))
    const periodError = period?.errorSeconds ?? null
    this.#points.push({ ms, values, errors, periodError, ceComplete, operations, drops })
    if (this.#points.length > TREND_POINTS) this.#points.shift()
    this.#read = undefined
  }

  clear(): void {
    this.#points.length = 0
    this.#read = undefined
  }

  /** The same object until there is another point. */
  read(): AiTrend {
    this.#read ??= this.#make()
    return this.#read
  }

  #make(): AiTrend {
    const points = this.#points
    const lists = <Key extends string>(keys: readonly Key[], of: (point: Point) => readonly (number | null)[]) =>
      Object.fromEntries(keys.map((key, i) => [key, points.map((point) => of(point)[i]!)])) as Record<
        Key,
        (number | null)[]
      >
    return {
      times: points.map(({ ms }) => ms),
      values: lists<TrendKey>(trendKeys, ({ values }) => values),
      errors: lists<TrendErrorKey>(trendErrorKeys, ({ errors }) => errors),
      periodErrors: points.map(({ periodError }) => periodError),
      ceComplete: points.map(({ ceComplete }) => ceComplete),
      operations: kindsOver(points.map(({ operations }) => operations)),
      drops: kindsOver(points.map(({ drops }) => drops)),
    }
  }
}

/** Rates of the most frequent kinds over all points, those first, and of all others; null where nothing is known. */
function kindsOver(points: readonly (Kinds | null)[]): ReadonlyMap<string, readonly (number | null)[]> {
  const sums = new Map<string, number>()
  for (const kinds of points) {
    for (const { name, rate } of kinds?.top ?? []) sums.set(name, (sums.get(name) ?? 0) + (rate.value ?? 0))
  }
  const names = [...sums].sort((a, b) => b[1] - a[1]).slice(0, MOST_KINDS)
  const lists = new Map<string, (number | null)[]>(names.map(([name]) => [name, []]))
  const others: (number | null)[] = []
  let hasOthers = false
  for (const kinds of points) {
    const all = kinds === null ? null : kinds.rate.value
    for (const list of lists.values()) list.push(all === null ? null : 0)
    let left = all
    for (const { name, rate } of kinds?.top ?? []) {
      const list = lists.get(name)
      if (list === undefined || rate.value === null) continue
      list[list.length - 1] = rate.value
      if (left !== null) left -= rate.value
    }
    // Rounding is no other kind.
    const other = left === null || all === null ? null : left > 1e-9 * all ? left : 0
    if (other !== null && other > 0) hasOthers = true
    others.push(other)
  }
  if (hasOthers) lists.set(OTHER_KINDS, others)
  return lists
}

/** What stands for all kinds without a line of their own. */
export const OTHER_KINDS = '(other)'
