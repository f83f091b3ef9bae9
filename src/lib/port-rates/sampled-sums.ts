// Owns sums of flow samples, each for as many packets as it stands for, over stretches of time. Knows neither ports nor
// counters: a cell is a number. See port-rates.ts for the folder. Start at SampledSums.add.

import type { AgentTable } from '../agents/agents.ts'
import { longerNumbers, SOURCE_WORDS, SourceWord } from '../agents/columns.ts'

/** Samples of some stretch, scaled: what they stand for. */
export interface Scaled {
  samples: number
  packets: number
  bytes: number
  /** Σ (bytes a sample stands for)², and the same of packets: what errors are made of. */
  bytesSquared: number
  packetsSquared: number
}

export function noSamples(): Scaled {
  return { samples: 0, packets: 0, bytes: 0, bytesSquared: 0, packetsSquared: 0 }
}

export function addScaled(to: Scaled, from: Scaled): void {
  to.samples += from.samples
  to.packets += from.packets
  to.bytes += from.bytes
  to.bytesSquared += from.bytesSquared
  to.packetsSquared += from.packetsSquared
}

/** Stretches that a cell is summed over at the same time, by when they were emptied last. */
export const SINCE_COUNTERS = 0
export const SINCE_WINDOW = 1
const STRETCHES = 2

/** Columns of a stretch: what is scaled already, then what waits for the rate of its data source, as samples taken. */
const SAMPLES = 0
const PACKETS = 1
const BYTES = 2
const BYTES_SQUARED = 3
const PACKETS_SQUARED = 4
const RAW_PACKETS = 5
const RAW_BYTES = 6
const RAW_BYTES_SQUARED = 7
const RAW_PACKETS_SQUARED = 8
const WIDTH = 9
const CELL = WIDTH * STRETCHES

/** Columns of a cell's data source: slot + 1, its baseline and interval of sampling, the last rate in it. */
const SOURCE = 0
const BASELINE = 1
const INTERVAL = 2
const RATE = 3
const HEAD = 4

/**
 * A sample stands for 1 + lost samples of its data source, each for as many packets as the source's pool or rate says. The rate
 * of a source gets better with every sample, so sums wait for it until they are read, or the source's interval of sampling
 * ends (a change of rate, a restart), or samples of another source come into the cell.
 */
export class SampledSums {
  readonly #table: AgentTable
  #sums = new Float64Array(0)
  #heads = new Float64Array(0)

  constructor(table: AgentTable) {
    this.#table = table
  }

  grow(cells: number): void {
    this.#sums = longerNumbers(this.#sums, cells * CELL)
    this.#heads = longerNumbers(this.#heads, cells * HEAD)
  }

  clear(cell: number): void {
    this.#sums.fill(0, cell * CELL, (cell + 1) * CELL)
    this.#heads.fill(0, cell * HEAD, (cell + 1) * HEAD)
  }

  /**
   * Adds the flow sample that the table was given last.
   * @param taken samples of its source that it stands for, 1 + those lost before it; 0 for one that was counted as lost
   * @param bytes length of its packet
   */
  add(cell: number, taken: number, bytes: number): void {
    const table = this.#table
    const { source, sampling } = table
    const heads = this.#heads
    const head = cell * HEAD
    const baseline = table.sourceWords[source * SOURCE_WORDS + SourceWord.baseline]!
    const interval = sampling.interval(source)
    if (
      heads[head + SOURCE] !== source + 1 ||
      heads[head + BASELINE] !== baseline ||
      heads[head + INTERVAL] !== interval
    ) {
      this.#scale(cell)
      heads[head + SOURCE] = source + 1
      heads[head + BASELINE] = baseline
      heads[head + INTERVAL] = interval
    }
    heads[head + RATE] = sampling.takenRate(source)
    const sums = this.#sums
    const represented = taken * bytes
    for (let at = cell * CELL, end = at + CELL; at < end; at += WIDTH) {
      sums[at + SAMPLES]! += 1
      sums[at + RAW_PACKETS]! += taken
      sums[at + RAW_BYTES]! += represented
      sums[at + RAW_BYTES_SQUARED]! += represented * represented
      sums[at + RAW_PACKETS_SQUARED]! += taken * taken
    }
  }

  /** The data source that the last sample of the cell was of, or -1. */
  source(cell: number): number {
    return this.#heads[cell * HEAD + SOURCE]! - 1
  }

  /** The sums of a stretch up to now. NaN where a rate is 0. */
  read(cell: number, stretch: number): Scaled {
    const sums = this.#sums
    const at = cell * CELL + stretch * WIDTH
    const rate = this.#rate(cell)
    return {
      samples: sums[at + SAMPLES]!,
      packets: sums[at + PACKETS]! + rate * sums[at + RAW_PACKETS]!,
      bytes: sums[at + BYTES]! + rate * sums[at + RAW_BYTES]!,
      bytesSquared: sums[at + BYTES_SQUARED]! + rate * rate * sums[at + RAW_BYTES_SQUARED]!,
      packetsSquared: sums[at + PACKETS_SQUARED]! + rate * rate * sums[at + RAW_PACKETS_SQUARED]!,
    }
  }

  /** Where the table holds runs (AgentTable.holdRuns) it knows better since than when the last sample was added. */
  #rate(cell: number): number {
    const heads = this.#heads
    const head = cell * HEAD
    const source = heads[head + SOURCE]! - 1
    const { sampling, sourceWords } = this.#table
    const goesOn =
      source >= 0 &&
      heads[head + BASELINE] === sourceWords[source * SOURCE_WORDS + SourceWord.baseline] &&
      heads[head + INTERVAL] === sampling.interval(source)
    return goesOn ? sampling.takenRate(source) : heads[head + RATE]!
  }

  /** Begins a stretch anew. */
  empty(cell: number, stretch: number): void {
    const at = cell * CELL + stretch * WIDTH
    this.#sums.fill(0, at, at + WIDTH)
  }

  /** What waits for a rate gets the last one there was. */
  #scale(cell: number): void {
    const sums = this.#sums
    const rate = this.#heads[cell * HEAD + RATE]!
    for (let at = cell * CELL, end = at + CELL; at < end; at += WIDTH) {
      if (sums[at + RAW_PACKETS] === 0) continue
      sums[at + PACKETS]! += rate * sums[at + RAW_PACKETS]!
      sums[at + BYTES]! += rate * sums[at + RAW_BYTES]!
      sums[at + BYTES_SQUARED]! += rate * rate * sums[at + RAW_BYTES_SQUARED]!
      sums[at + PACKETS_SQUARED]! += rate * rate * sums[at + RAW_PACKETS_SQUARED]!
      sums.fill(0, at + RAW_PACKETS, at + WIDTH)
    }
  }
}
