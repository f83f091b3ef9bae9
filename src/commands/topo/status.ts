// Owns the flags of `sonde topo status`. Knows no engine. What it does starts in ../../lib/topo-status/status-analysis.ts.

import { AnalysisCommand } from '../../analysis-command.ts'
import { analysisFlags, captureArgs } from '../../analysis-flags.ts'
import { exitCode } from '../../lib/errors.ts'
import { serveFlags } from '../../serve-flags.ts'
import { EVERY_MS, fabricFlags, neededTopology, statusFlags } from '../../topo-flags.ts'

/** As sFlow-RT's page of status. */
const SCREEN_EVERY_MS = 5000

export default class TopoStatus extends AnalysisCommand {
  static override summary = 'Is all of the fabric monitored, up, and configured as it should be?'
  static override description = [
    'Compares a topology with what sFlow says of it: nodes and links that are not heard or down, traffic, discards, errors, as sFlow-RT’s topology status has them; and sampling rates, octets and speeds of both ends of a link, agents that are no node, nodes that are cut off.',
    'Counters come every 20 or 30 seconds, so it takes half a minute to know a fabric that is listened to. docs/topology.md says what each check is; --ignore leaves some out.',
  ].join('\n')
  static override examples = [
    {
      description: 'Is the fabric of this capture as planned?',
      command: '<%= config.bin %> <%= command.id %> --topology topology.json capture.pcap',
    },
    {
      description: 'And now? After a minute it says, with 0 or 1 as exit code',
      command: '<%= config.bin %> <%= command.id %> --topology topology.json -i udp://:6343 --duration 1m --exit-code',
    },
    {
      description: 'A lab samples more than is recommended',
      command: '<%= config.bin %> <%= command.id %> --topology lab.json capture.pcap --ignore sampling',
    },
    {
      description: 'Links that are down, for a program',
      command:
        '<%= config.bin %> <%= command.id %> --topology topology.json capture.pcap -f json | jq -r ".links.details.down[]"',
    },
    {
      description: 'Metrics under sFlow-RT’s names',
      command: '<%= config.bin %> <%= command.id %> --topology topology.json capture.pcap -f prometheus',
    },
    {
      description: 'A check in a test',
      command: "<%= config.bin %> <%= command.id %> --topology topology.json capture.pcap --fail-if 'links_down>0'",
    },
  ]
  static override args = captureArgs
  static override flags = { ...fabricFlags, ...statusFlags, ...analysisFlags, ...serveFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopoStatus)
    const isToCome = flags.serve !== undefined && flags['accept-topology']
    const path = isToCome ? flags.topology : neededTopology(flags.topology, 'status')
    const load = await import('../../lib/ui/topo-run.ts')
    await this.analyse(load, args.file, flags, async ({ source, isRecorded }) => {
      const names = !flags['no-names']
      const ignoreCase = flags['ignore-case']
      const ignore = flags.ignore ?? []
      const analysis = new load.StatusAnalysis({
        ...{
          topology: path === undefined ? load.emptyTopology : await load.loadTopology(path),
          names,
          ignoreCase,
          source,
        },
        everyMs: flags.every ?? (isRecorded ? undefined : EVERY_MS),
        ignore: new Set(ignore),
        details: flags.details,
      })
      const isJudged = flags['fail-if'] !== undefined || flags['exit-code']
      return {
        analysis,
        screen: isJudged
          ? undefined
          : {
              windowMs: 'all',
              everyMs: flags.every ?? SCREEN_EVERY_MS,
              show: async (task, terminal, stop) => {
                const { statusOnScreen } = await import('../../lib/ui/topo-status-live.ts')
                await statusOnScreen({ ...task, topology: path, names, ignoreCase, ignore }, terminal, stop)
              },
            },
        answer: () => (flags['exit-code'] && analysis.last?.green !== true ? exitCode.no : exitCode.good),
      }
    })
  }
}
