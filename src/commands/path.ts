// Owns the flags of `sonde path`. Knows no engine. What it does starts in ../lib/path/analysis.ts.

import { string as stringArgument } from '@oclif/core/args'
import { analysisFormat, analysisInput, analysisInputFlags, analysisOutputFlags, inputName } from '../analysis-flags.ts'
import { BaseCommand } from '../base-command.ts'
import { languageFiles, lookupFlags } from '../flags.ts'
import { parseTime } from '../lib/parse/time.ts'
import { checkedUnseen, screenWanted } from '../lib/ui/screen/wanted.ts'
import { pathFlags, pathFormatFlag } from '../path-flags.ts'

const WINDOW_MS = 10_000
const EVERY_MS = 1000
const LATENESS_MS = 2000

export default class Path extends BaseCommand {
  static override summary = 'Which way do packets cross the fabric? Hop by hop, with shares, delay, queues and drops.'
  static override description = [
    'What each switch samples of the packets that match, put together by the links of a topology: node, ports, rate with its error, the share of each equal-cost way and the ones that are not used, transit delay and queue where switches tell them, and drops where they happen.',
    'Switches without samples are bridged by their neighbours and by shortest ways, and marked (?).',
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
  static override args = {
    file: stringArgument({ multiple: true, ignoreStdin: true, description: 'Captures; - is stdin.' }),
  }
  static override flags = {
    ...pathFlags,
    ...lookupFlags,
    ...analysisInputFlags,
    ...analysisOutputFlags,
    ...pathFormatFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Path)
    const load = await import('../lib/ui/path-run.ts')
    const terminal = new load.Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const person = terminal.isTTY && output === undefined
    const view = load.decodeView(terminal, flags.utc)
    try {
      const input = analysisInput(args.file ?? [], flags)
      const recorded = input.kind === 'recorded'
      const filter = flags.filter?.trim() ?? ''
      const windowMs = flags.window ?? (recorded ? 'all' : WINDOW_MS)
      const files = {
        names: !flags['no-names'],
        ignoreCase: flags['ignore-case'],
        latenessMs: flags.lateness ?? LATENESS_MS,
        rates: flags['sampling-rate'] ?? [],
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
      const settings = await load.loadPathSettings(files)
      const isTraceFlow = flags.format === 'trace-flow'
      const analysis = load.pathAnalysis({ filter, windowMs }, settings, inputName(input), view.width, isTraceFlow)
      for (const { text } of settings.topology === undefined ? [] : load.checkTopology(settings.topology)) {
        terminal.note(`${flags.topology}: ${text}.`)
      }
      const refused = recorded || flags['no-ui'] || !person || flags.format !== undefined
      const onScreen = screenWanted({ stdoutIsTTY: terminal.isTTY, env: process.env, refused })
      if (onScreen && flags['fail-if'] !== undefined) terminal.note(checkedUnseen(windowMs))
      else if (onScreen) {
        const query = { filter, windowMs: windowMs === 'all' ? WINDOW_MS : windowMs }
        const { pathOnScreen } = await import('../lib/ui/path-live.ts')
        const everyMs = flags.every ?? EVERY_MS
        await pathOnScreen(
          { query, settings: files, options: reading, source: inputName(input), everyMs },
          terminal,
          this.stop,
        )
        return
      }
      const options = {
        ...reading,
        format: analysisFormat(flags.format === 'trace-flow' ? 'ndjson' : flags.format, person),
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
