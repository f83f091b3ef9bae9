// Owns the flags of `sonde drops`. Knows no engine; what a value may be is in lib/parse. Start with dropFlags; the ones that all
// analyses share are in analysis-flags.ts.

import { boolean, custom, option, string } from '@oclif/core/flags'
import { parseMilliseconds } from './analysis-flags.ts'
import { groups, withEnvironment } from './flags.ts'
import { analysisFormats } from './lib/analysis/options.ts'
import { parseGroupings } from './lib/drops/query.ts'
import type { DropGrouping } from './lib/drops/snapshot.ts'
import { parseCount } from './lib/parse/rate.ts'
import { type GivenRate, parseGivenRates } from './lib/parse/sampling-rate.ts'

/** What makes a row, which drops, over which time. */
export const dropFlags = withEnvironment({
  by: custom<DropGrouping[]>({ parse: async (text) => parseGroupings(text, '--by') })({
    helpValue: 'reason|place|victim,...',
    summary: 'What makes a row. Default all three; none beside --keys.',
    helpGroup: groups.flows,
  }),
  keys: string({
    char: 'k',
    helpValue: 'KEYS',
    summary: 'Rows by any keys of the flow language, alone or beside --by: function, queueindex, ipdscp, ...',
    helpGroup: groups.flows,
  }),
  filter: string({
    helpValue: 'EXPR',
    summary: "Only drops of which this is true, such as 'reason=no_buffer_space&ipdscp=26'.",
    helpGroup: groups.flows,
  }),
  culprits: boolean({
    default: false,
    summary: 'In the table too: who fills the port that dropped, by flow samples that leave by it in the same window.',
    helpGroup: groups.flows,
  }),
  top: custom<number>({ parse: async (text) => parseCount(text, '--top') })({
    helpValue: 'N',
    summary: 'List the N largest rows; the others are one row. Default 20.',
    helpGroup: groups.flows,
  }),
  window: custom<number | 'all'>({
    parse: async (text) => (text.trim() === 'all' ? 'all' : parseMilliseconds(text, '--window')),
  })({
    helpValue: 'TIME|all',
    summary: 'Count in windows of this length. Default 1m live, all for captures.',
    helpGroup: groups.flows,
  }),
  every: custom<number>({ parse: async (text) => parseMilliseconds(text, '--every') })({
    helpValue: 'TIME',
    summary: 'How often the screen is renewed. Default 1s.',
    helpGroup: groups.output,
  }),
  'sampling-rate': custom<GivenRate[]>({ parse: async (text) => parseGivenRates(text, '--sampling-rate') })({
    helpValue: 'AGENT[:SOURCE]=N,...',
    summary: 'Use 1 in N instead of what flow samples say.',
    helpGroup: groups.counting,
  }),
  lateness: custom<number>({ parse: async (text) => parseMilliseconds(text, '--lateness') })({
    helpValue: 'TIME',
    summary: 'How long a window waits for late samples. Default 2s.',
    helpGroup: groups.counting,
  }),
  topology: string({
    helpValue: 'FILE',
    summary: 'Nodes and links as sFlow-RT JSON: names of nodes, ports and links.',
    helpGroup: groups.input,
  }),
  'ignore-case': boolean({
    default: false,
    summary: 'Host and port names match those of the topology in any case.',
    helpGroup: groups.input,
  }),
})

/** The forms of all analyses, and packets. */
export const dropFormatFlag = withEnvironment({
  format: option({ options: [...analysisFormats, 'pcap'] as const })({
    char: 'f',
    helpValue: 'FORMAT',
    summary:
      'table, ndjson, json, csv, prometheus, or pcap: the headers of dropped packets as pcapng, each with its reason. Default table on a terminal (live: a screen), else ndjson.',
    helpGroup: groups.output,
  }),
})
