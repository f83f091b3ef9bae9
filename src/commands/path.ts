// Owns the flags of `sonde path`. Knows no engine. What it does starts in ../lib/path/analysis.ts.

import { AnalysisCommand } from '../analysis-command.ts'
import { analysisFlags, captureArgs } from '../analysis-flags.ts'
import { languageFiles, lookupFlags } from '../flags.ts'
import { exitCode } from '../lib/errors.ts'
import { pathFlags, pathFormatFlag } from '../path-flags.ts'

const WINDOW_MS = 10_000
const EVERY_MS = 1000
const LATENESS_MS = 2000

export default class Path extends AnalysisCommand {
  static override summary = 'Which way do packets cross the fabric? Hop by hop, with shares, delay, queues and drops.'
  static override description = [
    'What each switch samples of the packets that match, put together by the links of a topology: node, ports, rate with its error, the share of each equal-cost way and the ones that are not used, transit delay and queue where switches tell them, and drops where they happen.',
    'Switches without samples are bridged by their neighbours and by shortest ways, and marked (?).',
    'What agents and packets contradict in the topology is told on stderr. Exit code 1 where no packet matched.',
  ].join('\n')
  static override examples = [
    {
      description: 'Which way does one flow go, now?',
      command:
        "<%= config.bin %> <%= command.id %> --topology fabric.json --filter 'ipsource=10.0.0.1&ipdestination=10.0.1.1'",
    },
    {
      description: 'And in this capture?',
      command:
        "<%= config.bin %> <%= command.id %> capture.pcap --topology fabric.json --filter 'tcpdestinationport=443'",
    },
    {
      description: 'Are equal-cost ways shared evenly? Shares of each switch, for a program',
      command:
        "<%= config.bin %> <%= command.id %> capture.pcap --topology fabric.json -f ndjson | jq -c 'select(.branches>1) | [.node, .out_port, .branch_share, .branch_share_low, .branch_share_high]'",
    },
    {
      description: 'A check in a test: nothing is dropped, no way is left out, no share is off by more than a tenth',
      command:
        "<%= config.bin %> <%= command.id %> capture.pcap --topology fabric.json --fail-if 'dropped>0' --fail-if 'unused_branches>0' --fail-if 'uneven>10%'",
    },
    {
      description: "In the shape of sFlow-RT's trace-flow",
      command: '<%= config.bin %> <%= command.id %> capture.pcap --topology fabric.json -f trace-flow',
    },
  ]
  static override args = captureArgs
  static override flags = { ...pathFlags, ...lookupFlags, ...analysisFlags, ...pathFormatFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Path)
    const load = await import('../lib/ui/path-run.ts')
    const files = {
      names: !flags['no-names'],
      ignoreCase: flags['ignore-case'],
      latenessMs: flags.lateness ?? LATENESS_MS,
      rates: flags['sampling-rate'] ?? [],
      topology: flags.topology,
      files: languageFiles(flags),
    }
    const isTraceFlow = flags.format === 'trace-flow'
    const format = flags.format === 'trace-flow' ? 'ndjson' : flags.format
    await this.analyse(load, args.file, { ...flags, format }, async ({ source, view, isRecorded }) => {
      const filter = flags.filter?.trim() ?? ''
      const windowMs = flags.window ?? (isRecorded ? 'all' : WINDOW_MS)
      const settings = await load.loadSettings(files)
      const analysis = load.pathAnalysis({ filter, windowMs }, settings, source, view.width, isTraceFlow)
      return {
        analysis,
        topology: settings.topology,
        answer: () => (analysis.isFound ? exitCode.good : exitCode.no),
        screen: {
          windowMs,
          everyMs: flags.every ?? EVERY_MS,
          show: async (task, terminal, stop) => {
            const query = { filter, windowMs: windowMs === 'all' ? WINDOW_MS : windowMs }
            const { pathOnScreen } = await import('../lib/ui/path-live.ts')
            await pathOnScreen({ ...task, query, settings: files }, terminal, stop)
          },
        },
      }
    })
  }
}
