// Owns one open window: where its samples come from and their sums. Knows no row of output. See ai-metrics.ts for the folder.
// Start at OpenWindow.

import type { AgentTable } from '../agents/agents.ts'
import { keepsAll, Slots } from '../agents/slots.ts'
import { Places } from '../flow/places.ts'
import { Discards } from './discards.ts'
import type { AiOptions } from './options.ts'
import type { PacketFacts } from './packet-facts.ts'
import { Sums } from './sums.ts'

/** Pairs of segment and queue pair (or group) that have sums; with 64 numbers each 64 MiB. Samples of more are in the totals only. */
const MOST_KEYS = 1 << 17
/** Words of a key: segment, and destination with queue pair, or group + 1. */
export const KEY_WORDS = 6

export class OpenWindow {
  readonly index: number
  readonly places: Places
  /** By segment. */
  readonly sums: Sums
  /** By slot of `keys`; undefined where rows are not by key. */
  readonly keyed: Sums | undefined
  readonly keys: Slots
  readonly discards: Discards
  /** Flow samples. */
  received = 0
  lost = 0
  agentDrops = 0
  unplaced = 0
  /** Milliseconds since 1970 of the first and the last sample. */
  firstMs = Number.POSITIVE_INFINITY
  lastMs = Number.NEGATIVE_INFINITY
  readonly options: AiOptions

  /** @param sums empty ones: those of a window that is over save a mebibyte a second */
  constructor(index: number, options: AiOptions, agents: AgentTable, sums: Sums) {
    this.index = index
    this.sums = sums
    this.options = options
    this.places = new Places(agents, options.rates, false)
    this.discards = new Discards(agents)
    this.keys = new Slots(KEY_WORDS, MOST_KEYS, keepsAll)
    this.keyed = options.by === 'qp' || options.by === 'group' ? new Sums() : undefined
  }

  /** Smoothed sums go on, counts begin anew. */
  beginCounts(): void {
    this.received = 0
    this.lost = 0
    this.agentDrops = 0
    this.unplaced = 0
  }

  /** The row of `keyed` for a RoCE packet in this segment; -1 where there is none, or no room. */
  keyOf(segment: number, facts: PacketFacts): number {
    const { keyed, keys } = this
    if (keyed === undefined) return -1
    const { probe } = keys
    probe[0] = segment
    if (this.options.by === 'qp') {
      const { destination } = facts
      probe[1] = destination[0]!
      probe[2] = destination[1]!
      probe[3] = destination[2]!
      probe[4] = destination[3]!
      probe[5] = facts.qp
    } else {
      const group = this.#group(facts)
      if (group === 0) return -1
      probe[1] = group
      probe[2] = 0
      probe[3] = 0
      probe[4] = 0
      probe[5] = 0
    }
    const known = keys.find()
    if (known >= 0) return known
    if (keys.count === keys.most || !keyed.reach(keys.count)) return -1
    return keys.insert()
  }

  /** Number of the sender's group: set × 2^16 + group + 1; 0 for none. */
  #group({ source }: PacketFacts): number {
    const { groups } = this.options
    const isV4 = source[0] === 0 && source[1] === 0 && source[2] === 0xffff
    for (let i = 0; i < groups.length; i++) {
      const set = groups[i]!
      const found = isV4 ? set.find4(source[3]!) : set.find6(source[0]!, source[1]!, source[2]!, source[3]!)
      if (found >= 0) return i * 0x10000 + found + 1
    }
    return 0
  }
}
