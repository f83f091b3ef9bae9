// Owns the shape of a run over time for sparklines: sums in equal steps, of which there are never too many. Knows no scale but the
// rate that samples tell. See ai-metrics.ts for the folder. Start at History.

import type { PacketFacts } from './packet-facts.ts'
import type { AiHistory } from './rows.ts'

/** At twice as many steps two become one. */
const STEPS = 2048
const BITS = 0
const ROCE = 1
const RDMA = 2
const CE = 3
const CNP = 4
const COLUMNS = 5

export class History {
  #startMs = Number.NaN
  #stepMs = 1000
  #steps = 0
  readonly #sums = new Float64Array(2 * STEPS * COLUMNS)

  /** A packet that counts, sampled at `ms` with weight `rate`. */
  add(facts: PacketFacts, ms: number, rate: number): void {
    const at = this.#at(ms)
    if (at < 0) return
    const sums = this.#sums
    if (facts.frame > 0) sums[at + BITS]! += facts.frame * 8 * rate
    if (facts.opcode < 0) return
    sums[at + ROCE]! += rate
    if (facts.dma >= 0) sums[at + RDMA]! += rate
    if (facts.opcode === 0x81 && facts.plain) sums[at + CNP]! += rate
  }

  /** A marked packet where marks count. */
  mark(ms: number, rate: number): void {
    const at = this.#at(ms)
    if (at >= 0) this.#sums[at + CE]! += rate
  }

  read(): AiHistory {
    const column = (k: number): number[] =>
      Array.from({ length: this.#steps }, (_, i) => (this.#sums[i * COLUMNS + k]! * 1000) / this.#stepMs)
    return {
      startMs: this.#startMs,
      stepMs: this.#stepMs,
      bps: column(BITS),
      rocePps: column(ROCE),
      rdmaOps: column(RDMA),
      ecnPps: column(CE),
      cnpPps: column(CNP),
    }
  }

  /** First number of the step; -1 before the first one. */
  #at(ms: number): number {
    if (Number.isNaN(this.#startMs)) this.#startMs = Math.floor(ms / this.#stepMs) * this.#stepMs
    let step = Math.floor((ms - this.#startMs) / this.#stepMs)
    if (step < 0) return -1
    while (step >= 2 * STEPS) {
      this.#halve()
      step = Math.floor((ms - this.#startMs) / this.#stepMs)
    }
    if (step >= this.#steps) this.#steps = step + 1
    return step * COLUMNS
  }

  #halve(): void {
    const sums = this.#sums
    for (let i = 0; i < STEPS; i++) {
      for (let k = 0; k < COLUMNS; k++) {
        sums[i * COLUMNS + k] = sums[2 * i * COLUMNS + k]! + sums[(2 * i + 1) * COLUMNS + k]!
      }
    }
    sums.fill(0, STEPS * COLUMNS)
    this.#stepMs *= 2
    this.#steps = Math.ceil(this.#steps / 2)
  }
}

/** None, of windows that are not the whole run. */
export const noHistory: AiHistory = Object.freeze({
  startMs: Number.NaN,
  stepMs: 1000,
  bps: [],
  rocePps: [],
  rdmaOps: [],
  ecnPps: [],
  cnpPps: [],
})
