// Owns the flags of `sonde period`. Knows no engine; what a value may be is in lib/parse. Start with periodFlags; the ones that all
// analyses share are in analysis-flags.ts.

import { boolean, custom, option, string } from '@oclif/core/flags'
import { everyFlag, failIfFlag, ignoreCaseFlag, scalingFlags, topologyFlag } from './analysis-flags.ts'
import { groups, withEnvironment } from './flags.ts'
import { cycleMethods } from './lib/cycles/snapshot.ts'
import { parseMilliseconds } from './lib/parse/duration.ts'
import { parseCount } from './lib/parse/rate.ts'

const span = (flag: string, summary: string) =>
  custom<number>({ parse: async (text) => parseMilliseconds(text, flag) })({
    helpValue: 'TIME',
    summary,
    helpGroup: groups.counting,
  })

/** Which traffic, and how its cycle is looked for. */
export const periodFlags = withEnvironment({
  by: string({
    helpValue: 'KEYS|job',
    summary:
      'A cycle for each value of these keys of the flow language (ipsource, tor, ...); job: for each training job, found by who talks with whom in RoCE. Default: one for all samples that pass the filter.',
    helpGroup: groups.flows,
  }),
  filter: string({
    helpValue: 'EXPR',
    summary:
      "Only samples of which this is true, such as 'suffix:stack:.:1=ibbt' for RoCE. Default all; with --by job RoCE.",
    helpGroup: groups.flows,
  }),
  value: string({
    helpValue: 'VALUE',
    default: 'frames',
    summary: 'What a sample weighs: frames, bytes, or another sum of the flow language.',
    helpGroup: groups.flows,
  }),
  top: custom<number>({ parse: async (text) => parseCount(text, '--top') })({
    helpValue: 'N',
    summary: 'List the first N rows only.',
    helpGroup: groups.flows,
  }),
  window: custom<number | 'auto'>({
    parse: async (text) => (text.trim() === 'auto' ? 'auto' : parseMilliseconds(text, '--window')),
    default: 'auto',
  })({
    helpValue: 'auto|TIME',
    summary: 'How far to look back. auto: 10, 40, 160 and 640s, the shortest that has an answer.',
    helpGroup: groups.counting,
  }),
  min: span('--min', 'Shortest period to look for. Default 200ms.'),
  max: span('--max', 'Longest period to look for, up to 160s. Default 60s.'),
  method: option({ options: cycleMethods, default: 'h' as const })({
    helpValue: 'HOW',
    summary:
      "How: h, the H-test over the times of samples; threshold, when traffic crosses its mean, as sFlow-RT's AI Metrics does.",
    helpGroup: groups.counting,
  }),
  agg: option({ options: ['edge', 'max', 'sum'] as const })({
    helpValue: 'HOW',
    summary:
      'A packet that several switches saw: where it enters the fabric (edge, default with --topology), busiest switch of each row (max, default), or all (sum, default with one agent).',
    helpGroup: groups.counting,
  }),
  'sampling-rate': scalingFlags['sampling-rate'],
  topology: topologyFlag('Nodes and links as sFlow-RT JSON: where packets enter the fabric, and names of ports.'),
  'ignore-case': ignoreCaseFlag,
  chart: boolean({
    default: false,
    summary: 'In the table too: the folded profile and the last 30s as charts.',
    helpGroup: groups.output,
  }),
  every: everyFlag('A result so often. Default: one at the end of captures; live 5s (15s where published).'),
  'fail-if': failIfFlag('period_s > 1'),
})
