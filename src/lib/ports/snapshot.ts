// Owns what a screen sees of `sonde ports` and what it may ask, as plain values that go from thread to thread. Knows no
// screen and no engine. Start at PortsSnapshot.

import type { PortRow } from '../port-rates/port-row.ts'

export const portSorts = ['utilization', 'rate', 'in', 'out', 'errors', 'discards', 'packets', 'ratio', 'name'] as const
export type PortSort = (typeof portSorts)[number]

export interface PortsSnapshot {
  /** `udp://[::]:6343` or a file's name. */
  readonly source: string
  /** Since the start of the program. */
  readonly seconds: number
  readonly windowMs: number | 'all'
  readonly startMs: number | null
  readonly endMs: number | null
  readonly sort: PortSort
  readonly filter: string | null
  /** At most as many as asked for, by `sort`. */
  readonly rows: readonly PortRow[]
  /** All that are known, and of them those that are down, have errors, discards, a sampling rate that is off. */
  readonly ports: number
  readonly down: number
  readonly withErrors: number
  readonly withDiscards: number
  readonly samplingOff: number
  readonly datagrams: number
  readonly datagramsPerSecond: number
  /** Lost of all datagrams that were sent, 0 to 1; null before the first. */
  readonly lostShare: number | null
  readonly notes: readonly string[]
  /** Number of the last command that was done or refused; 0 before the first. */
  readonly answered: number
  readonly refused: { readonly message: string; readonly nextSteps: readonly string[] } | null
}

/** What is left out stays as it is. */
export interface PortsChange {
  readonly kind: 'set'
  readonly sort?: PortSort
  readonly top?: number
  /** As on the command line; '' for none. */
  readonly filter?: string
  readonly windowMs?: number
}

/** `id` grows with each command; the snapshot says which one was `answered`. */
export type PortsCommand = (PortsChange | { readonly kind: 'reset' }) & { readonly id: number }
