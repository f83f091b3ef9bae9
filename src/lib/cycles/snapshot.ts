// Owns what is known of cycles, as plain values that go from thread to thread; and what a screen may ask. Knows no engine. See
// cycles.ts for the folder. Start at CyclesWindow.

import type { CommandAnswer, EngineCommand } from '../analysis/command-answer.ts'
import type { RunState } from '../analysis/run-state.ts'
import type { KeyValue } from '../flow/rows.ts'
import type { PeriodTrend } from '../period/period.ts'

/** `h`: the H-test over event times. `threshold`: when traffic crosses its mean, as sFlow-RT's AI Metrics does. */
export const cycleMethods = ['h', 'threshold'] as const
export type CycleMethod = (typeof cycleMethods)[number]

/** `group`: a value of the keys, or all traffic. `job`: hosts that train together. `rest`: with jobs, what is in none of them. */
export type CycleKind = 'group' | 'job' | 'rest'

/** The cycle of one group of traffic. Unknown is null; times are milliseconds since 1970. */
export interface CycleRow {
  readonly kind: CycleKind
  /** The same in every window, of one engine. */
  readonly id: string
  /** `job 1`, `rest`, the values of the keys with spaces between them, or `all`. Not made safe for a terminal. */
  readonly name: string
  /** In the order of the keys; none without keys, and for jobs. */
  readonly key: readonly KeyValue[]
  /** Addresses, of a job; null otherwise. Hosts that several jobs share are in each. */
  readonly hosts: readonly string[] | null
  readonly periodSeconds: number | null
  /** ± at 95 %. */
  readonly errorSeconds: number | null
  /** 1 - p: against chance, corrected for all that was tried; null where the method tells none, or nothing was looked at yet. */
  readonly confidence: number | null
  /** The same as p, which has more digits near confidence 1. */
  readonly p: number | null
  /** Why there is no period, in words; null with one. */
  readonly reason: string | null
  readonly dutyCycle: number | null
  readonly burstsPerStep: number | null
  readonly bytesPerStep: number | null
  readonly cyclesSeen: number | null
  /** Samples of the window that was looked at, and its length. */
  readonly samples: number
  readonly windowSeconds: number | null
  /** Share of traffic by phase, 32 of them; null without a period, or where the method folds nothing. */
  readonly profile: readonly number[] | null
  /** When phase 0 of `profile` was once. */
  readonly epochMs: number | null
  /** The time that the answer is of: the end of the group's traffic, where that ended before. */
  readonly asOfMs: number | null
  /** Packets a second (the unit of --value), of the last second. */
  readonly perSecond: number | null
  /** Of the run: samples that counted here. */
  readonly allSamples: number
  /** How long agents held the samples that this rests on. Null: not at all, as far as is known. */
  readonly hold: CycleHold | null
  readonly straggler: CycleStraggler | null
  /** The last change of the period. */
  readonly change: { readonly timeMs: number; readonly fromSeconds: number; readonly toSeconds: number } | null
  /** The last answers, oldest first; at most 256. */
  readonly history: readonly CyclePoint[]
  /** 100 ms steps of the last 30 s; null beyond the first FAST_ROWS rows. */
  readonly fast: PeriodTrend | null
}

/** Rows that have a fast chart: each has three lines of 300 values. */
export const FAST_ROWS = 16

export interface CyclePoint {
  readonly timeMs: number
  /** Null: none then. */
  readonly periodSeconds: number | null
  readonly errorSeconds: number | null
  readonly confidence: number | null
}

/** Samples that agents held back, and do not say when they took them. */
export interface CycleHold {
  /** Of all samples, 0 to 1. */
  readonly share: number
  /** Up to so long. */
  readonly seconds: number
  /** Shorter periods can't be told; 0 where few are held. */
  readonly shortestSeconds: number
}

/** The port whose bursts end last, step after step. */
export interface CycleStraggler {
  /** Names by topology or agent, else address and ifIndex. Not made safe for a terminal. */
  readonly node: string
  readonly port: string
  readonly agent: string
  readonly ifIndex: number
  readonly lagSeconds: number
  /** ± at 95 %. */
  readonly errorSeconds: number
  /** Share of the steps in which its burst was the last, and how many steps that is of. */
  readonly often: number
  readonly steps: number
  /** Ports that were compared. */
  readonly ports: number
}

/** What was known at one moment. */
export interface CyclesWindow {
  /** From the first sample on. */
  readonly startMs: number
  readonly endMs: number
  readonly seconds: number
  /** Jobs by number, or groups by samples, most first; the rest last. */
  readonly rows: readonly CycleRow[]
  /** Groups or jobs that are known: there may be more than rows. */
  readonly groups: number
  /** Flow samples that came, of them those that passed the filter, and of these those that count (each packet at one place). */
  readonly received: number
  readonly matched: number
  readonly counted: number
  /** Samples without a value for the keys; with jobs, without two addresses. In no row. */
  readonly noKey: number
  /** Samples of groups beyond the bound. In no row. */
  readonly beyond: number
  /** Missing by sequence numbers, and dropped by agents themselves. */
  readonly lost: number
  readonly agentDrops: number
  /** Where packets count: `where packets enter the fabric`, `busiest switch` ... */
  readonly where: string
  /** Agents, and of them those whose samples tell when they were taken (0:1043). */
  readonly agents: number
  readonly stampedAgents: number
  /** What makes the numbers doubtful, a sentence each. Not made safe for a terminal. */
  readonly notes: readonly string[]
}

export interface CyclesSnapshot extends RunState, CommandAnswer {
  /** As on the command line: keys, `job`, or null for all traffic as one. */
  readonly by: string | null
  readonly filter: string | null
  /** `frames`, `bytes` ... */
  readonly value: string
  readonly method: CycleMethod
  /** How far back it is looked: several lengths, or one in milliseconds. */
  readonly windowMs: number | 'auto'
  readonly minSeconds: number
  readonly maxSeconds: number
  /** As of now; null before the first sample that counts. */
  readonly window: CyclesWindow | null
  readonly notes: readonly string[]
}

/** What is left out stays as it is. Each but `kind` begins anew. */
export interface CyclesChange {
  readonly kind: 'set'
  /** Keys, `job`, or '' for all traffic as one. */
  readonly by?: string
  /** As on the command line; '' for none. */
  readonly filter?: string
  readonly windowMs?: number | 'auto'
  readonly method?: CycleMethod
}

/** `id` grows with each command; `reset` begins anew. */
export type CyclesCommand = EngineCommand<CyclesChange>
