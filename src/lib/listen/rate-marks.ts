// Owns what had been counted at the end of each of the last seconds: rates are taken from it. Its room is made once and used
// again: an object an agent, each second, is what a flood of spoofed agents would grow the heap by. See listening.ts for the folder.
// Start at RateMarks.

import type { AgentTable } from '../agents/agents.ts'
import { AGENT_COUNTS, AGENT_KEY, AgentCount } from '../agents/columns.ts'
import { SampleKind } from '../sflow/samples.ts'
import { addressText } from '../wire/address-text.ts'

/** Counts of an agent that rates are told of. */
export interface Counts {
  readonly datagrams: number
  readonly flow: number
  readonly counters: number
  readonly discard: number
}

/** The columns of Counts, in its order. */
const columns = [
  AgentCount.datagrams,
  AgentCount.samples + SampleKind.flow,
  AgentCount.samples + SampleKind.counters,
  AgentCount.samples + SampleKind.discard,
] as const
const COUNTS = columns.length

/** What was counted up to one moment. */
export class Mark {
  ms = 0
  datagrams = 0
  #agents = 0
  #keys = new Uint32Array(0)
  #counts = new Float64Array(0)

  /** @param table is copied: of its agents, not of their data sources */
  set(ms: number, datagrams: number, table: AgentTable): void {
    this.ms = ms
    this.datagrams = datagrams
    const { agents, agentCounts } = table
    if (this.#counts.length < agents.count * COUNTS) {
      this.#keys = new Uint32Array(agents.capacity * AGENT_KEY)
      this.#counts = new Float64Array(agents.capacity * COUNTS)
    }
    this.#agents = 0
    for (const slot of agents.slots()) {
      const at = this.#agents++
      for (let k = 0; k < AGENT_KEY; k++) this.#keys[at * AGENT_KEY + k] = agents.keys[slot * AGENT_KEY + k]!
      for (let k = 0; k < COUNTS; k++) this.#counts[at * COUNTS + k] = agentCounts[slot * AGENT_COUNTS + columns[k]!]!
    }
  }

  /** Under agentKey. Made for who asks: not each second. */
  byAgent(): Map<string, Counts> {
    const counts = new Map<string, Counts>()
    for (let i = 0; i < this.#agents; i++) {
      const at = i * AGENT_KEY
      const count = (k: number): number => this.#counts[i * COUNTS + k]!
      counts.set(agentKey(addressText(this.#keys, at), this.#keys[at + 4]!), {
        datagrams: count(0),
        flow: count(1),
        counters: count(2),
        discard: count(3),
      })
    }
    return counts
  }
}

export const agentKey = (agent: string | null, subAgent: number): string => `${agent}/${subAgent}`

/** The last marks, one a second. */
export class RateMarks {
  readonly #marks: Mark[] = []
  readonly #most: number

  /** @param most how many are kept, one at least */
  constructor(most: number) {
    this.#most = most
  }

  add(ms: number, datagrams: number, table: AgentTable): void {
    const mark = this.#marks.length < this.#most ? new Mark() : this.#marks.shift()!
    mark.set(ms, datagrams, table)
    this.#marks.push(mark)
  }

  /** The one nearest to this moment; there must be one. */
  nearest(ms: number): Mark {
    return this.#marks.reduce((best, mark) => (Math.abs(mark.ms - ms) < Math.abs(best.ms - ms) ? mark : best))
  }
}
