// Owns where AgentTable keeps what: the columns of its typed arrays, by name, for it and for summary.ts. Knows no rule.
// Start at AgentCount.

/** Words of an agent's key: address (IPv4 as ::ffff:a.b.c.d, zeros where its type is unknown), sub-agent. */
export const AGENT_KEY = 5
/** Words of a data source's key: agent slot × 4 + kind, source type, source index. */
export const SOURCE_KEY = 3

/** 32-bit values of an agent. */
export const AgentWord = {
  firstSec: 0,
  firstNsec: 1,
  lastSec: 2,
  lastNsec: 3,
  /** Its first data source: slot + 1. */
  sources: 4,
} as const
export const AGENT_WORDS = 5

/** Counts of an agent. Those by kind are at the name + SampleKind (1 to 3). */
export const AgentCount = {
  datagrams: 0,
  lost: 1,
  late: 2,
  duplicates: 3,
  restarts: 4,
  /** Datagrams of another life than the one before them, restarts apart. */
  crossings: 5,
  text: 6,
  /** Samples that can't be judged: of an unknown type, or broken. */
  other: 7,
  samples: 8 - 1,
  samplesLost: 11 - 1,
  drops: 14 - 1,
} as const
export const AGENT_COUNTS = 17

/** 32-bit values of a data source. `life` and `baseline` differ from one stretch without restart to the next. */
export const SourceWord = { agent: 0, life: 1, baseline: 2, nextOfAgent: 3, previousOfAgent: 4 } as const
export const SOURCE_WORDS = 5

/** Counts of a data source. */
export const SourceCount = { samples: 0, lost: 1, late: 2, duplicates: 3, restarts: 4, drops: 5 } as const
export const SOURCE_COUNTS = 6

/** A longer copy of a column; new elements are 0. Happens as a table doubles, not once a datagram. */
export function longerWords(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length)
  longer.set(column)
  return longer
}

/** As longerWords. */
export function longerNumbers(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length)
  longer.set(column)
  return longer
}
