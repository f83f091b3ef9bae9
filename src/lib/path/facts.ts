// Owns what --fail-if can ask about a path, and what is true of a window as a whole. See path.ts for the folder. Start at
// pathFacts.

import type { Datum } from '../analysis/column.ts'
import { rowObject } from '../analysis/forms.ts'
import { isoOf } from '../analysis/iso-time.ts'
import type { ConditionName } from '../parse/condition.ts'
import { errorPct, nodeKey, type PathRow, pathColumns, perSecond } from './columns.ts'
import { mainWay } from './picture.ts'
import type { PathWindow } from './snapshot.ts'

const count = (name: string, doc: string): ConditionName => ({ name, unit: 'count', doc })

const totalNames: readonly ConditionName[] = [
  count('hops', 'nodes on the busiest way'),
  count('nodes', 'nodes that packets cross'),
  count('silent_nodes', 'of them nodes that sampled none of these packets'),
  count('unused_branches', 'equal-cost ways without a sample'),
  {
    name: 'uneven',
    unit: 'share',
    doc: 'by how much the share of an equal-cost way is off an even one, for sure: 0 where chance explains it; the largest',
  },
  count('dropped', 'packets dropped on the way'),
  count('packets', 'packets that enter the fabric; null where no sampling rate is known'),
  { name: 'packets_per_s', unit: 'rate', doc: 'the same, a second' },
  {
    name: 'delay_ns',
    unit: 'count',
    doc: 'mean transit delay over the nodes of the busiest way, added up; null without any',
  },
  { name: 'delay_max_ns', unit: 'count', doc: 'the longest transit delay of a sample' },
  { name: 'queue_depth_max', unit: 'bytes', doc: 'the most bytes that a sample met in a queue' },
  count('topology_doubts', 'places where agents or packets contradict the topology; `notes` has the sentences'),
  count('samples_matched', 'samples that the filter let through'),
]

/** Every column that is a number, of any row: `rows[0].share`. */
export const pathFactNames: readonly ConditionName[] = [
  ...totalNames,
  ...pathColumns.flatMap(({ key, unit, doc }) => (unit === undefined ? [] : [{ name: `rows[].${key}`, unit, doc }])),
]

export function pathTotals(window: PathWindow): Readonly<Record<string, number | null>> {
  const { hops, drops, entering } = window
  const main = mainWay(window)
  const nodes = new Set(hops.map(nodeKey))
  const silent = new Set(hops.filter(({ isSilent }) => isSilent).map(nodeKey))
  const delays = main.flatMap(({ delay }) => (delay === null ? [] : [delay.mean]))
  const most = (values: readonly (number | null | undefined)[]): number | null =>
    values.reduce<number | null>((a, b) => (b == null ? a : Math.max(a ?? b, b)), null)
  return {
    hops: main.length,
    nodes: nodes.size,
    silent_nodes: silent.size,
    unused_branches: hops.filter(({ state }) => state === 'unused').length,
    uneven: most(hops.map(unevenOf)) ?? 0,
    dropped: drops.reduce((sum, { packets }) => sum + (packets.total || 0), 0),
    packets: known(entering.packets.total),
    packets_per_s: perSecond(entering.packets, window),
    delay_ns: delays.length === 0 ? null : delays.reduce((a, b) => a + b, 0),
    delay_max_ns: most(hops.map(({ delay }) => delay?.max)),
    queue_depth_max: most(hops.map(({ depth }) => depth?.max)),
    topology_doubts: window.doubts,
    samples_matched: window.samples,
  }
}

/** Of a run in which there was no packet. */
export const noPath: Readonly<Record<string, Datum>> = Object.freeze({
  rows: Object.freeze([]),
  hops: 0,
  nodes: 0,
  silent_nodes: 0,
  unused_branches: 0,
  uneven: 0,
  dropped: 0,
  packets: 0,
  packets_per_s: 0,
  topology_doubts: 0,
  samples_matched: 0,
})

/** How far the bounds of a branch's share lie from an even one. */
function unevenOf({ branchShare, branches }: PathWindow['hops'][number]): number {
  if (branchShare === null || Number.isNaN(branchShare.low)) return 0
  const even = 1 / branches
  return Math.max(0, branchShare.low - even, even - branchShare.high)
}

export function pathFacts(rows: readonly PathRow[], window: PathWindow): Readonly<Record<string, Datum>> {
  return { rows: rows.map((row) => rowObject(pathColumns, row)), ...pathTotals(window) }
}

/** The object behind the rows of a window. */
export function aboutPath(window: PathWindow): Readonly<Record<string, Datum>> {
  return {
    kind: 'window',
    start: isoOf(window.startMs),
    end: isoOf(window.endMs),
    seconds: window.seconds,
    topology: window.hasTopology,
    ...pathTotals(window),
    error_pct: errorPct(window.entering.packets),
    samples_received: window.received,
    samples_lost: window.lost,
    notes: window.notes,
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
