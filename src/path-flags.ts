// Owns the flags of `sonde path`. Knows no engine; what a value may be is in lib/parse. Start with pathFlags; the ones that all
// analyses share are in analysis-flags.ts.

import { boolean, custom, option, string } from '@oclif/core/flags'
import { parseMilliseconds } from './analysis-flags.ts'
import { groups, withEnvironment } from './flags.ts'
import { analysisFormats } from './lib/analysis/options.ts'
import { type GivenRate, parseGivenRates } from './lib/parse/sampling-rate.ts'

/** Which packets, over which fabric and time. */
export const pathFlags = withEnvironment({
  filter: string({
    helpValue: 'EXPR',
    summary: "Packets whose way is shown, such as 'ipsource=10.0.0.1&udpdestinationport=4791'. Default all.",
    helpGroup: groups.select,
  }),
  window: custom<number | 'all'>({
    parse: async (text) => (text.trim() === 'all' ? 'all' : parseMilliseconds(text, '--window')),
  })({
    helpValue: 'TIME|all',
    summary: 'A path for each window of this length. Default 10s live (on the screen smoothed), all for captures.',
    helpGroup: groups.select,
  }),
  every: custom<number>({ parse: async (text) => parseMilliseconds(text, '--every') })({
    helpValue: 'TIME',
    summary: 'How often the screen is renewed. Default 1s.',
    helpGroup: groups.output,
  }),
  'sampling-rate': custom<GivenRate[]>({ parse: async (text) => parseGivenRates(text, '--sampling-rate') })({
    helpValue: 'AGENT[:SOURCE]=N,...',
    summary: 'Use 1 in N instead of what samples say.',
    helpGroup: groups.counting,
  }),
  lateness: custom<number>({ parse: async (text) => parseMilliseconds(text, '--lateness') })({
    helpValue: 'TIME',
    summary: 'How long a window waits for late samples. Default 2s.',
    helpGroup: groups.counting,
  }),
  topology: string({
    helpValue: 'FILE',
    summary: 'Nodes and links as sFlow-RT JSON. Without it the order is by TTL, and no link is known.',
    helpGroup: groups.input,
  }),
  'ignore-case': boolean({
    default: false,
    summary: 'Host and port names match those of the topology in any case.',
    helpGroup: groups.input,
  }),
})

/** The forms of all analyses, and trace-flow's. */
export const pathFormatFlag = withEnvironment({
  format: option({ options: [...analysisFormats, 'trace-flow'] as const })({
    char: 'f',
    helpValue: 'FORMAT',
    summary:
      "table, ndjson, json, csv, prometheus or trace-flow (sFlow-RT's trace). Default table on a terminal (live: a screen), else ndjson.",
    helpGroup: groups.output,
  }),
})
