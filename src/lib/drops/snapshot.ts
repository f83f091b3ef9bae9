// Owns what is known of drops, as plain values that go from thread to thread; and what a screen may ask. Knows no engine.
// See drops.ts for the folder. Start at DropsWindow.

import type { CommandAnswer, EngineCommand } from '../analysis/command-answer.ts'
import type { RunState } from '../analysis/run-state.ts'
import type { KeyValue } from '../flow/rows.ts'
import type { DropGrouping } from './groupings.ts'

/** Why, by sFlow's table. */
export interface Reason {
  /** As it is counted: misprinted and replaced codes are put right; null where a flow sample tells none. */
  readonly code: number | null
  /** Its name; `reason 999` where it has none. */
  readonly name: string
  /** Null where the code is not assigned. */
  readonly group: string | null
}

/** Where: the egress port where the agent tells one, else the port that the packet came in by. */
export interface Place {
  /** The same in every window. */
  readonly id: string
  /** Node of the topology, else the agent's host name, else its address; not made safe for a terminal. */
  readonly node: string
  readonly agent: string
  /** Name of the port; null where it has none, or no port is told. */
  readonly port: string | null
  readonly ifIndex: number | null
  /** `out`: it was to leave by that port. Null where no port is told. */
  readonly direction: 'in' | 'out' | null
  /**
   * False where the agent tells of its ports, and not of this one: hsflowd reports drops of all network namespaces. Null where it
   * tells of none.
   */
  readonly isKnown: boolean | null
  readonly link: string | null
}

/** Whose packets, and what they carry. Null where the header does not say, and in a row where its packets differ. */
export interface Victim {
  /** IP address, else MAC address. */
  readonly src: string | null
  readonly dst: string | null
  /** `UDP`, `RoCE`, `ARP`: the IP protocol, or the Ethernet type of what is no IP. */
  readonly protocol: string | null
  /** The well-known one of both ports, else the destination's. */
  readonly port: number | null
  readonly dscp: number | null
}

/** What agents tell beside the reason. */
export interface Detail {
  readonly linuxReason: string | null
  /** Without offsets: `nft_do_chain`. */
  readonly function: string | null
  readonly trap: string | null
  readonly trapGroup: string | null
  readonly queue: number | null
  readonly acl: string | null
  readonly packets: number
}

/** An estimate; null where it is not known. */
export interface Estimated {
  readonly value: number
  /** Bounds at 95 %. */
  readonly low: number
  readonly high: number
}

/** What leaves by the port that dropped: who fills its queue. */
export interface Culprit {
  readonly victim: Victim
  readonly samples: number
  readonly bitsPerSecond: number | null
  readonly packetsPerSecond: number | null
  /** Of all that leaves by the port. */
  readonly share: Estimated | null
}

/** What is known of a place beside its drops. */
export interface PlaceFacts {
  readonly place: Place
  /** Packets told (or estimated) as dropped there in the window. */
  readonly packets: number
  /** The largest first; null where they can't be known, and why. */
  readonly culprits: readonly Culprit[] | null
  readonly culpritsWhy: string | null
  /** Bits a second that leave by the port, by flow samples. */
  readonly outBitsPerSecond: number | null
  /** Of its speed, 0 to 1: by counters, unless they are of longer than the window; else by flow samples. */
  readonly utilization: number | null
  readonly utilizationBy: 'counters' | 'samples' | null
  readonly speed: number | null
  readonly counted: Counted
}

/** What counters say, beside what was told in the same intervals. */
export interface Counted {
  /** Packets, by ifInDiscards or ifOutDiscards; and errors. Null without two counter samples. */
  readonly discards: number | null
  readonly errors: number | null
  /** How long these intervals are together: more than the window where counters come less often. */
  readonly seconds: number | null
  /** A second of the intervals. */
  readonly discardsPerSecond: number | null
  /** Told as dropped in these intervals. */
  readonly told: number | null
  /** Of the discards those that are told, percent; more told than counted is 100. */
  readonly explainedPct: number | null
  readonly explainedBy: 'port' | 'agent' | null
  /** Why `explainedPct` is null. */
  readonly why: string | null
}

/** A port of which counters show discards or errors. */
export interface CountedPort {
  readonly node: string
  readonly agent: string
  readonly port: string | null
  readonly ifIndex: number
  readonly inDiscards: number
  readonly outDiscards: number
  readonly inErrors: number
  readonly outErrors: number
  readonly seconds: number
  readonly toldIn: number
  readonly toldOut: number
  readonly explainedPct: number | null
  readonly explainedBy: 'port' | 'agent' | null
  readonly why: string | null
}

export type DropRowKind = 'drop' | 'other' | 'no key' | 'not told' | 'total'

export interface DropRow {
  readonly kind: DropRowKind
  /** The same in every window. */
  readonly id: string
  /** `told`: each packet is a notification (0:5). `sampled`: estimated by flow samples whose output is a discard. */
  readonly by: 'told' | 'sampled' | null
  /** Null where rows are not by it, and their packets differ in it. */
  readonly reason: Reason | null
  readonly place: Place | null
  readonly victim: Victim | null
  /** Of the further keys. */
  readonly keys: readonly KeyValue[]
  readonly samples: number
  /** Null where no sampling rate is known. */
  readonly packets: number | null
  readonly low: number | null
  readonly high: number | null
  /** Of the total. */
  readonly share: number | null
  /** When the first and the last one were dropped, as agents say (0:1043): milliseconds since 1970. */
  readonly firstMs: number | null
  readonly lastMs: number | null
  /** The most frequent first. */
  readonly details: readonly Detail[]
  /** Packets in each piece of the window; null where not known. */
  readonly timeline: readonly number[] | null
}

/** Drops of a reason at a place, whatever rows are by. */
export interface DropCount {
  readonly reason: Reason | null
  readonly place: Place | null
  readonly by: 'told' | 'sampled'
  readonly packets: number
}

export interface DropsWindow {
  /** Milliseconds since 1970. */
  readonly startMs: number
  readonly endMs: number
  /** What rates are by. */
  readonly seconds: number
  /** Ranked; those that are listed. */
  readonly rows: readonly DropRow[]
  readonly other: DropRow
  readonly noKey: DropRow
  readonly notTold: DropRow
  readonly total: DropRow
  /** Distinct rows. */
  readonly flows: number
  /** By Place.id, of the places of all drops. */
  readonly places: ReadonlyMap<string, PlaceFacts>
  /** Ports with discards or errors by counters, most discards first. */
  readonly ports: readonly CountedPort[]
  /** Any port has two counter samples. */
  readonly isCounted: boolean
  /** Agents that told of drops. */
  readonly agents: number
  /** Notifications that the filter let through, and all that came. */
  readonly told: number
  readonly received: number
  /** Of all agents: dropped by their own rate limit; missing by their sequence numbers. */
  readonly limited: number
  readonly lost: number
  /** Estimated by flow samples whose output is a discard. */
  readonly sampled: number | null
  /** Flow samples that told of a discard. */
  readonly discardSamples: number
  /** Flow and counter samples, so that nothing is not taken for a silent network. */
  readonly otherSamples: number
  /** Length of a piece of the timelines; null where there are none. */
  readonly sliceMs: number | null
  /** Titles of the further keys. */
  readonly keys: readonly string[]
  /** Flows in the shape of sFlow-RT's exporter, where it is asked for. */
  readonly exported: readonly { readonly key: readonly KeyValue[]; readonly perSecond: number | null }[]
  /** All drops by reason and place, where metrics are asked for; and those that are in no row of their own. */
  readonly counts: readonly DropCount[]
  readonly uncounted: number
  /** What makes it doubtful, a sentence each; names are not made safe for a terminal. */
  readonly notes: readonly string[]
}

export interface DropsSnapshot extends RunState, CommandAnswer {
  readonly by: readonly DropGrouping[]
  /** As on the command line; '' for none. */
  readonly keys: string
  readonly filter: string | null
  readonly windowMs: number | 'all'
  /** Of the last `windowMs`; null before the first sample. */
  readonly window: DropsWindow | null
  /** When counting began anew, with another question or topology, inside the window: what came before is not in it. Else null. */
  readonly anewMs: number | null
  /** Since the start: notifications of drops, and flow samples. */
  readonly notifications: number
  readonly flowSamples: number
  readonly notes: readonly string[]
}

/** What is left out stays as it is. */
export interface DropsChange {
  readonly kind: 'set'
  readonly by?: readonly DropGrouping[]
  readonly keys?: string
  readonly filter?: string
  readonly windowMs?: number
}

export type DropsCommand = EngineCommand<DropsChange>
