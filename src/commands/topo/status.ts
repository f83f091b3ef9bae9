// Owns the flags of `sonde topo status`. Knows no engine. What it does starts in ../../lib/topo-status/status-analysis.ts.

import { string as stringArgument } from '@oclif/core/args'
import {
  analysisFormat,
  analysisInput,
  analysisInputFlags,
  analysisOutputFlags,
  inputName,
} from '../../analysis-flags.ts'
import { BaseCommand } from '../../base-command.ts'
import { exitCode } from '../../lib/errors.ts'
import { parseTime } from '../../lib/parse/time.ts'
import { screenWanted } from '../../lib/ui/screen/wanted.ts'
import { EVERY_MS, fabricFlags, neededTopology, statusFlags } from '../../topo-flags.ts'

/** As sFlow-RT's page of status. */
const SCREEN_EVERY_MS = 5000

export default class TopoStatus extends BaseCommand {
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
  static override args = {
    file: stringArgument({ multiple: true, ignoreStdin: true, description: 'Captures; - is stdin.' }),
  }
  static override flags = { ...fabricFlags, ...statusFlags, ...analysisInputFlags, ...analysisOutputFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopoStatus)
    const path = neededTopology(flags.topology, 'status')
    const load = await import('../../lib/ui/topo-run.ts')
    const terminal = new load.Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const view = load.decodeView(terminal, flags.utc)
    try {
      const input = analysisInput(args.file ?? [], flags)
      const recorded = input.kind === 'recorded'
      const settings = {
        topology: await load.loadTopology(path),
        names: !flags['no-names'],
        ignoreCase: flags['ignore-case'],
        everyMs: flags.every ?? (recorded ? undefined : EVERY_MS),
        ignore: new Set(flags.ignore),
        details: flags.details,
        source: inputName(input),
      }
      const analysis = new load.StatusAnalysis(settings)
      const reading = {
        input,
        agents: flags.agent ?? [],
        since: flags.since === undefined ? undefined : parseTime(flags.since, '--since', flags.utc),
        until: flags.until === undefined ? undefined : parseTime(flags.until, '--until', flags.utc),
        limit: flags.limit,
      }
      const person = terminal.isTTY && output === undefined
      const exact = flags.format !== undefined || flags['fail-if'] !== undefined || flags['exit-code']
      const refused = recorded || flags['no-ui'] || !person || exact
      if (screenWanted({ stdoutIsTTY: terminal.isTTY, env: process.env, refused })) {
        const { statusOnScreen } = await import('../../lib/ui/topo-status-live.ts')
        const { names, ignoreCase } = settings
        const rest = { topology: path, names, ignoreCase, ignore: [...settings.ignore], source: settings.source }
        const everyMs = flags.every ?? SCREEN_EVERY_MS
        await statusOnScreen({ ...rest, options: reading, everyMs }, terminal, this.stop)
        return
      }
      const options = {
        ...reading,
        format: analysisFormat(flags.format, person),
        view,
        failIf: flags['fail-if'] ?? [],
        stop: this.stop,
      }
      const inputs = recorded ? [...input.paths, path] : [path]
      const code = await load.runAnalysis(analysis, options, terminal, () => load.openOutput(output, inputs))
      const no = flags['exit-code'] && analysis.last?.green !== true
      process.exitCode = Math.max(code, no ? exitCode.no : exitCode.good)
    } finally {
      terminal.close()
    }
  }
}
