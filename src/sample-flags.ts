// Owns the flags that only `sonde sample` has. Knows no packet; what a value may be is in lib/parse.
// Start with sampleHostFlags; the ones that all commands share are in flags.ts.

import { custom, option, string } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import { parseMilliseconds } from './lib/parse/duration.ts'
import { notUnderstood } from './lib/parse/parse.ts'
import { type PortRate, parsePortRates } from './lib/parse/port-rates.ts'
import { parseUdpDestination, SFLOW_PORT, type UdpDestination } from './lib/parse/udp-address.ts'
import { tapDirections, tapMethods } from './lib/sample/options.ts'

/** A whole number between two others. */
function numberOf(text: string, what: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw notUnderstood(what, text, `Give a whole number from ${least} to ${most}.`)
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
  duration: custom<number>({ parse: async (text) => parseMilliseconds(text, '--duration') })({
    helpValue: 'TIME',
    summary: 'End after this time, such as 30s or 1h.',
    helpGroup: groups.sample,
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
