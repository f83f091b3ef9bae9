// Owns what a screen sees of `sonde ports` and what it may ask, as plain values that go from thread to thread. Knows no
// screen and no engine. Start at PortsSnapshot.

/** One direction of a port. Unknown is null, never 0. Seen from the switch: `in` is received. */
export interface PortSide {
  /** By counters, over `PortRow.seconds`. */
  readonly bytes: number | null
  /** Unicast, multicast and broadcast, as far as the agent counts them. */
  readonly packets: number | null
  readonly errors: number | null
  readonly discards: number | null
  readonly bitsPerSecond: number | null
  readonly packetsPerSecond: number | null
  readonly errorsPerSecond: number | null
  readonly discardsPerSecond: number | null
  /** Of the speed, 0 to 1; above 1 where the agent's speed is wrong. */
  readonly utilization: number | null
  /** By flow samples, each for as many packets as it stands for. */
  readonly sampledBitsPerSecond: number | null
  /** Flow samples in it. */
  readonly samples: number
  /** `own`: sampled at this port in this direction; `others`: seen by other ports on their way to this one. */
  readonly sampledBy: 'own' | 'others' | null
  /** Counted bits a second of the last intervals, oldest first, at most HISTORY; null where not known. */
  readonly history: readonly (number | null)[]
}

/** What flow samples say, divided by what counters say, of the same bytes: 1 where the sampling rate is true. */
export interface SampledRatio {
  readonly value: number
  /** ± at 95 % by the number of samples, percent of the value; half the way between the bounds. Null without samples. */
  readonly errorPct: number | null
  /** Bounds at 95 %. */
  readonly low: number
  readonly high: number
  /** Off by more than chance and the clocks of agents explain: the sampling rate is not what it says. */
  readonly off: boolean
}

export interface PortRow {
  /** The same in every snapshot. */
  readonly id: string
  /** Node of the topology, else the agent's host name, else its address; not made safe for a terminal. */
  readonly node: string
  readonly agent: string
  readonly ifIndex: number
  /** Name of the port, by the topology or the agent; not made safe for a terminal. */
  readonly port: string | null
  /** Link of the topology at this port. */
  readonly link: string | null
  readonly place: 'edge' | 'core' | null
  /** IANAifType. */
  readonly ifType: number | null
  /** Bit/s. */
  readonly speed: number | null
  readonly duplex: 'full' | 'half' | 'in' | 'out' | null
  readonly admin: 'up' | 'down' | null
  readonly oper: 'up' | 'down' | null
  /** ifIndex of the aggregate (802.3ad) that it is attached to. */
  readonly lag: number | null
  /** Between the first and the last counter sample that count, without stretches over a restart; null before the second. */
  readonly seconds: number | null
  /** Seconds since the last counter sample; null without one. */
  readonly counterAge: number | null
  readonly in: PortSide
  readonly out: PortSide
  readonly ratio: SampledRatio | null
  /** Flow sampling, 1 in N: as configured, and packets a received sample. */
  readonly samplingRate: number | null
  readonly effectiveRate: number | null
  /** Why something is not known: `one counter sample: a rate needs two`. */
  readonly note: string | null
}

/** Values in PortSide.history. */
export const HISTORY = 30

export const portSorts = ['utilization', 'rate', 'in', 'out', 'errors', 'discards', 'packets', 'ratio', 'name'] as const
export type PortSort = (typeof portSorts)[number]

export interface PortsSnapshot {
  /** `udp://[::]:6343` or a file's name. */
  readonly source: string
  /** Since the start of the program. */
  readonly seconds: number
  readonly windowMs: number | 'all'
  readonly startMs: number | null
  readonly endMs: number | null
  readonly sort: PortSort
  readonly filter: string | null
  /** At most as many as asked for, by `sort`. */
  readonly rows: readonly PortRow[]
  /** All that are known, and of them those that are down, have errors, discards, a sampling rate that is off. */
  readonly ports: number
  readonly down: number
  readonly withErrors: number
  readonly withDiscards: number
  readonly samplingOff: number
  readonly datagrams: number
  readonly datagramsPerSecond: number
  /** Lost of all datagrams that were sent, 0 to 1; null before the first. */
  readonly lostShare: number | null
  readonly notes: readonly string[]
  /** Number of the last command that was done or refused; 0 before the first. */
  readonly answered: number
  readonly refused: { readonly message: string; readonly nextSteps: readonly string[] } | null
}

/** What is left out stays as it is. */
export interface PortsChange {
  readonly kind: 'set'
  readonly sort?: PortSort
  readonly top?: number
  /** As on the command line; '' for none. */
  readonly filter?: string
  readonly windowMs?: number
}

/** `id` grows with each command; the snapshot says which one was `answered`. */
export type PortsCommand = (PortsChange | { readonly kind: 'reset' }) & { readonly id: number }
