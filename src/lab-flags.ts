// Owns the flags of `sonde lab`. Knows no namespace; what a value may be is in lib/parse and lib/lab/plan.ts.
// Start with labFlags, which all three commands have.

import { boolean, custom, option } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import { routings, trafficFormats, USUAL_LAB } from './lib/lab/options.ts'
import { isLabName } from './lib/lab/plan.ts'
import { parseDuration, parseMilliseconds } from './lib/parse/duration.ts'
import { notUnderstood } from './lib/parse/parse.ts'
import { parseCount } from './lib/parse/rate.ts'
import { parseUdpDestination, SFLOW_PORT, type UdpDestination } from './lib/parse/udp-address.ts'

/** A cycle's steps are of a millisecond; more than this no veth takes. */
const MOST_RATE = 10_000_000

function nameOf(text: string): string {
  if (!isLabName(text)) {
    throw notUnderstood('--name', text, 'Give lower-case letters, digits and -, such as sonde or lab2, 32 at most.')
  }
  return text
}

function shareOf(text: string): number {
  const value = /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(value <= 1)) throw notUnderstood('--ecn', text, 'Give a probability from 0 to 1, such as 0.1.')
  return value
}

function rateOf(text: string): number {
  const value = parseCount(text, '--rate')
  if (value > MOST_RATE) throw notUnderstood('--rate', text, 'Give 10M or less.')
  return value
}

/** Which lab. */
export const labFlags = withEnvironment({
  name: custom<string>({ parse: async (text) => nameOf(text), default: USUAL_LAB })({
    helpValue: 'NAME',
    summary: 'Namespaces are called NAME-leaf1 and so on, so that there can be several labs.',
    helpGroup: groups.lab,
  }),
})

/** How the lab is made. */
export const upFlags = withEnvironment({
  routing: option({ options: routings, default: 'auto' as const })({
    helpValue: 'HOW',
    summary: 'frr (BGP), static, or auto, which is frr where it is installed.',
    helpGroup: groups.lab,
  }),
  rate: custom<number>({ parse: async (text) => parseCount(text, '--rate'), default: 100 })({
    helpValue: 'N',
    summary: 'Switches sample 1 in N.',
    helpGroup: groups.sample,
  }),
  polling: custom<number>({ parse: async (text) => parseMilliseconds(text, '--polling') })({
    helpValue: 'DURATION',
    summary: 'Between counter samples. Default 10s.',
    helpGroup: groups.sample,
  }),
  to: custom<UdpDestination>({
    multiple: true,
    parse: async (text) => parseUdpDestination(text, '--to', SFLOW_PORT),
  })({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'HOST:PORT',
    summary: 'Samples go there. May be repeated. Default 127.0.0.1:6343.',
    helpGroup: groups.sample,
  }),
  'no-sample': boolean({ default: false, summary: 'No samplers: for an agent of yours.', helpGroup: groups.sample }),
})

/** What is sent, and how. */
export const trafficFlags = withEnvironment({
  cycles: custom<number>({ parse: async (text) => parseCount(text, '--cycles'), default: 100 })({
    helpValue: 'N',
    summary: 'So many cycles of packets and a pause.',
    helpGroup: groups.send,
  }),
  packets: custom<number>({ parse: async (text) => parseCount(text, '--packets'), default: 10_003 })({
    helpValue: 'N',
    summary: 'Packets in a cycle.',
    helpGroup: groups.send,
  }),
  pause: custom<bigint>({ parse: async (text) => parseDuration(text, '--pause') })({
    helpValue: 'DURATION',
    summary: 'From the last packet of a cycle to the first of the next. Default 500ms.',
    helpGroup: groups.send,
  }),
  rate: custom<number>({ parse: async (text) => rateOf(text), default: 50_000 })({
    helpValue: 'N',
    summary: 'Packets a second within a cycle.',
    helpGroup: groups.send,
  }),
  ecn: custom<number>({ parse: async (text) => shareOf(text), default: 0.1 })({
    helpValue: 'SHARE',
    summary: 'So many of the packets are marked as congested (CE), at random.',
    helpGroup: groups.send,
  }),
  ipv6: boolean({ default: false, summary: 'Over IPv6.', helpGroup: groups.send }),
  incast: boolean({
    default: false,
    summary: 'h1, h3 and h4 send to h2 at once, and the port to h2 is slow.',
    helpGroup: groups.send,
  }),
  blocked: boolean({ default: false, summary: 'A firewall in leaf2 drops it.', helpGroup: groups.send }),
  log: custom<string>()({
    helpValue: 'FILE',
    summary: 'A line a cycle as ndjson: begin and end in ns, packets, marked, received.',
    helpGroup: groups.output,
  }),
  format: option({ options: trafficFormats })({
    char: 'f',
    helpValue: 'FORMAT',
    summary: 'ndjson puts the summary on stdout too. Default table on a terminal, else ndjson.',
    helpGroup: groups.output,
  }),
})
