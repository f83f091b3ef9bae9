// Owns the flags of `sonde top-flows`: what is asked, and how it is counted. Knows no engine; what a value may be is in lib/parse.
// Start with queryFlags; the ones that all analyses share are in analysis-flags.ts.

import { boolean, custom, option, string } from '@oclif/core/flags'
import { everyFlag, scalingFlags, topologyFlag, windowFlag } from './analysis-flags.ts'
import { groups, withEnvironment } from './flags.ts'
import { parseMilliseconds } from './lib/parse/duration.ts'
import { parseCount } from './lib/parse/rate.ts'

/** What is asked. */
export const queryFlags = withEnvironment({
  keys: string({
    char: 'k',
    helpValue: 'KEYS',
    summary: "What a flow is: attributes and functions with commas between them. Default src,dst; '' is none.",
    helpGroup: groups.flows,
  }),
  value: string({
    helpValue: 'VALUES',
    summary:
      'What is counted; the first one ranks. Default bytes,frames; avg:, min:, max: or count: before an attribute.',
    helpGroup: groups.flows,
  }),
  filter: string({
    helpValue: 'EXPR',
    summary: "Only samples of which this is true, such as 'ipprotocol=6&dst=10.0.0.0/8'.",
    helpGroup: groups.flows,
  }),
  recipe: string({
    char: 'r',
    helpValue: 'NAME',
    summary: 'A ready-made question: talkers, ports, vlans, roce, ... --recipe list shows them.',
    helpGroup: groups.flows,
  }),
  flow: string({
    helpValue: 'FILE',
    summary: 'Keys, value and filter of an sFlow-RT flow definition in JSON.',
    helpGroup: groups.flows,
  }),
  top: custom<number>({ parse: async (text) => parseCount(text, '--top') })({
    helpValue: 'N',
    summary: 'List the N largest flows; the others are one row. Default 20.',
    helpGroup: groups.flows,
  }),
  window: windowFlag('Count in windows of this length. Default 10s live, all for captures.', groups.flows),
  every: everyFlag('How often the screen, or what --smooth gives, is renewed. Default 1s.', groups.flows),
  smooth: custom<number>({ parse: async (text) => parseMilliseconds(text, '--smooth') })({
    helpValue: 'TIME',
    summary: "Rates smoothed exponentially with this time constant (sFlow-RT's t), instead of windows.",
    helpGroup: groups.flows,
  }),
  by: option({ options: ['agent', 'interface'] as const })({
    helpValue: 'WHOM',
    summary: 'Rows of their own for each agent, or interface.',
    helpGroup: groups.flows,
  }),
  dropped: boolean({
    default: false,
    summary: 'Rank discarded packets (0:5) instead of sampled ones.',
    helpGroup: groups.flows,
  }),
})

/** How it is counted. */
export const countingFlags = withEnvironment({
  agg: option({ options: ['edge', 'max', 'sum', 'core'] as const })({
    helpValue: 'HOW',
    summary:
      'A packet that several switches saw: where it enters the fabric (edge, default with --topology), busiest switch (max, default), all (sum, default with one agent, --by, --dropped, -r interfaces and queues), or once a link (core).',
    helpGroup: groups.counting,
  }),
  scale: option({ options: ['effective', 'configured'] as const, default: 'effective' as const })({
    helpValue: 'HOW',
    summary:
      'By the rate that was really sampled, loss put right (effective), or the one that samples say (configured).',
    helpGroup: groups.counting,
  }),
  'sampling-rate': scalingFlags['sampling-rate'],
  'max-flows': custom<number>({ parse: async (text) => parseCount(text, '--max-flows') })({
    helpValue: 'N',
    summary: 'Flows that are counted exactly; beyond that the largest within a bound. Default 1M.',
    helpGroup: groups.counting,
  }),
  lateness: scalingFlags.lateness,
  topology: topologyFlag(
    'Nodes and links as sFlow-RT JSON: names, and where the edge of the fabric is.',
    groups.counting,
  ),
})
