// Owns the flags of `sonde drops`. Knows no engine; what a value may be is in lib/parse. Start with dropFlags; the ones that all
// analyses share are in analysis-flags.ts.

import { boolean, custom, option, string } from '@oclif/core/flags'
import { everyFlag, ignoreCaseFlag, scalingFlags, topologyFlag, windowFlag } from './analysis-flags.ts'
import { groups, withEnvironment } from './flags.ts'
import { analysisFormats } from './lib/analysis/options.ts'
import type { DropGrouping } from './lib/drops/groupings.ts'
import { parseGroupings } from './lib/drops/groupings.ts'
import { parseCount } from './lib/parse/rate.ts'

/** Where drops come from beside what all analyses read. */
export const dropInputFlags = withEnvironment({
  input: string({
    char: 'i',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'SOURCE',
    summary:
      'udp://[ADDR]:PORT, a capture, - for stdin; may be repeated. Or kernel: for what this host drops (root). Default stdin if piped, else udp://[::]:6343.',
    helpGroup: groups.input,
  }),
  netns: string({
    helpValue: 'NAME|PATH|inode:N',
    summary: "Of kernel: only drops in this network namespace; 'this' is sonde's own. Default all.",
    helpGroup: groups.input,
  }),
})

/** What makes a row, which drops, over which time. */
export const dropFlags = withEnvironment({
  by: custom<DropGrouping[]>({ parse: async (text) => parseGroupings(text, '--by') })({
    helpValue: 'WHAT,...',
    summary: 'What makes a row: reason, place, victim. Default all three; none beside --keys.',
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
  window: windowFlag(
    'Count in windows of this length. Default 1m live (15s where it is published), all for captures.',
    groups.flows,
  ),
  every: everyFlag(),
  ...scalingFlags,
  topology: topologyFlag('Nodes and links as sFlow-RT JSON: names of nodes, ports and links.'),
  'ignore-case': ignoreCaseFlag,
})

/** The forms of all analyses, and packets. */
export const dropFormatFlag = withEnvironment({
  format: option({ options: [...analysisFormats, 'pcap'] as const })({
    char: 'f',
    helpValue: 'FORMAT',
    summary:
      'table, ndjson, json, csv, prometheus, or pcap: headers of dropped packets as pcapng, each with its reason. Default table on a terminal (live: a screen), else ndjson.',
    helpGroup: groups.output,
  }),
})
