// Owns what a person can ask of `sonde sample`, as values. Knows no flag. Start at SampleOptions; run.ts does it.

import type { TapDirection } from '../kernel/tap/tap.ts'
import type { PortRate } from '../parse/port-rates.ts'
import type { UdpDestination } from '../parse/udp-address.ts'
import type { Selection } from '../print/options.ts'
import type { HsflowdConfig } from './config.ts'

export const tapMethods = ['tcx', 'af_packet'] as const
export type TapMethod = (typeof tapMethods)[number]

export const tapDirections = ['ingress', 'egress', 'both'] as const satisfies readonly TapDirection[]

/** Namespaces in place of a name. */
export const ALL_NETNS = 'all'
export const OWN_NETNS = 'this'

/** What is asked of drops. */
export interface DropsWish {
  /** Told a second at most; 0: no limit; undefined: 100 where they are sent, as hsflowd has it, and none where they are printed. */
  readonly limit: number | undefined
  /** `this`, a name, a path or `inode:N` of a network namespace, or `all`. */
  readonly netns: string
  /** The record of sonde's own (32473:1) is sent to collectors, too. */
  readonly withProcess: boolean
}

/** Where a flag and --config say unlike things, the flag is meant. Undefined: not given. */
export interface SampleOptions extends Selection {
  /** Names and patterns of interfaces; those of the configuration where there are none. */
  readonly interfaces: readonly string[]
  readonly rates: readonly PortRate[]
  readonly direction: TapDirection
  /** Bytes of each packet's beginning. */
  readonly headerBytes: number | undefined
  /** Between two counter samples of a source; 0: none. */
  readonly pollingMs: number | undefined
  /** An address, or the name of an interface that has it. */
  readonly agent: string | undefined
  readonly subAgent: number | undefined
  /** Bytes of a datagram. */
  readonly datagramBytes: number | undefined
  readonly collectors: readonly UdpDestination[]
  readonly config: HsflowdConfig | undefined
  /** This tap and no other. */
  readonly method: TapMethod | undefined
  /** Packets that the kernel drops are told of, too; undefined: only where the configuration says so. */
  readonly drops: DropsWish | undefined
  /** Whether samples are printed. */
  readonly prints: boolean
  /** Ends by itself after so many milliseconds. */
  readonly durationMs: number | undefined
  readonly stop: AbortSignal
}
