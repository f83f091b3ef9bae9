// Owns what every screen of an analysis says of its run: where it listens, for how long, what came and what was lost. Knows no
// analysis. Start at RunClock.

import type { LiveReport } from '../source/source.ts'
import { lostShareOf } from './lost.ts'
import type { Reading } from './reading.ts'

/** Part of a snapshot: plain values that go from thread to thread. */
export interface RunState {
  /** `udp://[::]:6343` or a file's name. */
  readonly source: string
  /** Where --serve answers: `http://127.0.0.1:8008`. */
  readonly served?: string | undefined
  /** Since the start of the program. */
  readonly seconds: number
  readonly datagrams: number
  /** Over the last seconds. */
  readonly datagramsPerSecond: number
  /** Lost of all datagrams that were sent, 0 to 1; null before the first. */
  readonly lostShare: number | null
}

/** Datagrams a second are taken over so much. */
const RATE_MS = 5000

/** Starts with the run. */
export class RunClock {
  readonly #source: string
  readonly #start = performance.now()
  readonly #marks: { readonly ms: number; readonly datagrams: number }[] = []

  /** @param source until the sockets are open */
  constructor(source: string) {
    this.#source = source
  }

  /** @param live what the sockets say */
  state<Window>(reading: Reading<Window>, live: LiveReport | undefined): RunState {
    const now = performance.now()
    const datagrams = reading.gate.offered
    return {
      source: live?.bound.join(', ') ?? this.#source,
      served: reading.served,
      seconds: (now - this.#start) / 1000,
      datagrams,
      datagramsPerSecond: this.#rate(now, datagrams),
      lostShare: lostShareOf(reading),
    }
  }

  #rate(now: number, datagrams: number): number {
    this.#marks.push({ ms: now, datagrams })
    while (this.#marks.length > 2 && now - this.#marks[1]!.ms >= RATE_MS) this.#marks.shift()
    const first = this.#marks[0]!
    return now > first.ms ? ((datagrams - first.datagrams) / (now - first.ms)) * 1000 : 0
  }
}
