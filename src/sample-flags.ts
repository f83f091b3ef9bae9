// Owns the flags that only `sonde sample` has. Knows no packet; what a value may be is in lib/parse.
// Start with sampleHostFlags; the ones that all commands share are in flags.ts.

import { boolean, custom, option, string } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import { InputError } from './lib/errors.ts'
import { parseMilliseconds } from './lib/parse/duration.ts'
import { notUnderstood } from './lib/parse/parse.ts'
import { type PortRate, parsePortRates } from './lib/parse/port-rates.ts'
import { parseCount } from './lib/parse/rate.ts'
import { parseUdpDestination, SFLOW_PORT, type UdpDestination } from './lib/parse/udp-address.ts'
import type { HsflowdConfig } from './lib/sample/config.ts'
import { type DropsWish, OWN_NETNS, tapDirections, tapMethods } from './lib/sample/options.ts'

/** A whole number between two others. */
function numberOf(text: string, what: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw notUnderstood(what, text, `Give a whole number from ${least} to ${most}.`)
}

/** `100`, `1k/s`; `off` is 0, no limit. */
function parseDropsLimit(text: string): number {
  return text.trim() === 'off' ? 0 : parseCount(text.replace(/\/s$/, ''), '--drops-limit')
}

/**
 * What --drops and the flags beside it ask.
 * @throws InputError for those beside it without it
 */
export function dropsWish(
  flags: {
    readonly drops: boolean
    readonly 'drops-limit': number | undefined
    readonly 'drops-netns': string | undefined
    readonly 'drops-process': boolean
  },
  config: HsflowdConfig | undefined,
): DropsWish | undefined {
  const isConfigured = config?.drops !== undefined
  const beside = (['drops-limit', 'drops-netns', 'drops-process'] as const).filter(
    (name) => flags[name] !== undefined && flags[name] !== false,
  )
  if (!flags.drops && beside.length > 0 && !isConfigured) throw new InputError(`--${beside[0]} goes with --drops only.`)
  if (!flags.drops && beside.length === 0) return undefined
  return {
    limit: flags['drops-limit'],
    netns: flags['drops-netns'] ?? OWN_NETNS,
    withProcess: flags['drops-process'],
  }
}

/** What is sampled, and where it goes. */
export const sampleHostFlags = withEnvironment({
  rate: custom<PortRate[]>({ parse: async (text) => parsePortRates(text, '--rate') })({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'N|INTERFACE=N,...',
    summary: 'Sample 1 packet in N at random. Default by speed, 1 in 1,000 at 1 Gb/s.',
    helpGroup: groups.sample,
  }),
  direction: option({ options: tapDirections, default: 'both' as const })({
    helpValue: 'WAY',
    summary: 'Packets that come in (ingress), that go out (egress), or both.',
    helpGroup: groups.sample,
  }),
  snaplen: custom<number>({ parse: async (text) => numberOf(text, '--snaplen', 14, 256) })({
    helpValue: 'N',
    summary: "Bytes of each packet's beginning, 14 to 256. Default 128.",
    helpGroup: groups.sample,
  }),
  method: option({ options: tapMethods })({
    helpValue: 'METHOD',
    summary: 'Sample by tcx (Linux 6.6) or af_packet and nothing else. Default the better that works.',
    helpGroup: groups.sample,
  }),
  netns: string({
    helpValue: 'NAME|PATH',
    summary: 'Interfaces of this network namespace; collectors are reached from where sonde is.',
    helpGroup: groups.sample,
  }),
  config: string({
    helpValue: 'FILE',
    summary: 'Take collectors, interfaces and rates from a file as hsflowd.conf; flags count before it.',
    helpGroup: groups.sample,
  }),
  drops: boolean({
    default: false,
    summary:
      'Tell of packets that the kernel drops, too: why, in which function (0:5). Without interfaces of nothing else.',
    helpGroup: groups.sample,
  }),
  'drops-limit': custom<number>({ parse: async (text) => parseDropsLimit(text) })({
    helpValue: 'N/s',
    summary: 'Drops told a second at most, or off; the rest is counted. Default 100 with --to, else off.',
    helpGroup: groups.sample,
  }),
  'drops-netns': string({
    helpValue: 'NAME|PATH|inode:N|all',
    summary: 'Network namespace whose drops are told, or all. Default the one that is sampled.',
    helpGroup: groups.sample,
  }),
  'drops-process': boolean({
    default: false,
    summary: "Send process, namespace and interface of drops, too, in a record of sonde's own (32473:1).",
    helpGroup: groups.send,
  }),
  duration: custom<number>({ parse: async (text) => parseMilliseconds(text, '--duration') })({
    helpValue: 'TIME',
    summary: 'End after this time, such as 30s or 1h.',
    helpGroup: groups.sample,
  }),
  'no-ui': boolean({
    default: false,
    summary: 'With --to on a terminal too, lines once a minute, no screen.',
    helpGroup: groups.output,
  }),
  to: custom<UdpDestination>({ parse: async (text) => parseUdpDestination(text, '--to', SFLOW_PORT) })({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'HOST:PORT',
    summary: 'Send sFlow to this collector and print nothing. Port 6343 if none is given. May be repeated.',
    helpGroup: groups.send,
  }),
  polling: custom<number>({
    parse: async (text) => (text === 'off' ? 0 : parseMilliseconds(text, '--polling')),
  })({
    helpValue: 'TIME',
    summary: 'Counters of host and interfaces each 30s, 1m, or off. Default 30s with --to, else off.',
    helpGroup: groups.send,
  }),
  agent: string({
    helpValue: 'ADDRESS',
    summary: 'Agent address, or the interface that has it. Default the one that leads to the first collector.',
    helpGroup: groups.send,
  }),
  'sub-agent': custom<number>({ parse: async (text) => numberOf(text, '--sub-agent', 0, 0xffffffff) })({
    helpValue: 'ID',
    summary: 'Sub-agent id. Default 0.',
    helpGroup: groups.send,
  }),
})
