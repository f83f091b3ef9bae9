// Owns runs: flow samples of one data source that follow each other without a gap, at one rate, and that nothing is to be said
// of but how many they were. Their sums are held back here, a cache line a source, and given to the columns of AgentTable when
// the run ends or somebody asks. Knows no rule: what is out of the ordinary is not its own. Start at Runs.follow.

import type { Run, SampledSource } from './sampling.ts'

/**
 * Sources that are held at a time; each has two rows side by side that it may be in, by its hash. 256 KB, of which those in use
 * stay in the first caches.
 */
const ROW_BITS = 12
const ROWS = 1 << ROW_BITS
/** Words of a row: a cache line. */
const STRIDE = 16

/** The source's key: agent's slot + 1 (0: the row is empty), type, index; */
const AGENT = 0
const TYPE = 1
const INDEX = 2
/** its slot; */
const SLOT = 3
/** its last sample; */
const LAST = 4
const POOL = 5
const RATE = 6
const DROPS = 7
/** the life of its agent; */
const LIFE = 8
/** since the columns had it: samples, those whose pool was not rate × 1, and (as a double) by how much the pool advanced; */
const SAMPLES = 9
const UNEQUAL = 10
const ADVANCE = 12
/** when it was used last, in uses of any row. */
const USED = 14

/** As in Sampling: a pool that advances by more has gone back. */
const HALF = 0x80000000

/**
 * Measured: with runs a sample in order costs AgentTable 21 ns; in the columns, of which it touches ten cache lines, 84.
 * `follow` takes what goes on, `end` gives back what was held of a source before it is judged by the columns, `hold` begins.
 */
export class Runs {
  /** By how much the pool advanced with the sample that was followed last. */
  step = 0
  readonly #words = new Uint32Array(ROWS * STRIDE)
  readonly #advance = new Float64Array(this.#words.buffer)
  readonly #take: (run: Run) => void
  #uses = 0

  /** @param take adds a run to the columns */
  constructor(take: (run: Run) => void) {
    this.#take = take
  }

  /** @returns the slot of the sample's source if the sample goes on with its run; else -1, and nothing has changed */
  follow(s: SampledSource, agent: number, life: number): number {
    const words = this.#words
    const at = this.#find(s, agent)
    if (at < 0) return -1
    const { samplePool, samplingRate } = s
    if (
      words[at + LIFE] !== life ||
      words[at + RATE] !== samplingRate ||
      words[at + DROPS] !== s.drops ||
      ((s.sequenceNumber - words[at + LAST]!) | 0) !== 1
    )
      return -1
    const step = (samplePool - words[at + POOL]!) >>> 0
    if (step >= HALF) return -1
    words[at + LAST] = s.sequenceNumber
    words[at + POOL] = samplePool
    words[at + SAMPLES]! += 1
    words[at + USED] = ++this.#uses
    if (step !== samplingRate) words[at + UNEQUAL]! += 1
    this.#advance[(at + ADVANCE) >> 1]! += step
    this.step = step
    return words[at + SLOT]!
  }

  /** Ends the run of the sample's source, if there is one. */
  end(s: SampledSource, agent: number): void {
    const at = this.#find(s, agent)
    if (at >= 0) this.#end(at)
  }

  /** Holds the next samples of a source that has no run, and whose columns are as this sample left them. */
  hold(s: SampledSource, agent: number, life: number, slot: number): void {
    const words = this.#words
    const first = pairOf(s.sourceIndex, agent)
    const second = first + STRIDE
    const now = this.#uses
    const older = (now - words[first + USED]!) >>> 0 < (now - words[second + USED]!) >>> 0 ? second : first
    const at = words[first + AGENT] === 0 ? first : words[second + AGENT] === 0 ? second : older
    this.#end(at)
    words[at + AGENT] = agent + 1
    words[at + TYPE] = s.sourceType
    words[at + INDEX] = s.sourceIndex
    words[at + SLOT] = slot
    words[at + LAST] = s.sequenceNumber
    words[at + POOL] = s.samplePool
    words[at + RATE] = s.samplingRate
    words[at + DROPS] = s.drops
    words[at + LIFE] = life
    words[at + USED] = ++this.#uses
  }

  /** Gives all that is held to the columns, least recently used first, and goes on holding. */
  settle(): void {
    const words = this.#words
    const rows: number[] = []
    for (let at = 0; at < words.length; at += STRIDE) if (words[at + SAMPLES] !== 0) rows.push(at)
    // Uses may have wrapped: the order is that of their distance from now.
    const now = this.#uses
    rows.sort((a, b) => ((now - words[b + USED]!) >>> 0) - ((now - words[a + USED]!) >>> 0))
    for (const at of rows) this.#give(at)
  }

  /** Ends all runs. */
  clear(): void {
    this.settle()
    this.#words.fill(0)
  }

  /** The row of the sample's source, or -1. */
  #find(s: SampledSource, agent: number): number {
    const words = this.#words
    const { sourceIndex, sourceType } = s
    const at = pairOf(sourceIndex, agent)
    if (words[at + AGENT] === agent + 1 && words[at + INDEX] === sourceIndex && words[at + TYPE] === sourceType)
      return at
    const next = at + STRIDE
    if (words[next + AGENT] === agent + 1 && words[next + INDEX] === sourceIndex && words[next + TYPE] === sourceType)
      return next
    return -1
  }

  #end(at: number): void {
    const words = this.#words
    if (words[at + SAMPLES] !== 0) this.#give(at)
    words[at + AGENT] = 0
  }

  #give(at: number): void {
    const words = this.#words
    this.#take({
      agent: words[at + AGENT]! - 1,
      slot: words[at + SLOT]!,
      last: words[at + LAST]!,
      pool: words[at + POOL]!,
      samples: words[at + SAMPLES]!,
      unequal: words[at + UNEQUAL]!,
      advance: this.#advance[(at + ADVANCE) >> 1]!,
    })
    words[at + SAMPLES] = 0
    words[at + UNEQUAL] = 0
    this.#advance[(at + ADVANCE) >> 1] = 0
  }
}

/** First word of a source's rows. Who chooses indexes that share them gains nothing but the slower way. */
function pairOf(index: number, agent: number): number {
  return (Math.imul(index + Math.imul(agent, 0x85ebca6b), 0x9e3779b1) >>> (33 - ROW_BITS)) * (2 * STRIDE)
}
