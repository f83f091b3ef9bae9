// Owns what --compat changes: numbers as sFlow-RT's AI Metrics 0.6 has them, quirks included. What of it is known and what assumed
// is in docs/ai-metrics.md. See ai-metrics.ts for the folder. Start at compatWindow.

import { type Places, Side } from '../flow/places.ts'
import type { Choice } from './choice.ts'
import type { OpenWindow } from './open-window.ts'
import type { AiOptions } from './options.ts'
import type { AiRow, AiWindow, Credits, FiveNumbers, Kinds, Measure } from './rows.ts'

/** Lists of kinds end here, and what is smaller is left out. */
const MOST_KINDS = 5
const LEAST_OPERATIONS = 1
const LEAST_DROPS = 0.0001
/** Of decayed sums what is left of less than this sample, 28 s after one, is none. */
const LEAST_SAMPLES = 1e-6
/** Traffic of a port, bit/s, likewise. */
const LEAST_BPS = 1e-3
const noPorts: FiveNumbers = { ports: 0, min: 0, q1: 0, median: 0, q3: 0, max: 0 }

/** Traffic counts where it comes in by edge ports; marks and notifications wherever it comes into a switch, and trimmed packets both ways. */
export function compatChoice(places: Places, { index }: AiOptions): Choice {
  const { keys } = places.sources
  const { count } = places.segments
  const counts = new Uint8Array(count)
  const leaves = new Uint8Array(count)
  const everywhere = new Uint8Array(count)
  for (let s = 0; s < count; s++) {
    const at = places.agentAt(s)
    if (keys[at + 4] !== 0 || !index.isNode(keys, at)) continue
    everywhere[s] = 1
    if (places.side(s) !== Side.ingress) continue
    leaves[s] = 1
    if (index.isEdge(keys, keys[at + 5]!, at)) counts[s] = 1
  }
  const label = 'as sFlow-RT: traffic at edge ports, marks at every port'
  return { agg: 'edge', label, fit: undefined, counts, leaves, everywhere, complete: null, alike: 1 }
}

/**
 * Without errors, and with 0 for what is not known.
 * @param weight of decayed sums: what a sample of now weighs; else 1
 */
export function compatWindow(window: AiWindow, weight: number): AiWindow {
  const { counters, credits } = window
  const zeroed = zeroedBy(weight)
  return {
    ...window,
    counted: left(window.counted),
    roceSamples: left(window.roceSamples),
    cutBeforeBth: left(window.cutBeforeBth),
    cutBehindBth: left(window.cutBehindBth),
    bps: zeroed(window.bps),
    roceBps: zeroed(window.roceBps),
    rocePps: zeroed(window.rocePps),
    uetPps: zeroed(window.uetPps),
    operations: listed(window.operations, LEAST_OPERATIONS, zeroed),
    messages: zeroed(window.messages),
    bytesPerMessage: zeroed(window.bytesPerMessage),
    rdmaOps: zeroed(window.rdmaOps),
    rdmaBytes: zeroed(window.rdmaBytes),
    rdmaBytesPerSecond: zeroed(window.rdmaBytesPerSecond),
    credits: { ...credits, avg: zeroed(credits.avg), min: credits.min ?? 0, max: credits.max ?? 0 },
    ecn: zeroed(window.ecn),
    cnp: zeroed(window.cnp),
    cnpUnexpected: zeroed(window.cnpUnexpected),
    trim: zeroed(window.trim),
    edge: ports(window.edge),
    core: ports(window.core),
    counters: {
      ...counters,
      errorsIn: counters.errorsIn ?? 0,
      errorsOut: counters.errorsOut ?? 0,
      discardsIn: counters.discardsIn ?? 0,
      discardsOut: counters.discardsOut ?? 0,
    },
    drops: window.drops && listed(window.drops, LEAST_DROPS, zeroed),
    rows: window.rows.map((row) => compatRow(row, weight)),
  }
}

function compatRow(row: AiRow, weight: number): AiRow {
  const zeroed = zeroedBy(weight)
  return {
    ...row,
    bps: zeroed(row.bps),
    rocePps: zeroed(row.rocePps),
    rdmaOps: zeroed(row.rdmaOps),
    rdmaBytes: zeroed(row.rdmaBytes),
    messages: zeroed(row.messages),
    ecn: zeroed(row.ecn),
    cnp: zeroed(row.cnp),
    nak: zeroed(row.nak),
    rnr: zeroed(row.rnr),
    samples: left(row.samples / weight),
  }
}

function zeroedBy(weight: number): (measure: Measure) => Measure {
  return ({ value, samples }) => {
    const isNone = value === null || samples / weight < LEAST_SAMPLES
    return { value: isNone ? 0 : value, errorPct: null, low: null, high: null, samples: isNone ? 0 : samples }
  }
}

/** Samples that are left of decayed ones. */
function left(samples: number): number {
  return samples < LEAST_SAMPLES ? 0 : samples
}

function ports(five: FiveNumbers | null): FiveNumbers {
  if (five === null) return noPorts
  const bps = (x: number): number => (x < LEAST_BPS ? 0 : x)
  const { min, q1, median, q3, max } = five
  return { ports: five.ports, min: bps(min), q1: bps(q1), median: bps(median), q3: bps(q3), max: bps(max) }
}

function listed({ rate, top }: Kinds, least: number, zeroed: (measure: Measure) => Measure): Kinds {
  const kept = top.slice(0, MOST_KINDS).map((kind) => ({ ...kind, rate: zeroed(kind.rate) }))
  return { rate: zeroed(rate), top: kept.filter((kind) => kind.rate.value! >= least), other: null }
}

/**
 * Extremes don't decay: they are those of the last two windows, which is the time constant where windows are a second; without any in
 * these, the last that there were, as long as there is a mean.
 */
export class Extremes {
  #before: Credits | undefined
  /** The last that there were: they last as long as the mean. */
  #known: Credits | undefined

  /** The next window begins with none. */
  take(window: AiWindow, open: OpenWindow): AiWindow {
    open.sums.forgetExtremes()
    const now = window.credits
    const before = this.#before
    this.#before = now
    if (before === undefined) {
      this.#known = now.codeMin === null ? undefined : now
      return window
    }
    const pick = (of: (...values: number[]) => number, a: number | null, b: number | null): number | null =>
      a === null ? b : b === null ? a : of(a, b)
    const isNone = (credits: Credits): boolean => credits.codeMin === null
    if (!isNone(now)) this.#known = now
    if (isNone(before) && isNone(now) && this.#known !== undefined && now.avg.value !== 0) {
      const { min, max, codeAvg, codeMin, codeMax } = this.#known
      return { ...window, credits: { ...now, min, max, codeAvg: now.codeAvg ?? codeAvg, codeMin, codeMax } }
    }
    if (isNone(before)) return window
    const known = isNone(now) ? before : undefined
    const credits: Credits = {
      ...now,
      min: known?.min ?? pick(Math.min, now.min, before.min),
      max: known?.max ?? pick(Math.max, now.max, before.max),
      codeMin: pick(Math.min, now.codeMin, before.codeMin),
      codeMax: pick(Math.max, now.codeMax, before.codeMax),
    }
    return { ...window, credits }
  }
}
