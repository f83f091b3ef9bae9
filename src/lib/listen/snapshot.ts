// Owns what a listener knows at one moment, as plain values that can go from a worker to a screen. Knows no terminal.
// Start at ListenSnapshot.

/** Samples of one kind since the start; `lost` by their own sequence numbers, null where these tell nothing. */
export interface KindTotals {
  readonly samples: number
  readonly lost: number | null
}

/** One agent and sub-agent. Rates are over the last five seconds, counts since the start; null is not known. */
export interface AgentRow {
  readonly agent: string | null
  readonly hostName: string | null
  readonly subAgent: number
  readonly datagramsPerSecond: number
  readonly flowPerSecond: number
  readonly countersPerSecond: number
  readonly discardsPerSecond: number
  /** Configured sampling rates of its data sources, least and most; null before the first flow sample. */
  readonly rateLeast: number | null
  readonly rateMost: number | null
  /** Whether a data source's effective rate is more than 20 % off the configured one; null where too few samples tell. */
  readonly rateOff: boolean | null
  /** Packets a received flow sample. */
  readonly effectiveRate: number | null
  readonly datagrams: number
  readonly flow: KindTotals
  readonly counters: KindTotals
  readonly discard: KindTotals
  /** Without sequence numbers: text, unknown and broken ones. */
  readonly otherSamples: number
  /** Datagrams lost on the way; null for an agent that does not count. */
  readonly lost: number | null
  readonly late: number
  readonly duplicates: number
  /** Samples that the agent itself dropped. */
  readonly ownDrops: number
  readonly restarts: number
  readonly uptimeMs: number
  /** Arrival of the first and the last datagram, ISO 8601 UTC. */
  readonly firstTime: string
  readonly lastTime: string
}

/** How datagrams are received; counts are of all sockets together. */
export interface ReceivingState {
  /** `recvmmsg` or `dgram`, and why not the better one. */
  readonly receiver: string
  readonly why: string
  /** Bytes, of each socket; granted is the smallest. */
  readonly bufferAsked: number
  readonly bufferGranted: number
  /** Datagrams that the kernel dropped because the buffer was full; null where it does not tell. */
  readonly kernelDropped: number | null
  /** Datagrams that sonde dropped, being too slow for what follows (the dgram receiver). They show as gaps too. */
  readonly queueDropped: number
  /** Datagrams from senders that --allow does not name. */
  readonly refused: number
  /** The first few of those; behind them `others` where there are more. */
  readonly refusedSenders: readonly string[]
}

/** Of all agents, those that are not listed and those that were forgotten too. */
export interface LossTotals {
  /** Datagrams missing by sequence numbers; null where there are agents and no numbers of any tell. */
  readonly lost: number | null
  /** Samples missing by their own sequence numbers. */
  readonly flow: { readonly samples: number; readonly lost: number }
  readonly counters: { readonly samples: number; readonly lost: number }
  readonly discard: { readonly samples: number; readonly lost: number }
  readonly late: number
  readonly duplicates: number
  readonly restarts: number
  /** Samples that agents themselves dropped. */
  readonly ownDrops: number
  /** What can't be known, one sentence each. */
  readonly unknown: readonly string[]
}

/** One thing that is done with datagrams beside printing: a capture written, a collector forwarded to. */
export interface SideState {
  /** `out.pcap`, `→ 192.0.2.1:6343` */
  readonly name: string
  /** A file on this machine, or another collector. */
  readonly kind: 'capture' | 'collector'
  readonly datagrams: number
  readonly bytes: number
  /** Datagrams that could not be written or sent. */
  readonly failed: number
  /** The newest failure, in words. */
  readonly problem: string | null
}

/** What --resample leaves of that which came: it is what is printed, written and forwarded. */
export interface KeptState {
  /** One in so many flow samples. */
  readonly oneIn: number
  readonly datagrams: number
  readonly bytes: number
  readonly samples: number
}

export interface ListenSnapshot {
  /** Since the start. */
  readonly seconds: number
  /** What came, before --resample takes anything out. */
  readonly datagrams: number
  readonly bytes: number
  readonly samples: number
  /** Null without --resample. */
  readonly kept: KeptState | null
  /** Datagrams a second, one value for each of the last whole seconds, oldest first, at most 60. */
  readonly history: readonly number[]
  /** Over the last five seconds, as the rates of agents. */
  readonly datagramsPerSecond: number
  /** Lost on the way to here, and between the kernel and us: share of all that were sent, 0 to 1; null before the first datagram. */
  readonly lostShare: number | null
  readonly loss: LossTotals
  /** Where it listens: `udp://[::]:6343`. */
  readonly addresses: readonly string[]
  /** Null before it listens. */
  readonly receiving: ReceivingState | null
  readonly sides: readonly SideState[]
  /** At most 1000, those with most datagrams; `moreAgents` are not listed. */
  readonly agents: readonly AgentRow[]
  readonly moreAgents: number
  /** The bound on agents was hit: older ones are forgotten. */
  readonly forgotten: number
  readonly issues: number
  /** How many of each kind, and the newest of each in words, the cause first. */
  readonly issueKinds: readonly { readonly kind: string; readonly count: number; readonly newest: string }[]
  /** The newest issues in words, newest first, at most 100; of a flood, some of each second. */
  readonly newestIssues: readonly string[]
}
