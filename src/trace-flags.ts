// Owns the flags that only `sonde trace` has, and which of them a recording refuses. Knows no kernel; what a value may be is in
// lib/parse. Start with traceFlags; the ones that all commands share are in flags.ts.

import { boolean, custom, option, string } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import { InputError } from './lib/errors.ts'
import { traceTiers } from './lib/kernel/trace/trace-watch.ts'
import { parseMilliseconds } from './lib/parse/duration.ts'
import { parseList } from './lib/parse/list.ts'
import { parseMark } from './lib/parse/mark.ts'
import { parseCount } from './lib/parse/rate.ts'
import { parseWholeName, type WholeName } from './lib/parse/whole-name.ts'
import { timestamps, traceFormats } from './lib/trace/options.ts'

/** A value with the text that it was read from, which is told and recorded. */
interface Written<T> {
  readonly text: string
  readonly value: T
}

const written =
  <T>(parse: (text: string, what: string) => T, what: string) =>
  async (text: string): Promise<Written<T>> => ({ text: text.trim(), value: parse(text, what) })

/** Which packets and functions. */
export const traceFlags = withEnvironment({
  func: custom<WholeName>({ parse: async (text) => parseWholeName(text, '--func') })({
    helpValue: 'REGEX',
    summary: "Only functions whose whole name matches, such as 'ip_.*|tcp_v4_rcv'.",
    helpGroup: groups.trace,
  }),
  ifname: string({
    helpValue: 'NAME',
    summary: 'Only packets at this interface.',
    helpGroup: groups.trace,
  }),
  netns: string({
    helpValue: 'NAME|PATH|inode:N',
    summary: "Only packets in this network namespace; 'this' is sonde's own. Default all.",
    helpGroup: groups.trace,
  }),
  mark: custom<Written<ReturnType<typeof parseMark>>>({ parse: written(parseMark, '--mark') })({
    helpValue: 'N[/MASK]',
    summary: 'Only packets with this mark, such as 0x10 or 0x10/0xff.',
    helpGroup: groups.trace,
  }),
  kmods: custom<string[]>({ parse: async (text) => parseList(text, '--kmods') })({
    helpValue: 'MODULE,...|all',
    summary: "Functions of these kernel modules, too. Default the kernel's own only.",
    helpGroup: groups.trace,
  }),
  'track-skb': boolean({
    default: false,
    summary: 'Follow a packet once seen, also after NAT or into a tunnel where the filter no longer fits; clones, too.',
    helpGroup: groups.trace,
  }),
  tier: option({ options: traceTiers })({
    helpValue: 'TIER',
    summary: 'Attach in this way and no other. Default the best that the kernel permits.',
    helpGroup: groups.trace,
  }),
  limit: custom<number>({ parse: async (text) => parseCount(text, '--limit') })({
    helpValue: 'N',
    summary: 'End after N steps.',
    helpGroup: groups.trace,
  }),
  duration: custom<number>({ parse: async (text) => parseMilliseconds(text, '--duration') })({
    helpValue: 'TIME',
    summary: 'End after this time, such as 30s or 1h.',
    helpGroup: groups.trace,
  }),
  input: string({
    char: 'i',
    helpValue: 'FILE',
    summary: 'Show a recorded trace, NDJSON, plain or packed; - is stdin.',
    helpGroup: groups.input,
  }),
})

/** What is told of each step, and how. */
export const traceOutputFlags = withEnvironment({
  format: option({ options: traceFormats })({
    char: 'f',
    helpValue: 'FORMAT',
    summary: 'table, ndjson or json. Default table on a terminal, else ndjson.',
    helpGroup: groups.output,
  }),
  timestamp: option({ options: timestamps, default: 'none' as const })({
    helpValue: 'KIND',
    summary:
      'In the table, a time before each step: since the first one, of day, or since the step before of this packet.',
    helpGroup: groups.output,
  }),
  'tcp-flags': boolean({ default: false, summary: 'In the table, flags of TCP.', helpGroup: groups.output }),
  caller: boolean({
    default: false,
    summary: 'Tell the function that called each one.',
    helpGroup: groups.output,
  }),
  stack: boolean({ default: false, summary: 'Tell the way into each function.', helpGroup: groups.output }),
  meta: string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FIELD',
    summary: "Tell a member of the kernel's buffer, such as 'skb->dev->ifindex'. May be repeated, up to four.",
    helpGroup: groups.output,
  }),
  summary: boolean({
    default: false,
    summary: 'At the end, the routes that packets took, how many, how long; no steps.',
    helpGroup: groups.output,
  }),
  top: custom<number>({ parse: async (text) => parseCount(text, '--top') })({
    helpValue: 'N',
    summary: 'With --summary, the N commonest routes; the others are counted. Default 10.',
    helpGroup: groups.output,
  }),
  ui: boolean({
    default: false,
    summary: 'A screen: packets, and the route of the chosen one. A terminal is needed.',
    helpGroup: groups.output,
  }),
  'no-ui': boolean({ default: false, summary: 'No screen, not even with SONDE_UI.', helpGroup: groups.output }),
})

/** Flags that ask the kernel: what was recorded can't be asked again. */
const kernelOnly = ['kmods', 'track-skb', 'tier', 'duration', 'caller', 'stack', 'meta'] as const

/**
 * Refuses what a recording has no answer to. Variables may stand for other commands too: they are not refused.
 * @param raw what was on the command line
 * @throws InputError
 */
export function refuseOfRecording(
  raw: readonly { readonly type: string; readonly flag?: string }[],
  filter: string,
): void {
  if (filter !== '') {
    throw new InputError(`"${filter}" can't be asked of a recording: it has no bytes of packets, only what was told.`, [
      'Filter when recording: sonde trace port https -o trace.ndjson',
      'Of recorded steps --func, --ifname, --netns, --mark and --limit choose; or jq.',
    ])
  }
  for (const { type, flag } of raw) {
    if (type !== 'flag' || !kernelOnly.some((name) => name === flag)) continue
    throw new InputError(`--${flag} asks the kernel; what was recorded is shown as it is.`, [
      `Give it when recording: sonde trace --${flag} ... -o trace.ndjson`,
    ])
  }
}
