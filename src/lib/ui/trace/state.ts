// Owns what the screen of `sonde trace` is fed with, and who makes it: steps sorted into packets as they come, a state of them now and
// then. Knows no terminal. Start at TraceEye. See ../trace-screen.ts.

import type { TraceEnd, TraceHead } from '../../trace/head.ts'
import type { PacketLimits, PacketTrack } from '../../trace/packets.ts'
import { Routes, type Summary } from '../../trace/routes.ts'
import type { TraceProgress, TraceSight } from '../../trace/run.ts'
import type { TraceStep } from '../../trace/step.ts'
import { rowOf, type TraceRow } from './row.ts'

export interface TraceState {
  /** Undefined where a recording does not say. */
  readonly head: TraceHead | undefined
  /** Name of the recording; undefined: it is this kernel. */
  readonly recording: string | undefined
  /** Since it began; of a recording from its first step to its last. */
  readonly seconds: number
  readonly progress: TraceProgress
  /** Over the last second; null of a recording. */
  readonly stepsPerSecond: number | null
  /** How it ended; undefined while it goes on. */
  readonly end: TraceEnd | undefined
  /** Damaged places of a recording, and what else was told, a line each. */
  readonly notes: readonly string[]
  /** Packets in the order of their first steps. */
  readonly rows: readonly TraceRow[]
  /** Packets since the beginning, those included that are no longer kept. */
  readonly packets: number
  readonly letGo: number
  /** Routes of all packets that are over by now; takes a while where there are many. */
  readonly routes: () => Summary
}

/** More than anybody looks through; a step takes some 300 bytes, so this is 60 MB at most. */
export const screenLimits: PacketLimits = Object.freeze({
  mostOpen: 20_000,
  mostKept: 10_000,
  mostOfOne: 512,
  mostSteps: 200_000,
})

/** As often as the screen draws. */
const STATE_MS = 200
/** The rate is one over so many states: a second. */
const RATE_STATES = 5
const MOST_NOTES = 100

export interface EyeOptions {
  readonly recording: string | undefined
  readonly show: (state: TraceState) => void
  /** ms that only go up; given by tests. */
  readonly now?: () => number
}

/** Looks at a trace for the screen. The work of a step is bounded; that of a state by the packets that are kept. */
export class TraceEye implements TraceSight {
  readonly #options: EyeOptions
  readonly #now: () => number
  readonly #routes = new Routes(screenLimits)
  /** A row for each packet, anew where it has changed: what is known of a row stays known. */
  readonly #rows = new WeakMap<PacketTrack, TraceRow>()
  #head: TraceHead | undefined
  #notes: string[] = []
  #beganMs: number
  #shownMs = Number.NEGATIVE_INFINITY
  #progress: TraceProgress = { steps: 0, seen: undefined, refused: undefined, lost: 0 }
  /** When the last states were, and steps until then. */
  readonly #times: { readonly ms: number; readonly steps: number }[] = []
  #firstTime: bigint | undefined
  #lastTime = 0n

  constructor(options: EyeOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#beganMs = this.#now()
  }

  begin(head: TraceHead | undefined): void {
    this.#head = head
    this.#beganMs = this.#now()
    this.#show(undefined)
  }

  step(step: TraceStep): void {
    this.#firstTime ??= step.time
    if (step.time > this.#lastTime) this.#lastTime = step.time
    this.#routes.add(step)
  }

  turn(progress: TraceProgress): boolean {
    this.#progress = progress
    if (this.#now() - this.#shownMs >= STATE_MS) this.#show(undefined)
    return true
  }

  /** Something that a person should know beside the numbers: kept up to a bound. */
  note(line: string): void {
    if (this.#notes.length < MOST_NOTES) this.#notes.push(line)
  }

  /** There will be no more steps. */
  end(end: TraceEnd): void {
    this.#progress = end
    this.#routes.stop()
    this.#show(end)
  }

  #show(end: TraceEnd | undefined): void {
    const ms = this.#now()
    this.#shownMs = ms
    const { kept, counts } = this.#routes.packets
    const { recording, show } = this.#options
    const span = this.#firstTime === undefined ? 0 : Number(this.#lastTime - this.#firstTime) / 1e9
    show({
      head: this.#head,
      recording,
      seconds: recording === undefined ? (end?.seconds ?? (ms - this.#beganMs) / 1000) : span,
      progress: this.#progress,
      stepsPerSecond: recording === undefined && end === undefined ? this.#rate(ms) : null,
      end,
      notes: [...this.#notes],
      rows: kept.map((track) => this.#row(track)),
      packets: counts.packets,
      letGo: counts.letGo,
      routes: () => this.#routes.summary(this.#progress.lost),
    })
  }

  #row(track: PacketTrack): TraceRow {
    const known = this.#rows.get(track)
    if (known !== undefined && known.last === track.last && known.leftOut === track.leftOut) return known
    const row = rowOf(track)
    this.#rows.set(track, row)
    return row
  }

  #rate(ms: number): number {
    const { steps } = this.#progress
    this.#times.push({ ms, steps })
    if (this.#times.length > RATE_STATES + 1) this.#times.shift()
    const since = this.#times[0]!
    return ms > since.ms ? ((steps - since.steps) * 1000) / (ms - since.ms) : 0
  }
}
