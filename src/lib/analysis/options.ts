// Owns what a person can ask of every analysis, as values. Knows no flag. Start at AnalysisOptions.

import type { UdpAddress } from '../parse/udp-address.ts'
import type { DatagramSelection } from '../print/datagram-gate.ts'
import type { View } from '../print/style.ts'
import type { PublishOptions } from './publish.ts'

export const analysisFormats = ['table', 'ndjson', 'json', 'csv', 'prometheus'] as const
export type AnalysisFormat = (typeof analysisFormats)[number]

/** Where samples come from. */
export type AnalysisInput =
  | {
      readonly kind: 'recorded'
      /** Files, or `-` for stdin; at least one, merged by time. */
      readonly paths: readonly string[]
      /** UDP destination ports that carry sFlow; at least one. */
      readonly ports: readonly number[]
    }
  | {
      readonly kind: 'live'
      readonly addresses: readonly UdpAddress[]
      /** Receive buffer asked for, bytes; undefined: the usual one. */
      readonly bufferBytes: number | undefined
      /** Ends by itself after so many milliseconds; undefined: never. */
      readonly durationMs: number | undefined
    }
  | {
      /** Packets that the kernel of this host drops. */
      readonly kind: 'kernel'
      /** Only of this network namespace: `this`, a name, a path or `inode:N`; undefined for all. */
      readonly netns: string | undefined
      readonly durationMs: number | undefined
    }

/** Without an end of its own. */
export type LiveInput = Exclude<AnalysisInput, { readonly kind: 'recorded' }>

/** What can go to a thread. */
export interface ReadingOptions extends DatagramSelection {
  readonly input: AnalysisInput
  /** Samples; undefined: no end. */
  readonly limit: number | undefined
  /** Live: what else is done with windows. */
  readonly publish?: PublishOptions | undefined
}

export interface AnalysisOptions extends ReadingOptions {
  readonly format: AnalysisFormat
  readonly view: View
  /** Conditions as text: exit code 4 where one was true of a window. */
  readonly failIf: readonly string[]
  /** Stop early, but end the output well. */
  readonly stop: AbortSignal
}
