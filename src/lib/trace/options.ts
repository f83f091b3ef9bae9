// Owns what a person can ask of `sonde trace`, as values. Knows no flag. See step.ts for the folder. Start at TraceOptions.

import type { TraceWish } from '../kernel/trace/trace-watch.ts'
import type { TraceHead } from './head.ts'

/** Which time stands in a line: none; since the trace began; of day; since the same buffer's step before. */
export const timestamps = ['none', 'relative', 'absolute', 'delta'] as const
export type Timestamp = (typeof timestamps)[number]

export const traceFormats = ['table', 'ndjson', 'json'] as const
export type TraceFormat = (typeof traceFormats)[number]

/** What was asked, in the user's words: for the head. */
export type Asked = Pick<TraceHead, 'filter' | 'func' | 'ifname' | 'netns' | 'mark'>

export interface TraceOptions {
  readonly wish: TraceWish
  readonly asked: Asked
  /** Steps; undefined: no limit. */
  readonly limit: number | undefined
  readonly durationMs: number | undefined
  readonly stop: AbortSignal
  /** Name of a network namespace by its inode, empty where it has none or names are not wanted. */
  readonly netnsName: (inode: number) => string
}

/** Which of recorded steps are wanted: what the kernel would have been asked, as far as steps tell. */
export interface Choice {
  /** Whole names of functions. */
  readonly functions: RegExp | undefined
  readonly interfaceName: string | undefined
  /** Inode, or name as it was recorded. */
  readonly netns: number | string | undefined
  readonly mark: TraceWish['mark']
  readonly limit: number | undefined
}

export interface RecordedOptions {
  readonly choice: Choice
  readonly stop: AbortSignal
  /** Names of network namespaces are wanted. */
  readonly names: boolean
}
