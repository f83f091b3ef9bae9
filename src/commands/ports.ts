// Owns the flags of `sonde ports`. Knows no engine. What it does starts in ../lib/ports/analysis.ts.

import { AnalysisCommand } from '../analysis-command.ts'
import { analysisFlags, captureArgs } from '../analysis-flags.ts'
import { languageFiles, lookupFlags } from '../flags.ts'
import { portFlags } from '../ports-flags.ts'
import { serveFlags } from '../serve-flags.ts'

/** Two intervals of agents that poll their counters every 20 or 30 seconds. */
const WINDOW_MS = 60_000
const EVERY_MS = 1000

export default class Ports extends AnalysisCommand {
  static override summary = 'How loaded and how broken is each port? Counters, with sampled traffic beside them.'
  static override description = [
    'One row a port: rates between the counter samples of the input, and what flow samples say of the same time. Both are told apart, so that a sampling rate that is not true shows at once (✗).',
    'Rates need two counter samples of a port; agents send one every 20 or 30 seconds. What is not known is null, or - in the table. ~ is an estimate by flow samples, where there are no counters.',
  ].join('\n')
  static override examples = [
    { description: 'Which ports are busy, now?', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'And in this capture?', command: '<%= config.bin %> <%= command.id %> capture.pcap' },
    {
      description: 'Where are errors, by the names of a topology?',
      command: '<%= config.bin %> <%= command.id %> capture.pcap --sort errors --top 10 --topology fabric.json',
    },
    {
      description: 'Ports that should be up and are not',
      command: "<%= config.bin %> <%= command.id %> capture.pcap --filter 'ifadminstatus=up&ifoperstatus=down'",
    },
    {
      description: 'Is sampling configured as the agents say? Ports where it is not, for a program',
      command: "<%= config.bin %> <%= command.id %> capture.pcap -f ndjson | jq -c 'select(.sampling_off)'",
    },
    {
      description: 'A check in a test: no errors, and no port above 90 %',
      command: "<%= config.bin %> <%= command.id %> capture.pcap --fail-if 'errors>0' --fail-if 'utilization>90%'",
    },
  ]
  static override args = captureArgs
  static override flags = { ...portFlags, ...lookupFlags, ...analysisFlags, ...serveFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Ports)
    const load = await import('../lib/ui/ports-run.ts')
    const files = {
      names: !flags['no-names'],
      ignoreCase: flags['ignore-case'],
      topology: flags.topology,
      files: languageFiles(flags),
    }
    await this.analyse(load, args.file, flags, async ({ source, view, isRecorded }) => {
      const { sort, top } = flags
      const windowMs = flags.window ?? (isRecorded ? 'all' : WINDOW_MS)
      const query = { windowMs, sort, top, filter: flags.filter?.trim() ?? '' }
      const settings = await load.loadSettings(files)
      return {
        analysis: load.portsAnalysis(query, settings, source, view.width),
        topology: settings.topology,
        screen: {
          windowMs,
          everyMs: flags.every ?? EVERY_MS,
          show: async (task, terminal, stop) => {
            const { portsOnScreen } = await import('../lib/ui/ports-live.ts')
            await portsOnScreen({ ...task, query, settings: files }, terminal, stop)
          },
        },
      }
    })
  }
}
