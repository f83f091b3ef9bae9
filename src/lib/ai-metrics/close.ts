// Owns what becomes of a window: which samples count, scales, and all its numbers. Nothing of the window is changed. See
// ai-metrics.ts for the folder. Start at closeWindow.

import type { Slots } from '../agents/slots.ts'
import type { SourceNote } from '../flow/rows.ts'
import { scalesOf } from '../flow/scale.ts'
import { noteSources } from '../flow/source-notes.ts'
import { aethCredits } from '../names/bth.ts'
import type { PeriodState } from '../period/period.ts'
import type { Choice } from './choice.ts'
import type { CounterPorts } from './counter-ports.ts'
import { tierImbalances } from './ecmp.ts'
import { kindsOf, nameOfCode } from './kinds.ts'
import { Tally, type TallyContext } from './measure.ts'
import type { OpenWindow } from './open-window.ts'
import type { AiOptions } from './options.ts'
import { fiveNumbers, portLoads } from './port-loads.ts'
import { rowsOf } from './row-maker.ts'
import type { AiHistory, AiWindow, CounterRates, Credits } from './rows.ts'
import { messagesOf, packetsOf } from './sequence-rates.ts'
import { strayLinks } from './stray-links.ts'
import { CodeKind, Column } from './sums.ts'

/** What a window does not know of itself. */
export interface Closing {
  readonly options: AiOptions
  readonly choice: Choice
  readonly counters: CounterPorts
  readonly startMs: number
  readonly endMs: number
  readonly seconds: number
  /** Of smoothed sums: what a sample of now weighs; else 1. */
  readonly weight: number
  readonly quietRate: number
  /** Nothing was heard for so long that nothing is known of now. */
  readonly silent: boolean
  /** Last sample of any kind, milliseconds since 1970. */
  readonly heardMs: number
  /** All agents that were heard; undefined while some may not have been. */
  readonly agents: Slots | undefined
  readonly tooLate: number
  /** An agent has told of discards, ever. */
  readonly tellsDiscards: boolean
  readonly period: PeriodState | null
  readonly history: AiHistory
}

const noCounters: CounterRates = Object.freeze({
  errorsIn: null,
  errorsOut: null,
  discardsIn: null,
  discardsOut: null,
  ports: 0,
})

export function closeWindow(window: OpenWindow, closing: Closing): AiWindow {
  const { options, choice, counters, startMs, endMs, seconds, weight, quietRate, silent } = closing
  const { places, sums } = window
  const { index, hasTopology, compat, top, by } = options
  const scales = scalesOf(places, false, compat ? 'configured' : 'effective')
  const context: TallyContext = { seconds: seconds * weight, alike: choice.alike, quietRate }
  const tallyOf = (flags: Uint8Array): Tally =>
    new Tally(sums, segmentsOf(flags), (s) => places.stretchOf[s]!, scales, context)
  const all = tallyOf(choice.counts)
  const left = tallyOf(choice.leaves)
  // One that does not fit says nothing of ports either.
  const isMapped = hasTopology && !(choice.agg !== 'edge' && choice.fit?.fits === false)
  const loads =
    isMapped && !silent ? portLoads(places, sums, scales, seconds * weight, index, counters, endMs) : undefined
  const of = (isCore: boolean): number[] =>
    [...(loads?.values() ?? [])].filter((load) => load.isCore === isCore).map((load) => load.bitsPerSecond)
  const roce = all.count(Column.roce)
  return {
    startMs,
    endMs,
    seconds,
    compat,
    agg: choice.agg,
    aggLabel: choice.label,
    fit: choice.fit,
    samples: window.received,
    counted: all.count(Column.frames) / weight,
    roceSamples: roce / weight,
    cutBeforeBth: all.count(Column.cutBefore) / weight,
    cutBehindBth: all.count(Column.cutBehind) / weight,
    bps: all.sumRate(Column.frames, Column.bytes, Column.bytesSquared, all.most(Column.longest), 8),
    roceBps: all.sumRate(Column.roce, Column.roceBytes, Column.roceBytesSquared, all.most(Column.longest), 8),
    rocePps: all.rate(Column.roce),
    uetPps: all.rate(Column.uet),
    operations: kindsOf(all, CodeKind.opcode, 256, Column.roce, top, nameOfCode.opcode),
    messages: all.rate(Column.messages),
    bytesPerMessage: all.quotientOf(Column.roceBytes, Column.messages),
    rdmaOps: all.rate(Column.reth),
    rdmaBytes: all.mean(Column.reth, Column.dma, Column.dmaSquared),
    rdmaBytesMin: found(all.most(Column.dmaLeast), (x) => 0x100000000 - x),
    rdmaBytesMax: found(all.most(Column.dmaMost), (x) => x - 1),
    rdmaBytesPerSecond: all.sumRate(Column.reth, Column.dma, Column.dmaSquared, all.most(Column.dmaMost)),
    rdmaSizes: kindsOf(all, CodeKind.size, 32, Column.reth, top, nameOfCode.size),
    credits: creditsOf(all),
    nak: kindsOf(all, CodeKind.syndrome + 0x60, 0x20, Column.nak, top, nameOfCode.nak),
    rnr: kindsOf(all, CodeKind.syndrome + 0x20, 0x20, Column.rnr, top, nameOfCode.rnr),
    ecn: left.rate(Column.ce),
    ecnShare: left.share(Column.ce, Column.roce),
    ceComplete: choice.complete,
    cnp: (compat ? left : all).rate(Column.cnp),
    cnpUnexpected: all.rate(Column.cnpOther),
    trim: choice.everywhere === undefined ? left.rate(Column.trim) : tallyOf(choice.everywhere).rate(Column.trimAny),
    psn: packetsOf(all),
    msn: messagesOf(all),
    edge: fiveNumbers(of(false)),
    core: fiveNumbers(of(true)),
    ecmp: loads === undefined ? null : tierImbalances(index.topology, loads),
    silent,
    strayLinks:
      isMapped && closing.agents !== undefined ? strayLinks(index, closing.agents, places, choice.counts) : [],
    quietMs: Math.max(0, endMs - closing.heardMs),
    counters: silent ? noCounters : counters.rates(index, isMapped, endMs),
    drops: closing.tellsDiscards && !silent ? window.discards.kinds(top, seconds * weight) : null,
    period: closing.period,
    by: by ?? null,
    rows: by === undefined ? [] : rowsOf(window, options, choice, scales, context),
    sources: notesOf(window, compat),
    loss: {
      lost: Math.max(0, window.lost),
      agentDrops: Math.max(0, window.agentDrops),
      tooLate: closing.tooLate,
      unplaced: window.unplaced,
    },
    history: closing.history,
  }
}

/** Numbers of the segments whose flag is 1. */
export function segmentsOf(flags: Uint8Array): number[] {
  const segments: number[] = []
  for (let s = 0; s < flags.length; s++) if (flags[s] === 1) segments.push(s)
  return segments
}

function found(most: number, of: (most: number) => number): number | null {
  return most === 0 ? null : of(most)
}

function creditsOf(all: Tally): Credits {
  const acks = all.count(Column.acks)
  const without = all.count(Column.withoutCount)
  const codeMin = found(all.most(Column.codeLeast), (x) => 32 - x)
  const codeMax = found(all.most(Column.codeMost), (x) => x - 1)
  return {
    avg: all.mean(Column.acks, Column.credits, Column.creditsSquared),
    min: codeMin === null ? null : aethCredits[codeMin]!,
    max: codeMax === null ? null : aethCredits[codeMax]!,
    codeAvg: all.quotient(Column.codes, Column.acks),
    codeMin,
    codeMax,
    withoutCount: acks + without > 0 ? without / (acks + without) : null,
  }
}

function notesOf(window: OpenWindow, compat: boolean): readonly SourceNote[] {
  return compat ? [] : noteSources({ places: window.places, sampleWeight: 1 }, scalesOf(window.places, false))
}
