// Owns the seam between a listener and what it does with datagrams beside printing. Knows no socket and no file.
// Start at Side.

import type { Batch } from '../source/source.ts'
import type { ListenFacts } from './facts.ts'
import type { SideState } from './snapshot.ts'

/** Takes every datagram; never blocks the data path and never throws on it: what fails is counted and told. */
export interface Side {
  /** Datagram `i` of the batch; copies what it keeps. */
  take(batch: Batch, i: number): void
  /** Called about once a second, also when nothing comes. */
  tick(): void
  /** Called about once a second with what happened in it, where the side wants to know. */
  check?(facts: ListenFacts, nowMs: number): void
  state(): SideState
  /** Writes or sends what is left. */
  close(): Promise<void>
}
