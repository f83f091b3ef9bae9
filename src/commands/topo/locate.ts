// Owns the flags of `sonde topo locate`. Knows no engine. What it does starts in ../../lib/topo-status/locate-analysis.ts.

import { string as stringArgument } from '@oclif/core/args'
import { AnalysisCommand } from '../../analysis-command.ts'
import { analysisInputFlags, captureArgs } from '../../analysis-flags.ts'
import { lookupFlags } from '../../flags.ts'
import { exitCode, InputError } from '../../lib/errors.ts'
import { fabricFlags, topoOutputFlags } from '../../topo-flags.ts'

/** Live: between two answers. */
const EVERY_MS = 10_000

export default class TopoLocate extends AnalysisCommand {
  static override summary = 'At which port is this address?'
  static override description = [
    'The source of a packet that was sampled as it entered the fabric at an edge port is at that port: node, port, agent, ifindex, when it was seen last. Seen at several ports, it is listed with the share of each.',
    'ADDRESS is a MAC address (with : - . or bare), an IPv4 or IPv6 address, a name (of DNS, one that a host tells of itself in sFlow, or one under "hosts" of the topology), or all. Exit code 1 where it was not seen.',
    'Without --topology links between switches are not known: every port counts, and behind routers the MAC addresses are theirs.',
  ].join('\n')
  static override examples = [
    {
      description: 'Where is this address?',
      command: '<%= config.bin %> <%= command.id %> 198.51.100.17 capture.pcap --topology topology.json',
    },
    {
      description: 'Who makes it, and what else is behind that port?',
      command:
        '<%= config.bin %> <%= command.id %> 00-00-5E-00-53-01 capture.pcap --topology topology.json --oui oui.txt',
    },
    {
      description: 'All addresses, as a list of hosts for a program',
      command:
        '<%= config.bin %> <%= command.id %> all capture.pcap --topology topology.json -f ndjson | jq -r "[.node,.port,.mac] | @tsv"',
    },
    {
      description: 'And now, for a minute',
      command:
        '<%= config.bin %> <%= command.id %> gpu3.example.net -i udp://:6343 --duration 1m --topology topology.json',
    },
  ]
  static override args = {
    address: stringArgument({
      required: true,
      // So that run() says what is missing, with examples.
      default: async () => '',
      ignoreStdin: true,
      description: 'An address, the name of a host, or all.',
    }),
    ...captureArgs,
  }
  static override flags = { ...fabricFlags, oui: lookupFlags.oui, ...analysisInputFlags, ...topoOutputFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopoLocate)
    const { address } = args
    if (address === '') {
      throw new InputError('What to locate is missing: an address, the name of a host, or all.', [
        'sonde topo locate 198.51.100.17 capture.pcap --topology topology.json says at which port it is.',
        'sonde topo locate all capture.pcap --topology topology.json lists every address with its port.',
      ])
    }
    const load = await import('../../lib/ui/topo-run.ts')
    await this.analyse(load, args.file, flags, async ({ terminal, view, source, isRecorded }) => {
      const names = !flags['no-names']
      const { topology, oui } = flags
      const settings = {
        query: await load.parseLocateQuery(address, names ? load.resolveBySystem : undefined),
        topology: topology === undefined ? undefined : await load.loadTopology(topology),
        names,
        ignoreCase: flags['ignore-case'],
        vendors: (await load.loadLanguageData({ vendors: oui })).vendors,
        everyMs: flags.every ?? (isRecorded ? undefined : EVERY_MS),
      }
      if (topology === undefined)
        terminal.note('Without --topology every port counts as the edge, links between switches too.')
      const analysis = new load.LocateAnalysis(settings, source, view.width)
      return { analysis, files: [oui], answer: () => (analysis.found ? exitCode.good : exitCode.no) }
    })
  }
}
