// Owns the flags that only `sonde replay` has. Knows no datagram; what a value may be is in lib/parse.
// Start with sendFlags; the ones that all commands share are in flags.ts.

import { boolean, custom, option } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import { type AddressWords, parseAddress } from './lib/parse/address.ts'
import { notUnderstood } from './lib/parse/parse.ts'
import { parseCount } from './lib/parse/rate.ts'
import { parseUdpDestination, SFLOW_PORT, type UdpDestination } from './lib/parse/udp-address.ts'
import { type AgentMapping, replayFormats } from './lib/replay/options.ts'

function addressOf(text: string, what: string): AddressWords {
  const words = parseAddress(text.trim())
  if (words === undefined) throw notUnderstood(what, text, 'Give an address, such as 192.0.2.1 or 2001:db8::1.')
  return words
}

function mappingOf(text: string): AgentMapping {
  const [from, to, ...more] = text.split('=')
  if (from === undefined || to === undefined || more.length > 0) {
    throw notUnderstood('--map-agent', text, 'Give OLD=NEW, such as 192.0.2.1=10.0.0.1.')
  }
  return { from: addressOf(from, '--map-agent'), to: addressOf(to, '--map-agent') }
}

function word(text: string, what: string): number {
  const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!(value <= 0xffffffff)) throw notUnderstood(what, text, 'Give a whole number from 0 to 4294967295.')
  return value
}

function speedOf(text: string): number {
  const value = text === 'max' ? Number.POSITIVE_INFINITY : /^\d*\.?\d+$/.test(text) ? Number(text) : 0
  if (!(value > 0)) throw notUnderstood('--speed', text, 'Give a number above 0, such as 0.5 or 10, or max.')
  return value
}

/** Where to, and how fast. */
export const sendFlags = withEnvironment({
  to: custom<UdpDestination>({ parse: async (text) => parseUdpDestination(text, '--to', SFLOW_PORT) })({
    helpValue: 'HOST:PORT',
    summary: 'Send to this collector. Port 6343 if none is given.',
    helpGroup: groups.send,
  }),
  speed: custom<number>({ parse: async (text) => speedOf(text) })({
    helpValue: 'FACTOR',
    summary: 'Faster or slower: 0.5, 10, or max for no waiting. Default 1.',
    helpGroup: groups.send,
  }),
  pps: custom<number>({ parse: async (text) => parseCount(text, '--pps') })({
    helpValue: 'N',
    summary: 'N datagrams a second instead, evenly: 500, 20k.',
    helpGroup: groups.send,
  }),
  loop: custom<number>({
    parse: async (text) => (text === 'forever' ? Number.POSITIVE_INFINITY : parseCount(text, '--loop')),
  })({ helpValue: 'N', summary: 'Send all of it N times, or forever. Default 1.', helpGroup: groups.send }),
  limit: custom<number>({ parse: async (text) => parseCount(text, '--limit') })({
    helpValue: 'N',
    summary: 'Stop after N datagrams.',
    helpGroup: groups.select,
  }),
  format: option({ options: replayFormats })({
    char: 'f',
    helpValue: 'FORMAT',
    summary: 'ndjson puts the summary on stdout too. Default table on a terminal, else ndjson.',
    helpGroup: groups.output,
  }),
})

/** What is changed on the way. */
export const rewriteFlags = withEnvironment({
  'map-agent': custom<AgentMapping>({ multiple: true, parse: async (text) => mappingOf(text) })({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'OLD=NEW',
    summary: 'Another address for an agent. May be repeated.',
    helpGroup: groups.rewrite,
  }),
  'sub-agent': custom<number>({ parse: async (text) => word(text, '--sub-agent') })({
    helpValue: 'ID',
    summary: 'This sub-agent id in all datagrams.',
    helpGroup: groups.rewrite,
  }),
  'restart-sequence': boolean({
    default: false,
    summary: 'Number datagrams and samples from 1, on through loops.',
    helpGroup: groups.rewrite,
  }),
  'shift-uptime': boolean({
    default: false,
    summary: 'Let uptime go on through loops.',
    helpGroup: groups.rewrite,
  }),
})

/** How packets become sFlow. */
export const samplingFlags = withEnvironment({
  'sample-rate': custom<number>({ parse: async (text) => parseCount(text, '--sample-rate') })({
    helpValue: 'N',
    summary: 'The capture holds packets: sample 1 in N at random.',
    helpGroup: groups.sample,
  }),
  seed: custom<number>({ parse: async (text) => word(text, '--seed') })({
    helpValue: 'N',
    summary: 'The same samples again. Default a random one.',
    helpGroup: groups.sample,
  }),
  'agent-address': custom<AddressWords>({ parse: async (text) => addressOf(text, '--agent-address') })({
    helpValue: 'ADDRESS',
    summary: 'Agent of the samples. Default 192.0.2.1.',
    helpGroup: groups.sample,
  }),
})
