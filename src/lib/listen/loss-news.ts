// Owns telling of loss while a listener runs without a screen: a line each ten seconds in which something was lost. Knows no
// clock and no output. Start at LossNews.take.

import { formatCount } from '../errors.ts'

/** Counts since the start; null where this system does not tell, or the agents do not. */
export interface LossSoFar {
  /** Datagrams missing by sequence numbers. */
  readonly lost: number | null
  readonly kernelDropped: number | null
  readonly queueDropped: number
  /** Samples that agents dropped themselves. */
  readonly ownDrops: number
}

/** So long is waited before a gap is told: what was only overtaken has come by then, mostly. */
const EVERY_MS = 10_000

/** Compares what was lost with what was lost ten seconds ago. */
export class LossNews {
  #told: LossSoFar = { lost: 0, kernelDropped: 0, queueDropped: 0, ownDrops: 0 }
  #toldMs: number

  /** @param nowMs of a clock that only goes forward, as for `take` */
  constructor(nowMs: number) {
    this.#toldMs = nowMs
  }

  /**
   * Call about once a second.
   * @param soFar is asked where ten seconds are over
   * @returns a line, where something was lost in them
   */
  take(nowMs: number, soFar: () => LossSoFar): string | undefined {
    const ms = nowMs - this.#toldMs
    if (ms < EVERY_MS) return undefined
    const before = this.#told
    const now = soFar()
    this.#told = now
    this.#toldMs = nowMs
    const parts: string[] = []
    const part = (was: number | null, is: number | null, words: (count: number) => string) => {
      const grown = (is ?? 0) - (was ?? 0)
      if (grown > 0) parts.push(words(grown))
    }
    part(before.lost, now.lost, (n) => `${counted(n, 'datagram')} by the agents’ numbers`)
    part(before.kernelDropped, now.kernelDropped, (n) => `${counted(n, 'datagram')} by the kernel`)
    part(before.queueDropped, now.queueDropped, (n) => `${counted(n, 'datagram')} by sonde itself`)
    part(before.ownDrops, now.ownDrops, (n) => `${counted(n, 'sample')} by agents themselves`)
    return parts.length > 0 ? `Lost in ${Math.round(ms / 1000)} s: ${parts.join(', ')}.` : undefined
  }
}

const counted = (count: number, one: string): string => `${formatCount(count)} ${one}${count === 1 ? '' : 's'}`
