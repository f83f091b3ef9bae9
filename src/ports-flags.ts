// Owns the flags of `sonde ports`. Knows no engine; what a value may be is in lib/parse. Start with portFlags; the ones that
// all analyses share are in analysis-flags.ts.

import { custom, option, string } from '@oclif/core/flags'
import { everyFlag, ignoreCaseFlag, topologyFlag, windowFlag } from './analysis-flags.ts'
import { groups, withEnvironment } from './flags.ts'
import { parseCount } from './lib/parse/rate.ts'
import { portSorts } from './lib/ports/snapshot.ts'

/** Which ports, over which time. */
export const portFlags = withEnvironment({
  sort: option({ options: portSorts, default: 'utilization' as const })({
    helpValue: 'BY',
    summary: 'utilization, rate, in, out, errors, discards, packets, ratio (sampling that is off first) or name.',
    helpGroup: groups.select,
  }),
  top: custom<number>({ parse: async (text) => parseCount(text, '--top') })({
    helpValue: 'N',
    summary: 'List the first N ports only.',
    helpGroup: groups.select,
  }),
  filter: string({
    helpValue: 'EXPR',
    summary: "Only ports of whose counter samples this is true, such as 'ifspeed=100000000000&ifoperstatus=down'.",
    helpGroup: groups.select,
  }),
  window: windowFlag(
    'Rates over windows of this length, longer than two polls of counters. Default 1m live, all for captures.',
  ),
  every: everyFlag(),
  topology: topologyFlag('Nodes and links as sFlow-RT JSON: names of nodes, ports and links.'),
  'ignore-case': ignoreCaseFlag,
})
