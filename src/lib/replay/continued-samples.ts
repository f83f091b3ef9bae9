// Owns the numbers of samples through loops: sequence, sample_pool and drops of each data source, and the counters of
// interfaces. Knows no loop: its caller says when another life begins. Start at ContinuedSamples.datagram.

import { LARGEST_GAP, LATE_WINDOW } from '../agents/sequences.ts'
import { SampleKind, SampleTag } from '../sflow/samples.ts'
import type { Walker } from '../sflow/walker.ts'
import { ContinuedCounters } from './continued-counters.ts'
import { Follows } from './follows.ts'
import { Rows } from './rows.ts'

/** Data sources (each kind of sample apart) that are continued; beyond, the least recently heard start anew. */
const MOST_SOURCES = 262_144
/** Key: agent's address in four words, sub-agent, kind of sample, source type, source index. */
export const SOURCE_KEY = 8

/** Words of a source: the life it is in; */
const LIFE = 0
/** number, pool and drops of its last sample that was not late, as they came; */
const RAW_NUMBER = 1
const RAW_POOL = 2
const RAW_DROPS = 3
/** the same as written; */
const NUMBER = 4
const POOL = 5
const DROPS = 6
/** 1 where the pool has ever moved: else the agent has none, and it stays. */
const POOL_MOVES = 7
const SOURCE_WORDS = 8

/**
 * Numbers all samples consecutively in the order of sending, so that a collector finds one life without gap. Pool,
 * drops and counters grow as they did, and stand still between two lives; the pool then grows by one sampling rate, which
 * is what one sample stands for.
 */
export class ContinuedSamples {
  readonly #sources = new Rows(SOURCE_KEY, SOURCE_WORDS, MOST_SOURCES)
  readonly #counters = new ContinuedCounters()

  /**
   * Changes the samples of the datagram that `w` has opened in a copy of it.
   * @param out the copy; what is at `p` in `w` is at `p + shift` in it
   * @param life number of the agent's life
   */
  datagram(w: Walker, out: DataView, shift: number, agent: Uint32Array, subAgent: number, life: number): void {
    while (w.nextSample()) {
      if (w.sampleKind > SampleKind.discard || w.sampleBroken) continue
      const sources = this.#sources
      const { probe } = sources
      probe.set(agent)
      probe[4] = subAgent
      probe[5] = w.sampleKind
      probe[6] = w.sourceType
      probe[7] = w.sourceIndex
      const row = sources.row()
      const follows = this.#follow(w, row, sources.fresh, life)
      const { words } = sources
      const body = w.sampleOffset + shift
      out.setUint32(body, words[row + NUMBER]!)
      switch (w.sampleTag) {
        case SampleTag.flow_sample:
          out.setUint32(body + 12, words[row + POOL]!)
          out.setUint32(body + 16, words[row + DROPS]!)
          break
        case SampleTag.flow_sample_expanded:
          out.setUint32(body + 16, words[row + POOL]!)
          out.setUint32(body + 20, words[row + DROPS]!)
          break
        case SampleTag.discarded_packet:
          out.setUint32(body + 12, words[row + DROPS]!)
          break
        default:
          this.#counters.sample(w, out, shift, probe, follows)
      }
    }
  }

  #follow(w: Walker, row: number, fresh: boolean, life: number): Follows {
    const { words } = this.#sources
    const isFlow = w.sampleKind === SampleKind.flow
    const pool = isFlow ? w.samplePool : 0
    const drops = w.sampleKind === SampleKind.counters ? 0 : w.drops
    words[row + NUMBER]! += 1
    const ahead = (w.sequenceNumber - words[row + RAW_NUMBER]!) | 0
    let follows: Follows = Follows.late
    if (fresh) {
      follows = Follows.first
      words[row + POOL] = pool
      words[row + DROPS] = drops
    } else if (words[row + LIFE] !== life || ahead < -LATE_WINDOW || ahead > LARGEST_GAP) {
      follows = Follows.anew
      if (words[row + POOL_MOVES] === 1) words[row + POOL]! += w.samplingRate
    } else {
      // An agent whose numbers never move is followed by its other values.
      const grown = (pool - words[row + RAW_POOL]!) | 0
      const lost = (drops - words[row + RAW_DROPS]!) | 0
      if (ahead > 0 || grown > 0) follows = Follows.later
      if (grown > 0) {
        words[row + POOL]! += grown
        words[row + POOL_MOVES] = 1
      }
      if (lost > 0) words[row + DROPS]! += lost
    }
    words[row + LIFE] = life
    if (follows !== Follows.late) {
      words[row + RAW_NUMBER] = w.sequenceNumber
      words[row + RAW_POOL] = pool
      words[row + RAW_DROPS] = drops
    }
    return follows
  }
}
