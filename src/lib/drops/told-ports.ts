// Owns how many drops were told of each port in the intervals of its counters, so that both can be compared. Bounded; allocates
// nothing a sample. See drops.ts for the folder. Start at ToldPorts.

import type { AgentTable } from '../agents/agents.ts'
import { longerNumbers } from '../agents/columns.ts'
import { PORT_KEY, probePort } from '../agents/port-key.ts'
import { SequenceStatus } from '../agents/sequences.ts'
import { FIRST_CAPACITY, Slots, type SlotUser } from '../agents/slots.ts'
import { ifIndexOf } from '../sflow/interface.ts'
import { if_counters } from '../sflow/records/version-5-counters.ts'
import type { Walker } from '../sflow/walker.ts'
import { addressText } from '../wire/address-text.ts'
import { tagValue } from '../wire/record.ts'

const IF_COUNTERS = tagValue(if_counters.tag)
const MOST_PORTS = 262_144

/** Columns of a port: since its last counter sample, and in intervals that ended in the window; in and out. */
const SINCE = 0
const WINDOW = 2
/** Counter samples ever. */
const COUNTED = 4
const COLUMNS = 5

/** Told in the intervals that ended in a window. */
export interface ToldAt {
  readonly in: number
  readonly out: number
}

export class ToldPorts implements SlotUser {
  readonly #agents: AgentTable
  readonly #slots = new Slots(PORT_KEY, MOST_PORTS, this)
  #columns = new Float64Array(FIRST_CAPACITY * COLUMNS)

  constructor(agents: AgentTable) {
    this.#agents = agents
  }

  grown(capacity: number): void {
    this.#columns = longerNumbers(this.#columns, capacity * COLUMNS)
  }

  evicted(): void {}

  /** The walker is at a discard: it counts at the port that it was to leave by, where that is told, else where it came in. */
  discard(w: Walker): void {
    const output = ifIndexOf(w.outputFormat, w.outputValue)
    const input = ifIndexOf(w.inputFormat, w.inputValue)
    if (output !== undefined) this.#columns[this.#find(output) * COLUMNS + SINCE + 1]! += 1
    else if (input !== undefined) this.#columns[this.#find(input) * COLUMNS + SINCE]! += 1
  }

  /** The walker is at a counter sample: an interval of its port ends. */
  counters(w: Walker): void {
    if (w.sourceType !== 0 || w.findRecord(IF_COUNTERS) < 0) return
    if (this.#agents.sampleStatus === SequenceStatus.late) return
    const at = this.#find(w.sourceIndex) * COLUMNS
    const columns = this.#columns
    for (const side of [0, 1] as const) {
      if (columns[at + COUNTED]! > 0) columns[at + WINDOW + side]! += columns[at + SINCE + side]!
      columns[at + SINCE + side] = 0
    }
    columns[at + COUNTED]! += 1
  }

  /** By `AGENT IFINDEX`: ports with any. The next window begins. */
  take(): Map<string, ToldAt> {
    const told = this.now()
    for (const slot of this.#slots.slots()) this.#columns.fill(0, slot * COLUMNS + WINDOW, slot * COLUMNS + COUNTED)
    return told
  }

  /** The same of the window so far. */
  now(): Map<string, ToldAt> {
    const told = new Map<string, ToldAt>()
    const { keys } = this.#slots
    for (const slot of this.#slots.slots()) {
      const at = slot * COLUMNS
      const one = { in: this.#columns[at + WINDOW]!, out: this.#columns[at + WINDOW + 1]! }
      if (one.in + one.out === 0) continue
      told.set(`${addressText(keys, slot * PORT_KEY) ?? '::'} ${keys[slot * PORT_KEY + 4]}`, one)
    }
    return told
  }

  #find(ifIndex: number): number {
    const slots = this.#slots
    probePort(slots, this.#agents, this.#agents.agent, ifIndex)
    const known = slots.find()
    if (known >= 0) {
      slots.touch(known)
      return known
    }
    const slot = slots.insert()
    this.#columns.fill(0, slot * COLUMNS, (slot + 1) * COLUMNS)
    return slot
  }
}
