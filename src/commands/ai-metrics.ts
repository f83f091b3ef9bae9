// Owns the flags of `sonde ai-metrics`. Knows no engine. What it does starts in ../lib/ai-metrics/ai-metrics.ts.

import { aiMetricsFlags } from '../ai-metrics-flags.ts'
import { AnalysisCommand } from '../analysis-command.ts'
import { analysisFlags, captureArgs } from '../analysis-flags.ts'
import { serveFlags } from '../serve-flags.ts'

const WINDOW_MS = 1000
const LATENESS_MS = 2000
/** Between two states: the chart of 100 ms moves on with each. */
const EVERY_MS = 250

export default class AiMetrics extends AnalysisCommand {
  static override summary =
    'How is the AI fabric doing? RoCE operations, congestion, credits, period, drops and errors.'
  static override description = [
    'Everything that RoCE headers in samples and interface counters tell of a fabric that trains models: a packet counts once, where it enters the fabric by --topology; marks of switches where it leaves. What is not known is null, or -.',
    "--compat has the numbers that sFlow-RT's AI Metrics shows, under the same names, quirks included. docs/ai-metrics.md defines every number.",
  ].join('\n')
  static override examples = [
    {
      description: 'One object a second, live',
      command: '<%= config.bin %> <%= command.id %> --topology fabric.json -f ndjson',
    },
    {
      description: 'What was it in this capture?',
      command: '<%= config.bin %> <%= command.id %> capture.pcap --topology fabric.json -f table',
    },
    { description: 'Which queue pairs?', command: '<%= config.bin %> <%= command.id %> capture.pcap --by qp -f table' },
    {
      description: 'A check in a test: nothing marked, nothing refused',
      command: "<%= config.bin %> <%= command.id %> capture.pcap --fail-if 'ecn_pps>0' --fail-if 'nak_pps>0'",
    },
    {
      description: "sFlow-RT's numbers, for its dashboards",
      command: '<%= config.bin %> <%= command.id %> capture.pcap --topology fabric.json --compat -f prometheus',
    },
  ]
  static override args = captureArgs
  static override flags = { ...analysisFlags, ...aiMetricsFlags, ...serveFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AiMetrics)
    const load = await import('../lib/ui/ai-metrics-run.ts')
    await this.analyse(load, args.file, flags, async ({ source, isRecorded }) => {
      const liveMs = typeof flags.window === 'number' ? flags.window : WINDOW_MS
      const query = {
        windowMs: flags.window ?? (isRecorded ? ('all' as const) : WINDOW_MS),
        latenessMs: flags.lateness ?? LATENESS_MS,
        agg: flags.agg,
        rates: flags['sampling-rate'] ?? [],
        compat: flags.compat,
        by: flags.by,
        top: flags.top,
        trimDscp: flags['trim-dscp'],
      }
      const files = {
        names: !flags['no-names'],
        ignoreCase: flags['ignore-case'],
        topology: flags.topology,
        groups: flags.groups,
      }
      const settings = await load.loadAiSettings(files)
      const method = flags.method ?? (flags.compat ? 'threshold' : 'h')
      const isSparse = isRecorded && query.windowMs === 'all'
      const period = () => load.periodMethod(method, isSparse)
      return {
        analysis: load.aiAnalysis(query, settings, source, period),
        topology: settings.topology,
        screen: {
          windowMs: query.windowMs,
          everyMs: EVERY_MS,
          show: async (task, terminal, stop) => {
            const { aiMetricsOnScreen } = await import('../lib/ui/ai-metrics-live.ts')
            const live = { ...query, windowMs: liveMs }
            await aiMetricsOnScreen({ ...task, query: live, settings: files, method }, terminal, stop)
          },
        },
      }
    })
  }
}
