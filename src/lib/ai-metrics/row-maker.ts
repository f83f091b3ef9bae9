// Owns rows by port, link, queue pair or group. See ai-metrics.ts for the folder. Start at rowsOf.

import { Side } from '../flow/places.ts'
import type { Scale } from '../flow/scale.ts'
import { addressText } from '../wire/address-text.ts'
import type { Choice } from './choice.ts'
import { Tally, type TallyContext, unknown } from './measure.ts'
import { KEY_WORDS, type OpenWindow } from './open-window.ts'
import type { AiOptions } from './options.ts'
import type { AiRow, Measure } from './rows.ts'
import { packetsOf } from './sequence-rates.ts'
import { Column, type Sums } from './sums.ts'

/** Rows of sums that make one row of output. */
interface Part {
  readonly id: string
  readonly name: string
  /** Those that count, and those where marks count. */
  readonly counted: number[]
  readonly leaving: number[]
  /** Ranks: RoCE packets, then bytes. */
  roce: number
  bytes: number
}

/** The `top` with most RoCE packets, then what is left, then the total. */
export function rowsOf(
  window: OpenWindow,
  options: AiOptions,
  choice: Choice,
  scales: readonly Scale[],
  context: TallyContext,
): AiRow[] {
  const byKey = window.keyed !== undefined
  const sums = window.keyed ?? window.sums
  const parts = byKey ? partsByKey(window, options, choice) : partsByPort(window, options)
  const { places } = window
  const segmentOf = byKey ? (row: number) => window.keys.keys[row * KEY_WORDS]! : (row: number) => row
  const stretchOf = (row: number): number => places.stretchOf[segmentOf(row)]!
  for (const part of parts.values()) rank(part, sums, (row) => scales[stretchOf(row)]!.rate)
  const tally = (from: Sums, rows: Iterable<number>, of: (row: number) => number): Tally =>
    new Tally(from, rows, of, scales, context)
  const ranked = [...parts.values()]
    .filter(({ counted, leaving }) => counted.length + leaving.length > 0)
    .sort((a, b) => b.roce - a.roce || b.bytes - a.bytes || (a.id < b.id ? -1 : 1))
  const rows = ranked.slice(0, options.top).map((part) => ({
    ...measures(tally(sums, part.counted, stretchOf), tally(sums, part.leaving, stretchOf), options.by === 'qp', byKey),
    kind: 'row' as const,
    name: part.name,
    id: part.id,
  }))
  const segmentStretch = (s: number): number => places.stretchOf[s]!
  const segments = byKey ? flagged(choice.counts) : [...parts.values()].flatMap((x) => x.counted)
  const leaving = byKey ? flagged(choice.leaves) : segments
  const total: AiRow = {
    ...measures(
      tally(window.sums, segments, segmentStretch),
      tally(window.sums, leaving, segmentStretch),
      false,
      byKey,
    ),
    kind: 'total',
    name: 'total',
    id: '',
  }
  const shared = [...rows, ...otherOf(total, rows, Math.max(0, ranked.length - rows.length)), total]
  return shared.map((row) => ({ ...row, share: shareOf(row.rocePps.value, total.rocePps.value) }))
}

/** Packets that come in by a port; of ports that only sample what leaves, that. A link has two ports, a direction each. */
function partsByPort({ places }: OpenWindow, { by, index, hasTopology }: AiOptions): Map<string, Part> {
  const parts = new Map<string, Part>()
  const { keys } = places.sources
  const ingress = new Set<number>()
  for (let s = 0; s < places.segments.count; s++) {
    if (places.side(s) === Side.ingress) ingress.add(places.sourceOf(s))
  }
  for (let s = 0; s < places.segments.count; s++) {
    const at = places.agentAt(s)
    const ifIndex = keys[at + 5]!
    if (keys[at + 4] !== 0 || (places.side(s) !== Side.ingress && ingress.has(places.sourceOf(s)))) continue
    const link = hasTopology ? index.link(keys, ifIndex, at) : undefined
    if (by === 'link' && link === undefined) continue
    const agent = addressText(keys, at) ?? 'unknown'
    const port = `${index.node(keys, ifIndex, at) ?? agent} ${index.ifname(keys, ifIndex, at) ?? ifIndex}`
    const id = by === 'link' ? link! : `${agent} ${ifIndex}`
    const part = partOf(parts, id, by === 'link' ? link! : port)
    part.counted.push(s)
    part.leaving.push(s)
  }
  return parts
}

function partsByKey(window: OpenWindow, { by, groups }: AiOptions, choice: Choice): Map<string, Part> {
  const parts = new Map<string, Part>()
  const words = window.keys.keys
  for (let row = 0; row < window.keys.count; row++) {
    const at = row * KEY_WORDS
    const segment = words[at]!
    if (choice.counts[segment] !== 1 && choice.leaves[segment] !== 1) continue
    let name: string
    if (by === 'qp') {
      const address = addressText(words, at + 1) ?? 'unknown'
      name = `${address} QP 0x${words[at + 5]!.toString(16).padStart(6, '0')}`
    } else {
      const group = words[at + 1]! - 1
      name = groups[group >>> 16]!.names[group & 0xffff] ?? String(group)
    }
    const part = partOf(parts, name, name)
    if (choice.counts[segment] === 1) part.counted.push(row)
    if (choice.leaves[segment] === 1) part.leaving.push(row)
  }
  return parts
}

function partOf(parts: Map<string, Part>, id: string, name: string): Part {
  const known = parts.get(id)
  if (known !== undefined) return known
  const part = { id, name, counted: [], leaving: [], roce: 0, bytes: 0 }
  parts.set(id, part)
  return part
}

function rank(part: Part, { values, width }: Sums, rateOf: (row: number) => number): void {
  for (const row of part.counted) {
    const rate = rateOf(row) || 1
    part.roce += rate * values[row * width + Column.roce]!
    part.bytes += rate * values[row * width + Column.bytes]!
  }
}

function flagged(flags: Uint8Array): number[] {
  return [...flags].flatMap((flag, s) => (flag === 1 ? [s] : []))
}

type Measures = Omit<AiRow, 'kind' | 'name' | 'id'>

/** @param roceOnly the bytes are those of RoCE: rows by key know no others */
function measures(all: Tally, left: Tally, isQueuePair: boolean, roceOnly: boolean): Measures {
  return {
    bps: roceOnly
      ? all.sumRate(Column.roce, Column.roceBytes, Column.roceBytesSquared, all.most(Column.longest), 8)
      : all.sumRate(Column.frames, Column.bytes, Column.bytesSquared, all.most(Column.longest), 8),
    rocePps: all.rate(Column.roce),
    share: null,
    rdmaOps: all.rate(Column.reth),
    rdmaBytes: all.mean(Column.reth, Column.dma, Column.dmaSquared),
    messages: all.rate(Column.messages),
    ecn: left.rate(Column.ce),
    cnp: all.rate(Column.cnp),
    nak: all.rate(Column.nak),
    rnr: all.rate(Column.rnr),
    psn: isQueuePair ? packetsOf(all) : null,
    samples: all.count(Column.roce),
  }
}

/** What the total has beyond its rows: without error, as theirs are in it. None where that is nothing. */
function otherOf(total: AiRow, rows: readonly AiRow[], left: number): AiRow[] {
  const rest = (of: (row: AiRow) => Measure): Measure => {
    const whole = of(total)
    if (whole.value === null) return unknown
    const known = rows.reduce((sum, row) => sum + (of(row).value ?? 0), 0)
    const samples = rows.reduce((sum, row) => sum + of(row).samples, 0)
    return { ...unknown, value: Math.max(0, whole.value - known), samples: Math.max(0, whole.samples - samples) }
  }
  const rocePps = rest((x) => x.rocePps)
  const bps = rest((x) => x.bps)
  if (left === 0 && bps.samples === 0 && rocePps.samples === 0) return []
  return [
    {
      kind: 'other',
      name: left === 0 ? '(other)' : `(other: ${left})`,
      id: '',
      bps,
      rocePps,
      share: null,
      rdmaOps: rest((x) => x.rdmaOps),
      rdmaBytes: unknown,
      messages: rest((x) => x.messages),
      ecn: rest((x) => x.ecn),
      cnp: rest((x) => x.cnp),
      nak: rest((x) => x.nak),
      rnr: rest((x) => x.rnr),
      psn: null,
      samples: rocePps.samples,
    },
  ]
}

function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole
}
