// Owns feeding an AgentTable without datagram bytes: sets what a Walker would have read.

import { type AgentTable, SequenceStatus } from '../../src/lib/agents/agents.ts'
import { SampleKind } from '../../src/lib/sflow/samples.ts'
import { Walker } from '../../src/lib/sflow/walker.ts'

/** Name of a status, for tables of expectations. */
export function statusName(status: SequenceStatus): string {
  return Object.entries(SequenceStatus).find(([, value]) => value === status)![0]
}

export interface Sample {
  kind?: SampleKind
  number: number
  type?: number
  index?: number
  rate?: number
  pool?: number
  drops?: number
}

/** One Walker that is set by hand. */
export class Feed {
  readonly walker = new Walker(() => {})
  readonly table: AgentTable
  readonly #address = new DataView(new ArrayBuffer(16))

  constructor(table: AgentTable) {
    this.table = table
    this.walker.view = this.#address
    this.walker.agentType = 1
    this.walker.agentOffset = 0
    this.agent(0xc0000201)
  }

  /** The IPv4 address of the following datagrams. */
  agent(address: number, subAgent = 0): void {
    this.walker.agentType = 1
    this.#address.setUint32(0, address)
    this.walker.subAgentId = subAgent
  }

  /** The IPv6 address of the following datagrams. */
  agent6(words: readonly [number, number, number, number], subAgent = 0): void {
    this.walker.agentType = 2
    for (const [k, word] of words.entries()) this.#address.setUint32(k * 4, word)
    this.walker.subAgentId = subAgent
  }

  datagram(sequence: number, uptime: number, sec = 1_700_000_000): SequenceStatus {
    this.walker.sequence = sequence
    this.walker.uptime = uptime
    return this.table.datagram(this.walker, sec, 0)
  }

  sample(s: Sample): SequenceStatus {
    const w = this.walker
    w.sampleKind = s.kind ?? SampleKind.flow
    w.sampleBroken = false
    w.recordCount = 0
    w.sequenceNumber = s.number
    w.sourceType = s.type ?? 0
    w.sourceIndex = s.index ?? 1
    w.samplingRate = s.rate ?? 100
    w.samplePool = s.pool ?? s.number * 100
    w.drops = s.drops ?? 0
    return this.table.sample(w)
  }
}
