// Owns the flags of `sonde period`. Knows no engine. What it does starts in ../lib/cycles/cycles.ts.

import { AnalysisCommand } from '../analysis-command.ts'
import { analysisFlags, captureArgs } from '../analysis-flags.ts'
import { languageFiles, lookupFlags } from '../flags.ts'
import { periodFlags } from '../period-flags.ts'
import { isPublished, serveFlags } from '../serve-flags.ts'

const EVERY_MS = 5000
/** As often as Prometheus asks. */
const PUBLISHED_MS = 15_000
/** Between two states on the screen: the chart of 100 ms moves on with each. */
const SCREEN_MS = 250
/** Rows of the screen. */
const SCREEN_TOP = 100

/** Periods that are looked for. */
const MIN_MS = 200
const MAX_MS = 60_000

export default class Period extends AnalysisCommand {
  static override summary = 'How long is a step of the training job: the cycle of compute and exchange, with its error.'
  static override description = [
    'Folds the times of packet samples (H-test): sharper than any smoothed rate, and told with ± and the chance that it is none. Where no cycle can be told there is no number but the reason, such as agents that hold samples for a second and so hide shorter periods.',
    'Times are those of record 0:1043 where agents send it, else of arrival, corrected by uptime. docs/period.md says how it works, its limits, and which sampling rate is needed for which period.',
  ].join('\n')
  static override examples = [
    {
      description: 'The cycle of all RoCE, live',
      command: "<%= config.bin %> <%= command.id %> --filter 'suffix:stack:.:1=ibbt'",
    },
    { description: 'And in this capture, drawn', command: '<%= config.bin %> <%= command.id %> capture.pcap --chart' },
    {
      description: 'Which jobs are there, and whose port is last?',
      command: '<%= config.bin %> <%= command.id %> capture.pcap --by job --topology fabric.json',
    },
    { description: 'Each sender by itself', command: '<%= config.bin %> <%= command.id %> capture.pcap --by src' },
    {
      description: 'Period and error of each job, for a program',
      command:
        '<%= config.bin %> <%= command.id %> capture.pcap --by job -f ndjson | jq -c \'select(.kind=="job") | [.name, .period_s, .error_s]\'',
    },
    {
      description: 'A check in a test: the step is found, and not longer than a second',
      command: "<%= config.bin %> <%= command.id %> capture.pcap --fail-if 'period_s = null' --fail-if 'period_s > 1'",
    },
  ]
  static override args = captureArgs
  static override flags = { ...analysisFlags, ...periodFlags, ...lookupFlags, ...serveFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Period)
    const load = await import('../lib/ui/period-run.ts')
    const files = {
      names: !flags['no-names'],
      ignoreCase: flags['ignore-case'],
      rates: flags['sampling-rate'] ?? [],
      topology: flags.topology,
      files: languageFiles(flags),
    }
    await this.analyse(load, args.file, flags, async ({ source, isRecorded }) => {
      const liveMs = flags.every ?? (isPublished(flags) ? PUBLISHED_MS : EVERY_MS)
      const query = {
        by: flags.by?.trim() ?? '',
        filter: flags.filter?.trim() ?? '',
        value: flags.value,
        method: flags.method,
        windowMs: flags.window,
        minSeconds: (flags.min ?? MIN_MS) / 1000,
        maxSeconds: (flags.max ?? MAX_MS) / 1000,
        top: flags.top,
        everyMs: isRecorded ? (flags.every ?? ('end' as const)) : liveMs,
        isRecorded,
        agg: flags.agg,
      }
      const settings = await load.loadSettings(files)
      return {
        analysis: load.cyclesAnalysis(query, settings, { source, charts: flags.chart }),
        topology: settings.topology,
        screen: {
          windowMs: liveMs,
          everyMs: SCREEN_MS,
          show: async (task, terminal, stop) => {
            const { periodOnScreen } = await import('../lib/ui/period-live.ts')
            const asked = { ...query, top: flags.top ?? SCREEN_TOP, everyMs: liveMs }
            await periodOnScreen({ ...task, query: asked, settings: files }, terminal, stop)
          },
        },
      }
    })
  }
}
