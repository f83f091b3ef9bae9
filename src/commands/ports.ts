// Owns the flags of `sonde ports`. Knows no engine. What it does starts in ../lib/ports/analysis.ts.

import { string as stringArgument } from '@oclif/core/args'
import { analysisFormat, analysisInput, analysisInputFlags, analysisOutputFlags, inputName } from '../analysis-flags.ts'
import { BaseCommand } from '../base-command.ts'
import { languageFiles, lookupFlags } from '../flags.ts'
import { parseTime } from '../lib/parse/time.ts'
import { checkedUnseen, screenWanted } from '../lib/ui/screen/wanted.ts'
import { portFlags } from '../ports-flags.ts'

/** Two intervals of agents that poll their counters every 20 or 30 seconds. */
const WINDOW_MS = 60_000
const EVERY_MS = 1000

export default class Ports extends BaseCommand {
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
  static override args = {
    file: stringArgument({ multiple: true, ignoreStdin: true, description: 'Captures; - is stdin.' }),
  }
  static override flags = { ...portFlags, ...lookupFlags, ...analysisInputFlags, ...analysisOutputFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Ports)
    const load = await import('../lib/ui/ports-run.ts')
    const terminal = new load.Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const person = terminal.isTTY && output === undefined
    const view = load.decodeView(terminal, flags.utc)
    try {
      const input = analysisInput(args.file ?? [], flags)
      const recorded = input.kind === 'recorded'
      const query = {
        windowMs: flags.window ?? (recorded ? 'all' : WINDOW_MS),
        sort: flags.sort,
        top: flags.top,
        filter: flags.filter?.trim() ?? '',
      }
      const files = {
        names: !flags['no-names'],
        ignoreCase: flags['ignore-case'],
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
      // What is wrong in files and texts is said before a screen is there.
      const settings = await load.loadPortsSettings(files)
      const analysis = load.portsAnalysis(query, settings, inputName(input), view.width)
      for (const { text } of settings.topology === undefined ? [] : load.checkTopology(settings.topology)) {
        terminal.note(`${flags.topology}: ${text}.`)
      }
      const refused = recorded || flags['no-ui'] || !person || flags.format !== undefined
      const onScreen = screenWanted({ stdoutIsTTY: terminal.isTTY, env: process.env, refused })
      if (onScreen && flags['fail-if'] !== undefined) terminal.note(checkedUnseen(query.windowMs))
      else if (onScreen) {
        const everyMs = flags.every ?? EVERY_MS
        const { portsOnScreen } = await import('../lib/ui/ports-live.ts')
        const task = { query, settings: files, options: reading, source: inputName(input), everyMs }
        await portsOnScreen(task, terminal, this.stop)
        return
      }
      const options = {
        ...reading,
        format: analysisFormat(flags.format, person),
        view,
        failIf: flags['fail-if'] ?? [],
        stop: this.stop,
      }
      const inputs = recorded ? input.paths : []
      process.exitCode = await load.runAnalysis(analysis, options, terminal, () => load.openOutput(output, inputs))
    } finally {
      terminal.close()
    }
  }
}
