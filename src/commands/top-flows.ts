// Owns the flags of `sonde top-flows`. Knows no engine. What it does starts in ../lib/top-flows/top-flows.ts.

import { string as stringArgument } from '@oclif/core/args'
import { analysisFormat, analysisInput, analysisInputFlags, analysisOutputFlags, inputName } from '../analysis-flags.ts'
import { BaseCommand } from '../base-command.ts'
import { languageFiles, lookupFlags } from '../flags.ts'
import { parseTime } from '../lib/parse/time.ts'
import { checkedUnseen, screenWanted } from '../lib/ui/screen/wanted.ts'
import { countingFlags, queryFlags } from '../top-flows-flags.ts'

const MOST_FLOWS = 1_000_000
const LATENESS_MS = 2000
const EVERY_MS = 1000

export default class TopFlows extends BaseCommand {
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
  static override args = {
    file: stringArgument({ multiple: true, ignoreStdin: true, description: 'Captures; - is stdin.' }),
  }
  static override flags = {
    ...queryFlags,
    ...countingFlags,
    ...lookupFlags,
    ...analysisInputFlags,
    ...analysisOutputFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopFlows)
    const load = await import('../lib/ui/top-flows-run.ts')
    const terminal = new load.Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const person = terminal.isTTY && output === undefined
    const format = analysisFormat(flags.format, person)
    const view = load.decodeView(terminal, flags.utc)
    try {
      if (flags.recipe === 'list') {
        const out = new load.TextBuffer()
        out.text(load.listRecipes(format, view.style))
        const sink = load.openOutput(output, [])
        await load.flush(out, sink)
        await sink.close()
        return
      }
      const input = analysisInput(args.file ?? [], flags)
      const recorded = input.kind === 'recorded'
      const read =
        flags.flow === undefined
          ? undefined
          : load.readFlowDefinition(await load.readGiven(flags.flow, '--flow'), `--flow ${flags.flow}`)
      const edgeless = read?.aggregation === 'edge' && flags.agg === undefined && flags.topology === undefined
      if (edgeless) {
        terminal.note(`--flow ${flags.flow}: its aggMode edge needs --topology, which is not there: it is left out.`)
      }
      const definition = edgeless ? { ...read, aggregation: undefined } : read
      const query = load.makeQuery(flags, definition, recorded)
      const files = {
        scale: flags.scale,
        maxFlows: flags['max-flows'] ?? MOST_FLOWS,
        latenessMs: flags.lateness ?? LATENESS_MS,
        rates: flags['sampling-rate'] ?? [],
        names: !flags['no-names'],
        topology: flags.topology,
        files: languageFiles(flags),
      }
      const reading = {
        input,
        agents: flags.agent ?? [],
        since: flags.since === undefined ? undefined : parseTime(flags.since, '--since', flags.utc),
        until: flags.until === undefined ? undefined : parseTime(flags.until, '--until', flags.utc),
        limit: flags.limit,
      }
      const refused = recorded || flags['no-ui'] || !person || flags.format !== undefined
      const onScreen = screenWanted({ stdoutIsTTY: terminal.isTTY, env: process.env, refused })
      if (onScreen && flags['fail-if'] !== undefined) terminal.note(checkedUnseen(query.windowMs))
      else if (onScreen) {
        const everyMs = flags.every ?? EVERY_MS
        const task = { query, settings: files, options: reading, source: inputName(input), everyMs }
        const { topFlowsOnScreen } = await import('../lib/ui/top-flows-live.ts')
        // What is wrong in the texts is said before a screen is there.
        new load.TopFlows(query, await load.loadSettings(files), task.source)
        const last = await topFlowsOnScreen(task, terminal, this.stop)
        terminal.note(load.summaryLine(last))
        return
      }
      if (flags.every !== undefined && query.smoothMs === undefined) {
        terminal.note('--every has no effect here: without a screen it goes with --smooth.')
      }
      const options = {
        ...reading,
        format,
        view,
        failIf: flags['fail-if'] ?? [],
        stop: this.stop,
      }
      const analysis = new load.TopFlows(query, await load.loadSettings(files), inputName(input))
      const inputs = recorded ? input.paths : []
      process.exitCode = await load.runAnalysis(analysis, options, terminal, () => load.openOutput(output, inputs))
    } finally {
      terminal.close()
    }
  }
}
