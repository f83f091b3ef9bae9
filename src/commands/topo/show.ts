// Owns the flags of `sonde topo show`. Knows no drawing. What it does starts in ../../lib/topo-status/show-analysis.ts.

import { basename } from 'node:path'
import { option } from '@oclif/core/flags'
import { AnalysisCommand } from '../../analysis-command.ts'
import { analysisInputFlags, captureArgs } from '../../analysis-flags.ts'
import { groups, outputFlags, withEnvironment } from '../../flags.ts'
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

export default class TopoShow extends AnalysisCommand {
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
  static override args = captureArgs
  static override flags = { ...fabricFlags, ...analysisInputFlags, ...showFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopoShow)
    const path = neededTopology(flags.topology, 'show')
    const load = await import('../../lib/ui/topo-run.ts')
    const table = { ...flags, format: 'table' as const }
    const analysisOf = async (everyMs: number | undefined, source: string) =>
      new load.ShowAnalysis({
        topology: await load.loadTopology(path),
        names: !flags['no-names'],
        ignoreCase: flags['ignore-case'],
        everyMs,
        format: flags.format,
        source,
      })
    if ([...(args.file ?? []), ...(flags.input ?? [])].length === 0) {
      await this.print(load, table, [path], async ({ view }) => {
        const analysis = await analysisOf(undefined, basename(path))
        return analysis.withoutSamples(view)
      })
      return
    }
    await this.analyse(load, args.file, table, async ({ source, isRecorded }) => {
      const everyMs = flags.every ?? (isRecorded ? undefined : EVERY_MS)
      return { analysis: await analysisOf(everyMs, `${basename(path)} · ${source}`) }
    })
  }
}
