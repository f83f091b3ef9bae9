// Owns the flags of `sonde topo show`. Knows no drawing. What it does starts in ../../lib/topo-status/show-analysis.ts.

import { basename } from 'node:path'
import { string as stringArgument } from '@oclif/core/args'
import { option } from '@oclif/core/flags'
import { analysisInput, analysisInputFlags, inputName } from '../../analysis-flags.ts'
import { BaseCommand } from '../../base-command.ts'
import { groups, outputFlags, withEnvironment } from '../../flags.ts'
import { parseTime } from '../../lib/parse/time.ts'
import { showFormats } from '../../lib/topo-status/show-analysis.ts'
import { EVERY_MS, fabricFlags, neededTopology } from '../../topo-flags.ts'

const showFlags = withEnvironment({
  format: option({ options: showFormats, default: 'picture' as const })({
    char: 'f',
    helpValue: 'FORMAT',
    summary: 'picture, dot (Graphviz), mermaid or json.',
    helpGroup: groups.output,
  }),
  ...outputFlags,
})

export default class TopoShow extends BaseCommand {
  static override summary = 'The fabric as a picture: tiers, links, and with sFlow their state and load.'
  static override description = [
    'Draws a grid between two tiers: a line for each node, a dot where a cable joins two. Tiers are found by the cabling, names such as leaf and spine help.',
    'With captures, or --input, links have their state and load as agents count it; without, only the topology is shown.',
  ].join('\n')
  static override examples = [
    {
      description: 'What is cabled with what?',
      command: '<%= config.bin %> <%= command.id %> --topology topology.json',
    },
    {
      description: 'And how loaded is it?',
      command: '<%= config.bin %> <%= command.id %> --topology topology.json capture.pcap',
    },
    {
      description: 'Now, every 30 seconds',
      command: '<%= config.bin %> <%= command.id %> --topology topology.json -i udp://:6343',
    },
    {
      description: 'As a drawing',
      command: '<%= config.bin %> <%= command.id %> --topology topology.json -f dot | dot -Tsvg -o fabric.svg',
    },
    {
      description: 'The five busiest links',
      command:
        '<%= config.bin %> <%= command.id %> --topology topology.json capture.pcap -f json | jq -r ".links | sort_by(-.load)[:5][] | [.name,.load] | @tsv"',
    },
  ]
  static override args = {
    file: stringArgument({ multiple: true, ignoreStdin: true, description: 'Captures; - is stdin.' }),
  }
  static override flags = { ...fabricFlags, ...analysisInputFlags, ...showFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopoShow)
    const path = neededTopology(flags.topology, 'show')
    const load = await import('../../lib/ui/topo-run.ts')
    const terminal = new load.Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const view = load.decodeView(terminal, flags.utc)
    try {
      const files = args.file ?? []
      const topology = await load.loadTopology(path)
      const input = files.length + (flags.input ?? []).length > 0 ? analysisInput(files, flags) : undefined
      const recorded = input?.kind === 'recorded'
      const analysis = new load.ShowAnalysis({
        topology,
        names: !flags['no-names'],
        ignoreCase: flags['ignore-case'],
        everyMs: flags.every ?? (recorded ? undefined : EVERY_MS),
        format: flags.format,
        source: [basename(path), ...(input === undefined ? [] : [inputName(input)])].join(' · '),
      })
      if (input === undefined) {
        await load.writeText(analysis.withoutSamples(view), load.openOutput(output, [path]))
        return
      }
      const options = {
        input,
        agents: flags.agent ?? [],
        since: flags.since === undefined ? undefined : parseTime(flags.since, '--since', flags.utc),
        until: flags.until === undefined ? undefined : parseTime(flags.until, '--until', flags.utc),
        limit: flags.limit,
        format: 'table' as const,
        view,
        failIf: [],
        stop: this.stop,
      }
      const inputs = recorded ? [...input.paths, path] : [path]
      process.exitCode = await load.runAnalysis(analysis, options, terminal, () => load.openOutput(output, inputs))
    } finally {
      terminal.close()
    }
  }
}
