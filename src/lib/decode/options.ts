// Owns what a person can ask of `sonde decode`, as values. Knows no flag. Start at DecodeOptions; run.ts does it.

import type { EnvironmentError, InputError } from '../errors.ts'
import type { Prefix } from '../parse/address.ts'
import type { TimeBound } from '../parse/time.ts'
import type { View } from './style.ts'

export const decodeFormats = ['table', 'ndjson', 'json', 'csv', 'line', 'pcap'] as const
export type DecodeFormat = (typeof decodeFormats)[number]

/** What --format pcap writes: sampled headers, headers of discarded packets, or the sFlow datagrams themselves. */
export const pcapContents = ['headers', 'discards', 'datagrams'] as const
export type PcapContent = (typeof pcapContents)[number]

/** What one object of --format json is. */
export const jsonObjects = ['sample', 'datagram'] as const
export type JsonObject = (typeof jsonObjects)[number]

export const sampleKinds = ['flow', 'counter', 'discard'] as const
export type SampleKind = (typeof sampleKinds)[number]

export interface DecodeOptions {
  /** Files, or `-` for stdin; at least one, merged by time. */
  readonly inputs: readonly string[]
  readonly format: DecodeFormat
  readonly what: PcapContent
  readonly object: JsonObject
  /** Attribute names, not checked yet; undefined: everything. */
  readonly fields: readonly string[] | undefined
  /** Print the attributes instead of decoding. */
  readonly listFields: boolean
  readonly samples: ReadonlySet<SampleKind>
  /** Empty: all agents. */
  readonly agents: readonly Prefix[]
  /** Samples; undefined: no end. */
  readonly limit: number | undefined
  /** Counts instead of samples. */
  readonly summary: boolean
  /** UDP destination ports that carry sFlow; at least one. */
  readonly ports: readonly number[]
  readonly since: TimeBound | undefined
  readonly until: TimeBound | undefined
  /** False: numbers only, in cards. */
  readonly names: boolean
  readonly view: View
  /** Stop early, but end the output well. */
  readonly stop: AbortSignal
}

/** Where everything but the records goes; lib/ui/terminal.ts is one. */
export interface DecodeReport {
  /** A line that is always told: damage, loss. */
  tell(line: string): void
  /** An input that can't be read; the others are. */
  failure(error: InputError | EnvironmentError): void
  /** A line that --quiet hides: the summary, what was chosen. */
  note(line: string): void
  /** A line that only --verbose shows. */
  detail(line: string): void
  /** Whether detail() shows anything. */
  readonly verbose: boolean
  /** How far the read is; total undefined where the end is not known. */
  progress(label: string, done: number, total: number | undefined, note: string): void
}
