// Owns the flags that only `sonde topo import` has. Knows no format; what a value may be is in lib/parse.
// Start with ruleFlags; the ones that all commands share are in flags.ts.

import { boolean, custom, string } from '@oclif/core/flags'
import { groups, withEnvironment } from './flags.ts'
import { parseDuration } from './lib/parse/duration.ts'
import { parseList } from './lib/parse/list.ts'
import { notUnderstood } from './lib/parse/parse.ts'
import { type NamePattern, parseNamePattern } from './lib/topo-import/node-names.ts'

function timeoutOf(text: string, flag = '--timeout'): number {
  const ms = Number(parseDuration(text, flag) / 1_000_000n)
  if (!(ms >= 1 && ms <= 3_600_000)) throw notUnderstood(flag, text, 'Give a time up to an hour, such as 30s.')
  return ms
}

function retriesOf(text: string): number {
  if (!/^\d{1,2}$/.test(text.trim())) throw notUnderstood('--retries', text, 'Give a number from 0 to 99.')
  return Number(text)
}

const list = (what: string) => custom<string[]>({ parse: async (text) => parseList(text, what) })

/** How cables become links. */
export const ruleFlags = withEnvironment({
  switches: custom<NamePattern>({ parse: async (text) => parseNamePattern(text, '--switches') })({
    helpValue: 'PATTERN',
    summary: 'Which nodes are switches: leaf*,spine* or /REGEX/. Default what the source says.',
    helpGroup: groups.select,
  }),
  'keep-hosts': boolean({
    default: false,
    summary: 'List where hosts are connected under "hosts".',
    helpGroup: groups.output,
  }),
  'strip-domain': boolean({
    default: false,
    summary: 'leaf1.example.net becomes leaf1.',
    helpGroup: groups.output,
  }),
  lower: boolean({ default: false, summary: 'Names of nodes in lower case.', helpGroup: groups.output }),
  'name-links': boolean({
    default: false,
    summary: 'Call links leaf1:swp1-spine1:swp1, not link1.',
    helpGroup: groups.output,
  }),
  'no-agents': boolean({
    default: false,
    summary: 'Leave addresses out; agents are found by host name then.',
    helpGroup: groups.output,
  }),
  learn: string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'SOURCE',
    summary: 'Find agents and ifindexes in this sFlow: a capture, or udp://:6343. May be repeated.',
    helpGroup: groups.input,
  }),
  duration: custom<number>({ parse: async (text) => timeoutOf(text, '--duration') })({
    helpValue: 'TIME',
    summary: 'How long --learn udp:// listens at most. Default 30s.',
    helpGroup: groups.input,
  }),
})

/** What is done with the topology. */
export const useFlags = withEnvironment({
  diff: string({
    helpValue: 'FILE',
    summary: 'Compare with this topology; exit code 1 where they differ.',
    helpGroup: groups.beside,
  }),
  merge: string({
    helpValue: 'FILE',
    summary: 'Add to this topology, which keeps its names.',
    helpGroup: groups.beside,
  }),
  push: string({
    helpValue: 'URL',
    summary: 'PUT it to sFlow-RT: http://HOST:8008.',
    helpGroup: groups.beside,
  }),
  'allow-incomplete': boolean({
    default: false,
    summary: '--diff and --push although a source failed or is cut short.',
    helpGroup: groups.beside,
  }),
})

/** Servers that are asked. */
export const serverFlags = withEnvironment({
  site: list('--site')({ helpValue: 'SITE,...', summary: 'NetBox, only these sites.', helpGroup: groups.select }),
  role: list('--role')({
    helpValue: 'ROLE,...',
    summary: 'NetBox, these roles are the switches.',
    helpGroup: groups.select,
  }),
  tag: list('--tag')({
    helpValue: 'TAG,...',
    summary: 'NetBox, only devices with one of these.',
    helpGroup: groups.select,
  }),
  credentials: string({
    helpValue: 'FILE',
    summary: 'Tokens and passwords as NAME=VALUE; see docs/topology.md.',
    helpGroup: groups.input,
  }),
  ca: string({ helpValue: 'FILE', summary: 'Trust this authority, too (PEM).', helpGroup: groups.input }),
  timeout: custom<number>({ parse: async (text) => timeoutOf(text) })({
    helpValue: 'TIME',
    summary: 'For one request. Default 30s.',
    helpGroup: groups.input,
  }),
  retries: custom<number>({ parse: async (text) => retriesOf(text) })({
    helpValue: 'N',
    summary: 'Try a request so often again. Default 3.',
    helpGroup: groups.input,
  }),
})
