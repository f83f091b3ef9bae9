// Owns the flags of `sonde top-flows`. Knows no engine. What it does starts in ../lib/top-flows/top-flows.ts.

import { AnalysisCommand } from '../analysis-command.ts'
import { analysisFlags, captureArgs } from '../analysis-flags.ts'
import { languageFiles, lookupFlags } from '../flags.ts'
import { serveFlags } from '../serve-flags.ts'
import { countingFlags, queryFlags } from '../top-flows-flags.ts'

const MOST_FLOWS = 1_000_000
const LATENESS_MS = 2000
const EVERY_MS = 1000

export default class TopFlows extends AnalysisCommand {
  static override summary = 'Who uses the bandwidth? Ranks flows of any keys, with the error of the estimate.'
  static override description = [
    'Counts sampled packets by keys, live or from captures, scales them to bits and packets a second, and says how far that may be off (±, at 95 %; +130 % or -9 %: where one side is wider, that one).',
    'All other flows, and samples that lack a key, are rows too, so that the rows add up to the total.',
  ].join('\n')
  static override examples = [
    { description: 'Who talks to whom, now?', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'And in this capture?', command: '<%= config.bin %> <%= command.id %> capture.pcap' },
    {
      description: 'Which services of one network, in windows of a minute, for a program',
      command:
        "<%= config.bin %> <%= command.id %> capture.pcap -r ports --filter 'dst=10.0.0.0/8' --window 1m -f ndjson | jq -c 'select(.kind==\"flow\") | [.start, .keys.service, .bits_per_s]'",
    },
    {
      description: 'Queue pairs of a RoCE fabric, each packet counted where it enters',
      command: '<%= config.bin %> <%= command.id %> -r qp --topology fabric.json',
    },
    {
      description: 'A check in a test: does one flow take more than half?',
      command: "<%= config.bin %> <%= command.id %> capture.pcap --fail-if 'rows[0].share > 50 %'",
    },
    {
      description: 'Behind another collector',
      command: '<%= config.bin %> listen -f ndjson | <%= config.bin %> <%= command.id %> -i - --window 10s',
    },
  ]
  static override args = captureArgs
  static override flags = { ...queryFlags, ...countingFlags, ...lookupFlags, ...analysisFlags, ...serveFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopFlows)
    const load = await import('../lib/ui/top-flows-run.ts')
    if (flags.recipe === 'list') {
      await this.print(load, flags, [], ({ format, view }) => load.listRecipes(format, view.style))
      return
    }
    const files = {
      scale: flags.scale,
      maxFlows: flags['max-flows'] ?? MOST_FLOWS,
      latenessMs: flags.lateness ?? LATENESS_MS,
      rates: flags['sampling-rate'] ?? [],
      names: !flags['no-names'],
      topology: flags.topology,
      files: languageFiles(flags),
    }
    await this.analyse(load, args.file, flags, async ({ terminal, source, isRecorded, onScreen }) => {
      const read =
        flags.flow === undefined
          ? undefined
          : load.readFlowDefinition(await load.readGiven(flags.flow, '--flow'), `--flow ${flags.flow}`)
      const mode = read?.aggregation
      const placeless = (mode === 'edge' || mode === 'core') && (flags.agg ?? flags.topology) === undefined
      if (placeless) {
        terminal.note(`--flow ${flags.flow}: its aggMode ${mode} needs --topology, which is not there: it is left out.`)
      }
      const definition = read !== undefined && placeless ? { ...read, aggregation: undefined } : read
      const query = load.makeQuery(flags, definition, isRecorded)
      if (!onScreen && flags.every !== undefined && query.smoothMs === undefined) {
        terminal.note('--every has no effect here: without a screen it goes with --smooth.')
      }
      return {
        analysis: new load.TopFlows(query, await load.loadSettings(files), source),
        files: [flags.flow],
        screen: {
          windowMs: query.windowMs,
          everyMs: flags.every ?? EVERY_MS,
          show: async (task, screen, stop) => {
            const { topFlowsOnScreen } = await import('../lib/ui/top-flows-live.ts')
            screen.note(load.summaryLine(await topFlowsOnScreen({ ...task, query, settings: files }, screen, stop)))
          },
        },
      }
    })
  }
}
