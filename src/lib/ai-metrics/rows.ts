// Owns what the engine gives: one window's numbers as plain values that can be sent to another thread. Unknown is null, never
// 0. Knows no form of output. See ai-metrics.ts for the folder. Start at AiWindow.

import type { TopologyFit } from '../flow/fit.ts'
import type { Aggregation } from '../flow/options.ts'
import type { SourceNote } from '../flow/rows.ts'
import type { PeriodState } from '../period/period.ts'

/** A rate, share or mean by samples, with its error of the sampling at 95 %. */
export interface Measure {
  readonly value: number | null
  /** ± percent of the value, half the way between low and high; null where it is 0 or has no error. */
  readonly errorPct: number | null
  readonly low: number | null
  readonly high: number | null
  /** Samples that it rests on. */
  readonly samples: number
}

/** One of several kinds: an operation, a NAK code, a drop reason. */
export interface Kind {
  /** `RC RDMA WRITE First`; not made safe for a terminal. */
  readonly name: string
  /** Opcode, syndrome or reason; null for what is left of several. */
  readonly code: number | null
  /** A second. */
  readonly rate: Measure
  /** Of all of them, 0 to 1. */
  readonly share: number | null
}

/** Kinds, the most frequent first. */
export interface Kinds {
  readonly rate: Measure
  readonly top: readonly Kind[]
  /** What `top` leaves out, so that nothing is lost; null where that is nothing. */
  readonly other: { readonly kinds: number; readonly rate: Measure; readonly share: number | null } | null
}

/** Bit/s of ports: least, quartiles (linear between ranks, type 7), most. */
export interface FiveNumbers {
  readonly ports: number
  readonly min: number
  readonly q1: number
  readonly median: number
  readonly q3: number
  readonly max: number
}

/** How unevenly the links that packets may choose between are used. */
export interface TierImbalance {
  /** `1 up`: from switches with hosts to those above; see docs/ai-metrics.md. */
  readonly tier: string
  /** Links, and the switches that choose. */
  readonly links: number
  readonly switches: number
  readonly bitsPerSecond: number
  /** Busiest link over the mean of the same switch, weighed by the switches' traffic; 1 is even. */
  readonly maxOverMean: number
  /** Standard deviation over mean, likewise; and what of it chance makes at this number of samples. */
  readonly variation: number
  readonly variationByChance: number
  /** The busiest link, and its share of its switch's. */
  readonly busiest: { readonly node: string; readonly link: string; readonly share: number }
  /** Links, the busiest first, 16 at most. */
  readonly shares: readonly { readonly node: string; readonly link: string; readonly share: number }[]
}

/** Credits of acknowledgements; code 31 (no valid count) is in none of them. */
export interface Credits {
  readonly avg: Measure
  readonly min: number | null
  readonly max: number | null
  /** The same by code, 0 to 30, as it is in the packet. */
  readonly codeAvg: number | null
  readonly codeMin: number | null
  readonly codeMax: number | null
  /** Acknowledgements without valid count, of all, 0 to 1. */
  readonly withoutCount: number | null
}

/** What differences of sequence numbers say, of those pairs of samples between which they can't have wrapped. */
export interface Sequence {
  /** Packets (PSN) or messages (MSN) a second in these pairs: not scaled by sampling. Null without a pair. */
  readonly advancePerSecond: number | null
  readonly pairs: number
  /** Pairs in which it went back, by no more than can be outstanding: sent again, or overtaken. PSN only. */
  readonly backwards: number
  /** Pairs left out, because it may have wrapped, or another connection has begun. */
  readonly ambiguous: number
}

/** Interface counters, a second; null where no port has them. */
export interface CounterRates {
  readonly errorsIn: number | null
  readonly errorsOut: number | null
  readonly discardsIn: number | null
  readonly discardsOut: number | null
  /** Ports that are in it. */
  readonly ports: number
}

export type AiBy = 'port' | 'link' | 'qp' | 'group'

/** A port, link, queue pair or group. */
export interface AiRow {
  readonly kind: 'row' | 'other' | 'total'
  /** Name, as a person reads it; not made safe. `leaf1 eth3`, `10.0.0.2 QP 0x000123`. */
  readonly name: string
  /** The same in every window. */
  readonly id: string
  readonly bps: Measure
  readonly rocePps: Measure
  readonly share: number | null
  readonly rdmaOps: Measure
  readonly rdmaBytes: Measure
  readonly messages: Measure
  readonly ecn: Measure
  readonly cnp: Measure
  readonly nak: Measure
  readonly rnr: Measure
  /** By qp only. */
  readonly psn: Sequence | null
  readonly samples: number
}

/** All numbers of one window. */
export interface AiWindow {
  /** Milliseconds since 1970; of all of the input the first and last sample. */
  readonly startMs: number
  readonly endMs: number
  /** What rates are by: shorter than the window where samples begin or end inside. */
  readonly seconds: number
  /** Numbers as sFlow-RT's AI Metrics has them: see docs/ai-metrics.md. */
  readonly compat: boolean
  /** Nothing was heard for so long before it that quiet can't be told from gone: its numbers are not known. */
  readonly silent: boolean
  /** From the last sample of any kind to its end, milliseconds; 0 where later ones had come. */
  readonly quietMs: number
  /** Links of the topology that lead to no agent, where that may count packets twice: a sentence each, without a full stop. */
  readonly strayLinks: readonly string[]
  readonly agg: Aggregation
  /** Where a packet counts: `where packets enter the fabric`. */
  readonly aggLabel: string
  readonly fit: TopologyFit | undefined
  /** Flow samples that came; those that count; of these with a BTH. */
  readonly samples: number
  readonly counted: number
  readonly roceSamples: number
  /** Headers that were too short to say: no BTH behind port 4791; no RETH or AETH behind a BTH that has one. */
  readonly cutBeforeBth: number
  readonly cutBehindBth: number

  /** bit/s of all traffic, and of RoCE alone. */
  readonly bps: Measure
  readonly roceBps: Measure
  readonly rocePps: Measure
  /** Ultra Ethernet packets a second (UDP port 4793). */
  readonly uetPps: Measure
  /** RoCE packets by opcode. */
  readonly operations: Kinds
  /** Messages begun a second: FIRST and ONLY packets of SEND, WRITE, and READ requests, atomics. */
  readonly messages: Measure
  /** RoCE bytes a message, headers included. */
  readonly bytesPerMessage: Measure
  /** Packets with a RETH a second; their mean DMA length, its extremes; DMA bytes a second. */
  readonly rdmaOps: Measure
  readonly rdmaBytes: Measure
  readonly rdmaBytesMin: number | null
  readonly rdmaBytesMax: number | null
  readonly rdmaBytesPerSecond: Measure
  /** Lengths of messages by powers of two; `code` is the exponent: 2^15 to 2^16 - 1 is 15. */
  readonly rdmaSizes: Kinds
  readonly credits: Credits
  /** By code; rates of all NAK and all RNR NAK. */
  readonly nak: Kinds
  readonly rnr: Kinds
  /** RoCE packets marked CE where they leave the fabric; their share of RoCE packets seen there. */
  readonly ecn: Measure
  readonly ecnShare: Measure
  /** False: marks of the last hop can't be seen, `ecn` and `trim` are lower bounds. Null where there is no RoCE. */
  readonly ceComplete: boolean | null
  readonly cnp: Measure
  /** CNP of another form than opcode 0x81 with SE and M 0. */
  readonly cnpUnexpected: Measure
  readonly trim: Measure
  readonly psn: Sequence
  readonly msn: Sequence

  /** Null without topology, or where there is no such port. */
  readonly edge: FiveNumbers | null
  readonly core: FiveNumbers | null
  /** Null without topology. */
  readonly ecmp: readonly TierImbalance[] | null
  readonly counters: CounterRates
  /** Discarded packets by reason. Null where no agent has ever told of one. */
  readonly drops: Kinds | null
  readonly period: PeriodState | null

  readonly by: AiBy | null
  /** With `by`: ranked by RoCE packets; then `other` and `total`. */
  readonly rows: readonly AiRow[]
  readonly sources: readonly SourceNote[]
  readonly loss: AiLoss
  /** Of the run so far, oldest first, in equal steps: for sparklines. */
  readonly history: AiHistory
}

/** What is missing in a window, in flow samples. */
export interface AiLoss {
  readonly lost: number
  readonly agentDrops: number
  /** Came when their window was closed already. */
  readonly tooLate: number
  /** Of more sources or kinds than are kept. */
  readonly unplaced: number
}

/** Not scaled by what is known at a window's end: shapes, not numbers. */
export interface AiHistory {
  readonly startMs: number
  readonly stepMs: number
  readonly bps: readonly number[]
  readonly rocePps: readonly number[]
  readonly rdmaOps: readonly number[]
  readonly ecnPps: readonly number[]
  readonly cnpPps: readonly number[]
}
