// Owns the flags of `sonde ai-metrics`. Knows no engine; what a value may be is in lib/parse. Start with aiMetricsFlags; the ones
// that all analyses share are in analysis-flags.ts.

import { boolean, custom, integer, option } from '@oclif/core/flags'
import { failIfFlag, ignoreCaseFlag, scalingFlags, topologyFlag, windowFlag } from './analysis-flags.ts'
import { groups, lookupFlags, withEnvironment } from './flags.ts'
import { TRIM_DSCP } from './lib/ai-metrics/options.ts'
import { aiBys } from './lib/ai-metrics/query.ts'
import { parseCount } from './lib/parse/rate.ts'
import { periodMethods } from './lib/period/methods.ts'

export const aiMetricsFlags = withEnvironment({
  window: windowFlag('Count in windows of this length. Default 1s live, all for captures.', groups.flows),
  by: option({ options: aiBys })({
    helpValue: 'WHAT',
    summary: 'Rows for each port, link, queue pair (qp: destination and QP) or group of --groups, beside the whole.',
    helpGroup: groups.flows,
  }),
  top: custom<number>({ parse: async (text) => parseCount(text, '--top'), default: 10 })({
    helpValue: 'N',
    summary: 'List N operations, reasons and rows; the others are one.',
    helpGroup: groups.flows,
  }),
  compat: boolean({
    default: false,
    summary:
      "The numbers that sFlow-RT's AI Metrics shows: decayed with t=2, marks counted at every switch, 0 for unknown.",
    helpGroup: groups.counting,
  }),
  method: option({ options: periodMethods })({
    helpValue: 'HOW',
    summary:
      "How the period is found: h (default), the H-test over times of samples; threshold (default with --compat), sFlow-RT's, when traffic crosses its mean.",
    helpGroup: groups.counting,
  }),
  'trim-dscp': integer({
    helpValue: 'N',
    min: -1,
    max: 63,
    default: TRIM_DSCP,
    summary: 'DSCP that marks trimmed packets; -1 for none.',
    helpGroup: groups.counting,
  }),
  agg: option({ options: ['edge', 'max', 'sum'] as const })({
    helpValue: 'HOW',
    summary:
      'A packet that several switches saw: where it enters the fabric (edge, default with --topology), busiest switch (max, default), or all (sum, default with one agent).',
    helpGroup: groups.counting,
  }),
  ...scalingFlags,
  topology: topologyFlag('Nodes and links as sFlow-RT JSON: where edge and core of the fabric are.', groups.counting),
  'ignore-case': ignoreCaseFlag,
  groups: lookupFlags.groups,
  'fail-if': failIfFlag('ecn_share > 1 % & samples > 100'),
})
