// Owns what is known of a port over some stretch of time, as plain values. See port-rates.ts for the folder. Start at PortRow.

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
  /** The most that an interval of counters has had, ever. */
  readonly peakBitsPerSecond: number | null
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
