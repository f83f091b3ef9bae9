// Owns what a person can ask of `sonde replay`, as values. Knows no flag. Start at ReplayOptions; run.ts does it.

import type { EnvironmentError, InputError } from '../errors.ts'
import type { AddressWords } from '../parse/address.ts'
import type { TimeBound } from '../parse/time.ts'
import type { UdpDestination } from '../parse/udp-address.ts'

export const replayFormats = ['table', 'ndjson'] as const
export type ReplayFormat = (typeof replayFormats)[number]

/** Another address for an agent. */
export interface AgentMapping {
  readonly from: AddressWords
  readonly to: AddressWords
}

/** What is changed in each datagram; nothing where all are off. */
export interface RewriteOptions {
  readonly mapAgents: readonly AgentMapping[]
  /** Undefined: as it was. */
  readonly subAgent: number | undefined
  /** Sequence numbers, pools, drops and interface counters go on through loops, without gap or restart. */
  readonly restartSequence: boolean
  /** Uptime goes on through loops. */
  readonly shiftUptime: boolean
}

/** How packets that are no sFlow become sFlow. */
export interface SamplingOptions {
  /** N of 1 in N. */
  readonly rate: number
  readonly seed: number
  readonly agent: AddressWords
  /** Of the first capture; each further one has the next. */
  readonly subAgent: number
}

export interface ReplayOptions {
  /** Files, or `-` for stdin; at least one, merged by time. */
  readonly inputs: readonly string[]
  readonly to: UdpDestination
  /** Of the capture's own timing, 1 where undefined; Infinity: as fast as it goes. */
  readonly speed: number | undefined
  /** Datagrams a second at even distances, instead of the capture's timing. */
  readonly pps: number | undefined
  /** How many times; Infinity: until stopped. */
  readonly loops: number
  /** Datagrams, of all loops; undefined: no end. */
  readonly limit: number | undefined
  readonly since: TimeBound | undefined
  readonly until: TimeBound | undefined
  /** UDP destination ports that carry sFlow; at least one. */
  readonly ports: readonly number[]
  readonly rewrite: RewriteOptions
  /** Undefined: the input is sFlow. */
  readonly sampling: SamplingOptions | undefined
  /** The summary as an object too. */
  readonly format: ReplayFormat
  /** Count the datagrams before sending, so that progress can tell how many there are. */
  readonly survey: boolean
  /** Stop early, but tell the summary. */
  readonly stop: AbortSignal
}

/** Where everything but the summary object goes; lib/ui/terminal.ts is one. */
export interface ReplayReport {
  /** A line that is always told: damage, what could not be sent. */
  tell(line: string): void
  /** An input that can't be read; the others are. */
  failure(error: InputError | EnvironmentError): void
  /** A line that --quiet hides: the summary. */
  note(line: string): void
  /** A line that only --verbose shows. */
  detail(line: string): void
  /** How far the replay is; total undefined where there is no end. */
  progress(label: string, done: number, total: number | undefined, note: string): void
}
