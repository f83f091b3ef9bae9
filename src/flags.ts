// Owns the flags that mean one thing in all commands. Knows no command; what a value may be is in lib/parse.
// Start with globalFlags, which every command has, then inputFlags and the others, of which a command takes what it needs.

import { string as stringArgument } from '@oclif/core/args'
import { boolean, custom, option, string } from '@oclif/core/flags'
import { InputError } from './lib/errors.ts'
import type { LanguageFiles } from './lib/expression/data/load.ts'
import { type Prefix, parsePrefixes } from './lib/parse/address.ts'
import { parseChoices, parseList, parsePorts, splitRepeated } from './lib/parse/list.ts'
import { parseCount } from './lib/parse/rate.ts'
import { parseTime, type TimeBound } from './lib/parse/time.ts'
import { jsonObjects, pcapContents, printFormats, type SampleChoice, sampleChoices } from './lib/print/options.ts'
import type { FilterChoice } from './lib/print/sample-filter.ts'

/** Titles of the groups in --help. */
export const groups = {
  input: 'input',
  send: 'sending',
  rewrite: 'rewriting',
  sample: 'sampling',
  trace: 'tracing',
  lab: 'lab',
  select: 'selection',
  flows: 'flows',
  counting: 'counting',
  lookup: 'look-up',
  beside: 'beside printing',
  publish: 'publishing',
  output: 'output',
  global: 'global',
} as const

/** What a flag is here: its variable, whether it may be repeated, how one value of it is read. */
interface EnvironmentFlag {
  env?: string | undefined
  readonly multiple?: boolean | undefined
  parse?: unknown
}

/** How oclif calls a flag's parser; it hands over no token where the value comes from the environment. */
type FlagParse = (text: string, context: { readonly token?: unknown }, flag: unknown) => Promise<unknown>

/**
 * Gives each flag its environment variable: --no-color is SONDE_NO_COLOR.
 * A flag on the command line wins over its variable; for a switch `1` or `true` is on; for a flag that may be repeated, the
 * variable has all values, with commas between them.
 */
export function withEnvironment<T extends Readonly<Record<string, EnvironmentFlag>>>(flags: T): T {
  for (const [name, flag] of Object.entries(flags)) {
    // Taken over from another set, such as inputFlags: done there.
    if (flag.env !== undefined) continue
    flag.env = `SONDE_${name.toUpperCase().replaceAll('-', '_')}`
    if (flag.multiple) flag.parse = severalOfEnvironment(flag.parse as FlagParse)
  }
  return flags
}

/** oclif takes a variable for one value, also of a flag that may be repeated: its value would not be an array. */
function severalOfEnvironment(parse: FlagParse): FlagParse {
  return async (text, context, flag) => {
    if (context.token !== undefined) return parse(text, context, flag)
    const values = splitRepeated(text)
    return values.length === 0 ? undefined : Promise.all(values.map((value) => parse(value, context, flag)))
  }
}

/** Every command has these. */
export const globalFlags = withEnvironment({
  quiet: boolean({
    default: false,
    char: 'q',
    summary: 'Only errors, damage and loss on stderr.',
    helpGroup: groups.global,
  }),
  verbose: boolean({
    default: false,
    char: 'v',
    summary: 'More on stderr: each issue, what was chosen and why.',
    helpGroup: groups.global,
  }),
  'no-color': boolean({ default: false, summary: 'No colour. NO_COLOR does the same.', helpGroup: groups.global }),
})

/** Where input comes from. */
export const inputFlags = withEnvironment({
  input: string({
    char: 'i',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FILE',
    summary: 'A capture, - is stdin. May be repeated.',
    helpGroup: groups.input,
  }),
  port: custom<number[]>({
    parse: async (text) => parsePorts(text, '--port'),
  })({ helpValue: 'PORT,...', summary: 'UDP ports that carry sFlow. Default 6343.', helpGroup: groups.input }),
  since: string({
    helpValue: 'TIME',
    summary: 'Leave out what came before: ISO 8601, epoch seconds or +5s.',
    helpGroup: groups.input,
  }),
  until: string({
    helpValue: 'TIME',
    summary: 'Leave out what came at this time or later.',
    helpGroup: groups.input,
  }),
})

/**
 * --since and --until.
 * @throws InputError for a text that is no time
 */
export function timeBounds({
  since,
  until,
  utc,
}: {
  readonly since: string | undefined
  readonly until: string | undefined
  readonly utc: boolean
}): { readonly since: TimeBound | undefined; readonly until: TimeBound | undefined } {
  return {
    since: since === undefined ? undefined : parseTime(since, '--since', utc),
    until: until === undefined ? undefined : parseTime(until, '--until', utc),
  }
}

/** Which of the input is used. */
export const selectFlags = withEnvironment({
  agent: custom<Prefix[]>({
    parse: async (text) => parsePrefixes(text, '--agent'),
  })({ helpValue: 'CIDR,...', summary: 'Only these agents, such as 10.0.0.0/8.', helpGroup: groups.select }),
  limit: custom<number>({
    parse: async (text) => parseCount(text, '--limit'),
  })({ helpValue: 'N', summary: 'Stop after N samples.', helpGroup: groups.select }),
})

/** Where output goes and how it looks. */
export const outputFlags = withEnvironment({
  output: string({ char: 'o', helpValue: 'FILE', summary: 'Write to FILE, not to stdout.', helpGroup: groups.output }),
  utc: boolean({
    default: false,
    summary: 'Times in UTC: those that are printed, and those that are given.',
    helpGroup: groups.output,
  }),
  'no-names': boolean({
    default: false,
    char: 'n',
    summary: 'Numbers only: no names beside them.',
    helpGroup: groups.output,
  }),
})

/** How samples are printed, one by one: for the commands that decode. */
export const sampleFlags = withEnvironment({
  format: option({ options: printFormats })({
    char: 'f',
    helpValue: 'FORMAT',
    summary: 'table, ndjson, json, csv, line (as sflowtool -l) or pcap. Default table on a terminal, else ndjson.',
    helpGroup: groups.output,
  }),
  fields: custom<string[]>({ parse: async (text) => parseList(text, '--fields') })({
    helpValue: 'A,B,C',
    summary: 'Only these attributes, with a header line.',
    helpGroup: groups.output,
  }),
  'list-fields': boolean({
    default: false,
    summary: 'List the attributes that --fields knows.',
    helpGroup: groups.output,
  }),
  object: option({ options: jsonObjects, default: 'sample' as const })({
    helpValue: 'OBJECT',
    summary: 'With --format json or ndjson, one object a sample or a datagram.',
    helpGroup: groups.output,
  }),
  what: option({ options: pcapContents, default: 'headers' as const })({
    helpValue: 'WHAT',
    summary: 'With --format pcap, headers, discards or datagrams.',
    helpGroup: groups.output,
  }),
  summary: boolean({
    default: false,
    summary: 'Only counts: agents, samples, records, loss, issues.',
    helpGroup: groups.output,
  }),
  samples: custom<SampleChoice[]>({ parse: async (text) => parseChoices(text, '--samples', sampleChoices) })({
    helpValue: 'KIND,...',
    summary: 'Only these: flow, counter, discard.',
    helpGroup: groups.select,
  }),
})

/**
 * A pcap-filter expression behind files or interfaces. It stands here for --help: oclif knows of no argument behind one that may
 * be repeated (see withoutFilter), and lib/print/positional.ts finds where the expression begins.
 */
export const filterArgument = stringArgument({
  ignoreStdin: true,
  description: 'Packets as tcpdump has them, such as tcp port 443.',
})

/** A command as oclif parses it: all words are of the argument that may be repeated. */
export function withoutFilter<F, B, A extends { readonly filter: unknown }, N extends Exclude<keyof A, 'filter'>>(
  { flags, baseFlags, args }: { readonly flags: F; readonly baseFlags: B; readonly args: A },
  name: N,
): { flags: F; baseFlags: B; args: Pick<A, N> } {
  return { flags, baseFlags, args: { [name]: args[name] } as Pick<A, N> }
}

/** A condition on samples, in the flow language. */
export const filterFlags = withEnvironment({
  filter: string({
    helpValue: 'CONDITION',
    summary: 'Only samples of which this is true, such as proto=6&src=10.0.0.0/8. See sonde help flows.',
    helpGroup: groups.select,
  }),
  topology: string({
    helpValue: 'FILE',
    summary: 'Nodes and links as sFlow-RT JSON, for node:, ifname: and link:.',
    helpGroup: groups.lookup,
  }),
})

/** Where the functions of the flow language look things up. */
export const lookupFlags = withEnvironment({
  groups: string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: '[SET=]FILE',
    summary: 'Networks by name as JSON, for group:.',
    helpGroup: groups.lookup,
  }),
  map: string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: '[MAP=]FILE',
    summary: 'Values by name as JSON, for map:.',
    helpGroup: groups.lookup,
  }),
  oui: string({
    helpValue: 'FILE',
    summary: "Vendors for oui:, IEEE's oui.txt or oui.csv or Wireshark's manuf.",
    helpGroup: groups.lookup,
  }),
  country: string({ helpValue: 'FILE', summary: 'MaxMind-format file, for country:.', helpGroup: groups.lookup }),
  asn: string({ helpValue: 'FILE', summary: 'MaxMind-format file, for asn:.', helpGroup: groups.lookup }),
})

/** What lookupFlags say, as loadLanguageData takes it. */
export function languageFiles(flags: {
  readonly groups?: readonly string[] | undefined
  readonly map?: readonly string[] | undefined
  readonly oui?: string | undefined
  readonly country?: string | undefined
  readonly asn?: string | undefined
  readonly 'no-names': boolean
}): LanguageFiles {
  const { groups: sets, map: maps, oui: vendors, country, asn } = flags
  return { groups: sets, maps, vendors, country, asn, dns: !flags['no-names'] }
}

/**
 * Refuses files to look up in where nothing looks up. Variables may stand for other commands too: they are not refused.
 * @param raw what was on the command line
 * @throws InputError
 */
export function refuseIdleLookups(
  raw: readonly { readonly type: string; readonly flag?: string }[],
  filter: string | undefined,
): void {
  if (filter !== undefined) return
  for (const { type, flag } of raw) {
    if (type !== 'flag' || flag === undefined || !(flag === 'topology' || flag in lookupFlags)) continue
    throw new InputError(`--${flag} is of use with --filter only: nothing else looks up in it here.`, [
      'Add --filter CONDITION, or leave it out. sonde help flows tells of both.',
    ])
  }
}

/** --filter with all that it may need; undefined where there is none. */
export function filterChoice(
  flags: Parameters<typeof languageFiles>[0] & {
    readonly filter: string | undefined
    readonly topology: string | undefined
  },
): FilterChoice | undefined {
  const { filter: text, topology } = flags
  return text === undefined ? undefined : { text, files: languageFiles(flags), topology }
}
