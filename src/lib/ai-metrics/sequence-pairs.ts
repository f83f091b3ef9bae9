// Owns what sequence numbers of RoCE packets say: by how much PSN and MSN advance from one sample of a queue pair to its next one
// at the same place, as far as they can't have wrapped. See ai-metrics.ts for the folder. Start at SequencePairs.see.

import type { AgentTable } from '../agents/agents.ts'
import { longerNumbers, SOURCE_WORDS, SourceWord } from '../agents/columns.ts'
import { Slots, type SlotUser } from '../agents/slots.ts'
import type { Walker } from '../sflow/walker.ts'
import { isAck, Meaning, type PacketFacts } from './packet-facts.ts'
import { Column, type Sums } from './sums.ts'

/** Queue pairs whose last sample is kept: 16 MiB. */
const MOST_QUEUE_PAIRS = 1 << 17
/** Source (slot, baseline, side), destination, queue pair, and what of it: requests, responses. */
const KEY = 8
/** Number, packets of the source up to then, samples likewise, time; then of the MSN. */
const PSN = 0
const PACKETS = 1
const SAMPLES = 2
const MS = 3
const MSN = 4
const NUMBERS = 5

const TWO_24 = 1 << 24
/** A number that has advanced by more has gone back. */
const HALF = 1 << 23
/**
 * Go-back-N resends what is outstanding, and that is less: 2^16 packets are 256 MiB at an MTU of 4096, 5 ms at 400 Gb/s. What is
 * further back is another connection, which begins anew at a number of its own.
 */
const MOST_BACK = 1 << 16
/** Of a source: packets and samples since it was first seen, and whether its pool is a measurement. */
const PER_SOURCE = 3

/**
 * A number has 24 bits. Between two samples at one place fewer packets than 2^23 must have passed, all queue pairs together, so
 * that it is known whether it went forth or back: as many as the pool says where it measures, else as can be by chance where
 * every Nth on average is sampled.
 */
export class SequencePairs implements SlotUser {
  readonly #agents: AgentTable
  readonly #slots: Slots
  #last = new Float64Array(64 * NUMBERS)
  #sources = new Float64Array(64 * PER_SOURCE)

  constructor(agents: AgentTable) {
    this.#agents = agents
    this.#slots = new Slots(KEY, MOST_QUEUE_PAIRS, this)
  }

  grown(capacity: number): void {
    this.#last = longerNumbers(this.#last, capacity * NUMBERS)
  }

  evicted(): void {}

  /** Every sample that the AgentTable took and that has a source: counts what passes by it. */
  pass(w: Walker): void {
    const { source, sampling } = this.#agents
    const at = source * PER_SOURCE
    if (at + PER_SOURCE > this.#sources.length) {
      this.#sources = longerNumbers(this.#sources, Math.max(this.#agents.sources.capacity, source + 1) * PER_SOURCE)
    }
    const sources = this.#sources
    if (sampling.stepSamples === 0) {
      // Nobody knows what passed: more than can be told.
      sources[at]! += TWO_24
      return
    }
    sources[at]! += sampling.stepPool
    sources[at + 1]! += sampling.stepGenerated + sampling.stepDrops
    if (Math.imul(w.samplingRate, sampling.stepGenerated) >>> 0 !== sampling.stepPool) sources[at + 2] = 1
  }

  /**
   * A RoCE packet, after `pass`: adds what it says with the one before it to a row.
   * @param side of its port at which it was sampled: another place
   * @param more a second row, or -1
   */
  see(
    facts: PacketFacts,
    rate: number,
    side: number,
    ms: number,
    sums: Sums,
    row: number,
    more: Sums | undefined,
    moreRow: number,
  ): void {
    const { meaning } = facts
    if ((meaning & Meaning.psn) === 0) return
    const { source, sourceWords } = this.#agents
    const { probe } = this.#slots
    const { destination } = facts
    probe[0] = source * 4 + side
    probe[1] = sourceWords[source * SOURCE_WORDS + SourceWord.baseline]!
    probe[2] = destination[0]!
    probe[3] = destination[1]!
    probe[4] = destination[2]!
    probe[5] = destination[3]!
    probe[6] = facts.qp
    // A queue pair's own requests and its answers to the other side's have numbers of their own.
    probe[7] = meaning & Meaning.response
    const at = source * PER_SOURCE
    const packets = this.#sources[at]!
    const samples = this.#sources[at + 1]!
    const msn = facts.syndrome >= 0 && isAck(facts.syndrome) ? facts.msn : -1
    let slot = this.#slots.find()
    if (slot < 0) {
      slot = this.#slots.insert()
      this.#keep(slot, facts.psn, packets, samples, ms, msn)
      return
    }
    // Before the bound is reached nobody is pushed out.
    if (this.#slots.count === this.#slots.most) this.#slots.touch(slot)
    const last = slot * NUMBERS
    const numbers = this.#last
    const passed = this.#passed(at, packets - numbers[last + PACKETS]!, samples - numbers[last + SAMPLES]!, rate)
    const seconds = Math.max(0, (ms - numbers[last + MS]!) / 1000)
    const psn = (facts.psn - numbers[last + PSN]! + TWO_24) % TWO_24
    const before = numbers[last + MSN]!
    const messages = msn < 0 || before < 0 ? -1 : (msn - before + TWO_24) % TWO_24
    pair(sums, row, passed, seconds, psn, messages)
    if (more !== undefined && moreRow >= 0) pair(more, moreRow, passed, seconds, psn, messages)
    this.#keep(slot, facts.psn, packets, samples, ms, msn)
  }

  /** Most packets that can have passed the source in between; 2^24 and more: not known. */
  #passed(at: number, packets: number, samples: number, rate: number): number {
    if (packets >= TWO_24 || this.#sources[at + 2] === 1) return packets
    // n gaps, each exponential with mean N: beyond this in one of 10^9 at most.
    return (samples + 10 * Math.sqrt(samples) + 40) * rate
  }

  #keep(slot: number, psn: number, packets: number, samples: number, ms: number, msn: number): void {
    const last = slot * NUMBERS
    const numbers = this.#last
    numbers[last + PSN] = psn
    numbers[last + PACKETS] = packets
    numbers[last + SAMPLES] = samples
    numbers[last + MS] = ms
    numbers[last + MSN] = msn
  }
}

/** @param messages by which the MSN advanced; -1 where it is not told */
function pair(sums: Sums, row: number, passed: number, seconds: number, psn: number, messages: number): void {
  const { values } = sums
  const at = row * sums.width
  if (passed >= HALF || (psn >= HALF && TWO_24 - psn > MOST_BACK)) {
    values[at + Column.psnAmbiguous]! += 1
    if (messages >= 0) values[at + Column.msnAmbiguous]! += 1
    return
  }
  values[at + Column.psnPairs]! += 1
  if (psn >= HALF) values[at + Column.psnBackwards]! += 1
  else {
    values[at + Column.psnAdvance]! += psn
    values[at + Column.psnSeconds]! += seconds
  }
  // Of an answer that was overtaken nothing is learned.
  if (messages < 0 || messages >= HALF) return
  values[at + Column.msnPairs]! += 1
  values[at + Column.msnAdvance]! += messages
  values[at + Column.msnSeconds]! += seconds
}
