// Owns the flags of `sonde path`. Knows no engine; what a value may be is in lib/parse. Start with pathFlags; the ones that all
// analyses share are in analysis-flags.ts.

import { option, string } from '@oclif/core/flags'
import { everyFlag, ignoreCaseFlag, scalingFlags, topologyFlag, windowFlag } from './analysis-flags.ts'
import { groups, withEnvironment } from './flags.ts'
import { analysisFormats } from './lib/analysis/options.ts'

/** Which packets, over which fabric and time. */
export const pathFlags = withEnvironment({
  filter: string({
    helpValue: 'EXPR',
    summary: "Packets whose way is shown, such as 'ipsource=10.0.0.1&udpdestinationport=4791'. Default all.",
    helpGroup: groups.select,
  }),
  window: windowFlag(
    'A path for each window of this length. Default 10s live (on the screen smoothed), all for captures.',
  ),
  every: everyFlag(),
  ...scalingFlags,
  topology: topologyFlag('Nodes and links as sFlow-RT JSON. Without it the order is by TTL, and no link is known.'),
  'ignore-case': ignoreCaseFlag,
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
