// Owns which flows become rows, in which order: entries joined by key and owner, the busiest agent of each key, the best by
// the first value. Knows no estimate's error. Start at rankFlows.

import { Distinct, GIVEN_UP } from './distinct.ts'
import { bestOf, Groups, OwnedGroups } from './groups.ts'
import type { FlowOptions } from './options.ts'
import { Z95 } from './quantiles.ts'
import type { Scale } from './scale.ts'
import type { Selection } from './selection.ts'
import { SAMPLES, type ValuePlan } from './values.ts'
import type { OpenWindow } from './window.ts'

/** What is no row. */
export const OTHER = -2
export const NOT_COUNTED = -1

/** One flow that is a row. */
export interface RankedFlow {
  /** An entry that has its key. */
  readonly entry: number
  /** Agent or data source, see ownerOf; 0 where it has none. */
  readonly owner: number
  /** Agents that saw about as much of it as the chosen one, itself included; 1 unless agg is `max`. */
  readonly agents: number
}

export interface Ranked {
  readonly flows: readonly RankedFlow[]
  /** Distinct keys, with `by` of each owner. */
  readonly count: number
  /** By entry: index in `flows`, OTHER, or NOT_COUNTED: another agent's, or a segment that does not count. */
  readonly rowOf: Int32Array
  /** As rowOf, without regard to the agent that was chosen. */
  readonly keyRowOf: Int32Array
}

export function rankFlows(
  window: OpenWindow,
  options: FlowOptions,
  selection: Selection,
  scales: readonly Scale[],
  top: number,
): Ranked {
  const { table, places } = window
  const { counts, agentOf } = selection
  const isMax = selection.agg === 'max' && options.by === undefined
  const ownerOf = counts.length > 0 ? new Int32Array(counts.length) : new Int32Array(1)
  for (let segment = 0; segment < counts.length; segment++) {
    if (counts[segment] === 0) ownerOf[segment] = -1
    else if (isMax || options.by === 'agent') ownerOf[segment] = agentOf[segment]!
    else if (options.by === 'interface') ownerOf[segment] = places.sourceOf(segment)
  }
  const keys = new Groups(table, ownerOf)
  const groups = new OwnedGroups(table, keys, ownerOf)
  const { values, samples } = valuesOf(window, groups, scales)
  const order = compareKeys(window, selection, groups, options.by === 'interface')
  const worse = (a: number, b: number): boolean => {
    if (values[a] !== values[b]) return values[a]! < values[b]!
    if (samples[a] !== samples[b]) return samples[a]! < samples[b]!
    return order(a, b) > 0
  }
  const rowOfGroup = new Int32Array(groups.count)
  const rowOf = new Int32Array(table.count)
  if (!isMax) {
    rowOfGroup.fill(OTHER)
    const best = bestOf(groups.count, top, worse)
    for (const [row, group] of best.entries()) rowOfGroup[group] = row
    for (let e = 0; e < table.count; e++) rowOf[e] = groups.of[e]! < 0 ? NOT_COUNTED : rowOfGroup[groups.of[e]!]!
    const flows = best.map((group) => ({ entry: groups.first[group]!, owner: groups.owner[group]!, agents: 1 }))
    return { flows, count: groups.count, rowOf, keyRowOf: rowOf }
  }
  const busiest = new Int32Array(keys.count).fill(-1)
  for (let g = 0; g < groups.count; g++) {
    const before = busiest[groups.key[g]!]!
    const isBusier =
      before < 0 || samples[g]! > samples[before]! || (samples[g] === samples[before] && worse(before, g))
    if (isBusier) busiest[groups.key[g]!] = g
  }
  const bestKeys = bestOf(keys.count, top, (a, b) => worse(busiest[a]!, busiest[b]!))
  const rowOfKey = new Int32Array(keys.count).fill(OTHER)
  for (const [row, key] of bestKeys.entries()) rowOfKey[key] = row
  const rivals = new Int32Array(bestKeys.length)
  for (let g = 0; g < groups.count; g++) {
    const key = groups.key[g]!
    const row = rowOfKey[key]!
    rowOfGroup[g] = busiest[key] === g ? row : NOT_COUNTED
    if (row < 0) continue
    const most = samples[busiest[key]!]!
    // Not clearly less: the difference of two counts has the variance of their sum.
    if (samples[g]! >= most - Z95 * Math.sqrt(most + samples[g]!)) rivals[row]! += 1
  }
  const keyRowOf = new Int32Array(table.count)
  for (let e = 0; e < table.count; e++) {
    rowOf[e] = groups.of[e]! < 0 ? NOT_COUNTED : rowOfGroup[groups.of[e]!]!
    keyRowOf[e] = keys.of[e]! < 0 ? NOT_COUNTED : rowOfKey[keys.of[e]!]!
  }
  const flows = bestKeys.map((key, row) => {
    const group = busiest[key]!
    return { entry: groups.first[group]!, owner: groups.owner[group]!, agents: rivals[row]! }
  })
  return { flows, count: keys.count, rowOf, keyRowOf }
}

/** The first value of each group, -1 where it is not known, and its samples. */
function valuesOf(window: OpenWindow, groups: OwnedGroups, scales: readonly Scale[]) {
  const { table, places, compiled } = window
  const first = compiled.values[0]!
  const values = new Float64Array(groups.count)
  const samples = new Float64Array(groups.count)
  const weights = first.kind === 'avg' ? new Float64Array(groups.count) : values
  if (first.kind === 'min') values.fill(Number.POSITIVE_INFINITY)
  if (first.kind === 'max') values.fill(Number.NEGATIVE_INFINITY)
  const unknown = new Uint8Array(groups.count)
  const { words, sums, stride, sumsAt } = table
  for (let e = 0; e < table.count; e++) {
    const group = groups.of[e]!
    if (group < 0) continue
    const at = (e * stride + sumsAt) / 2
    samples[group]! += sums[at + SAMPLES]!
    const { rate } = scales[places.stretchOf[words[e * stride]!]!]!
    const isKnown = !Number.isNaN(rate)
    switch (first.kind) {
      case 'frames':
      case 'rate':
        if (isKnown) {
          values[group]! += rate * sums[at + (first.kind === 'rate' ? first.column : SAMPLES)]!
          unknown[group] = 2
        } else if (unknown[group] === 0) unknown[group] = 1
        break
      case 'avg': {
        const known = isKnown ? rate : 1
        weights[group]! += known * sums[at + first.column]!
        values[group]! += known * sums[at + first.column + 1]!
        break
      }
      case 'min':
        values[group] = Math.min(values[group]!, sums[at + first.column]!)
        break
      case 'max':
        values[group] = Math.max(values[group]!, sums[at + first.column]!)
        break
      case 'count':
        break
    }
  }
  if (first.kind === 'count') countGroups(window, first, groups, values)
  for (let g = 0; g < groups.count; g++) {
    if (first.kind === 'avg') values[g] = weights[g] === 0 ? Number.NEGATIVE_INFINITY : values[g]! / weights[g]!
    else if (unknown[g] === 1 || !Number.isFinite(values[g]!)) values[g] = Number.NEGATIVE_INFINITY
  }
  return { values, samples }
}

function countGroups(window: OpenWindow, first: ValuePlan, groups: OwnedGroups, values: Float64Array): void {
  const set = window.distinct[first.nth]!
  const joined = new Distinct(Number.POSITIVE_INFINITY, set.level)
  set.each((owner, high, low) => {
    const group = owner < GIVEN_UP && owner < groups.of.length ? groups.of[owner]! : -1
    if (group >= 0) joined.add(group, high, low)
  })
  joined.each((group) => {
    values[group]! += 1
  })
}

/** Order of groups with the same value and samples, the same for every order of samples: by key, then by owner. */
function compareKeys(window: OpenWindow, selection: Selection, groups: OwnedGroups, bySource: boolean) {
  const { words, stride, keyWords } = window.table
  const { textWords } = window.compiled
  const { texts, places } = window
  const { keys } = places.sources
  return (a: number, b: number): number => {
    const x = groups.first[a]! * stride
    const y = groups.first[b]! * stride
    for (let k = 1; k < keyWords; k++) {
      const [p, q] = [words[x + k]!, words[y + k]!]
      if (p === q) continue
      return textWords.has(k) ? compareBytes(texts.bytes(p), texts.bytes(q)) : (p >>> 0) - (q >>> 0)
    }
    const [p, q] = [groups.owner[a]!, groups.owner[b]!]
    const [from, to] = bySource ? [p * 6, q * 6] : [selection.agentAt[p]!, selection.agentAt[q]!]
    for (let k = 0; k < (bySource ? 6 : 4); k++) {
      if (keys[from + k] !== keys[to + k]) return keys[from + k]! - keys[to + k]!
    }
    return 0
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}
