// Owns what a person can ask of `sonde lab`, as values. Knows no flag. See lab.ts for the folder.

import type { UdpDestination } from '../parse/udp-address.ts'

export const trafficFormats = ['table', 'ndjson'] as const
export type TrafficFormat = (typeof trafficFormats)[number]

export const routings = ['auto', 'frr', 'static'] as const
export type Routing = (typeof routings)[number]

export type Environment = Readonly<Record<string, string | undefined>>

/** The lab that is meant where no name is given. */
export const USUAL_LAB = 'sonde'

/** What all three commands need. */
export interface LabOptions {
  /** Begins the names of the namespaces; see isLabName. */
  readonly name: string
  /** PATH, and what else programs inherit. */
  readonly environment: Environment
  /** Stop early: a lab that is half there is taken away again, traffic tells its summary. */
  readonly stop: AbortSignal
}

export interface UpOptions extends LabOptions {
  readonly routing: Routing
  /** A sampler in each switch. */
  readonly sampled: boolean
  /** N of 1 in N. */
  readonly rate: number
  /** Between counter samples. */
  readonly pollingMs: number
  /** Collectors, as seen from where this runs; at least one. */
  readonly to: readonly UdpDestination[]
  /** The command that is `sonde`: program and first arguments. */
  readonly sonde: readonly string[]
}

/** `job`: h1 sends to h2. `incast`: all other hosts send to h2, whose port is slow. `blocked`: as job, with a firewall in leaf2. */
export type TrafficKind = 'job' | 'incast' | 'blocked'

export interface TrafficOptions extends LabOptions {
  readonly kind: TrafficKind
  readonly cycles: number
  /** Of a cycle, of all senders. */
  readonly packets: number
  /** From the last packet of a cycle to the first of the next, to the nanosecond. */
  readonly pauseNs: bigint
  /** Packets a second within a cycle, of all senders. */
  readonly rate: number
  /** Probability that a packet is marked, 0 to 1. */
  readonly ecn: number
  readonly isIpv6: boolean
  /** A line a cycle goes there; undefined: nowhere. */
  readonly log: string | undefined
  readonly format: TrafficFormat
}

/** Where everything but the result goes; lib/ui/terminal.ts is one. */
export interface LabReport {
  /** A line that is always told: what was lost. */
  tell(line: string): void
  /** A line that --quiet hides. */
  note(line: string): void
  /** A line that only --verbose shows. */
  detail(line: string): void
  /** How far it is; total undefined where there is no end. */
  progress(label: string, done: number, total: number | undefined, note: string): void
}
