// Owns what a person can ask of the printing of samples, as values: the same for every command that prints them.
// Knows no flag and no command. Start at PrintOptions.

import type { Prefix } from '../parse/address.ts'
import type { TimeBound } from '../parse/time.ts'
import type { PacketChoice } from './packet-filter.ts'
import type { FilterChoice } from './sample-filter.ts'
import type { View } from './style.ts'

export const printFormats = ['table', 'ndjson', 'json', 'csv', 'line', 'pcap'] as const
export type PrintFormat = (typeof printFormats)[number]

/** What --format pcap writes: sampled headers, headers of discarded packets, or the sFlow datagrams themselves. */
export const pcapContents = ['headers', 'discards', 'datagrams'] as const
export type PcapContent = (typeof pcapContents)[number]

/** What one object of --format json is. */
export const jsonObjects = ['sample', 'datagram'] as const
export type JsonObject = (typeof jsonObjects)[number]

export const sampleChoices = ['flow', 'counter', 'discard'] as const
export type SampleChoice = (typeof sampleChoices)[number]

/** Which samples are wanted. */
export interface Selection {
  readonly samples: ReadonlySet<SampleChoice>
  /** Empty: all agents. */
  readonly agents: readonly Prefix[]
  /** Samples; undefined: no end. */
  readonly limit: number | undefined
  readonly since: TimeBound | undefined
  readonly until: TimeBound | undefined
  /** Undefined: all samples. */
  readonly filter?: FilterChoice | undefined
  /** Undefined: all samples, also those without a packet header. */
  readonly packets?: PacketChoice | undefined
}

/** In which form. */
export interface PrintOptions {
  readonly format: PrintFormat
  readonly what: PcapContent
  readonly object: JsonObject
  /** Attribute names, not checked yet; undefined: everything. */
  readonly fields: readonly string[] | undefined
  /** Counts instead of samples. */
  readonly summary: boolean
  /** False: numbers only, in cards. */
  readonly names: boolean
  readonly view: View
}
