// Owns the flags of `sonde lab traffic`. Knows no socket. What it does starts in ../../lib/lab/traffic.ts.

import { BaseCommand } from '../../base-command.ts'
import { labFlags, trafficFlags } from '../../lab-flags.ts'
import { InputError } from '../../lib/errors.ts'

/** As the RoCEv2 demonstration that the lab follows. */
const PAUSE_NS = 500_000_000n

export default class LabTraffic extends BaseCommand {
  static override summary = 'Send RoCEv2 traffic through the lab: bursts with pauses, as training does.'
  static override description = [
    'One UDP flow from h1 to h2 (port 4791): a WRITE of 32 KiB (First, four Middle), its acknowledgement and a CNP, over and over, 10,003 packets in 0.2 s, then 0.5 s of nothing. A tenth of the packets is marked ECN = CE.',
    'Cycles are paced to a fraction of a millisecond, and --log writes when each began and ended, to compare sonde period with.',
  ].join('\n')
  static override examples = [
    { description: 'As the lab is meant', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'And when was what sent?',
      command: '<%= config.bin %> <%= command.id %> --cycles 30 --log cycles.ndjson',
    },
    { description: 'Three senders, one slow port', command: '<%= config.bin %> <%= command.id %> --incast' },
    { description: 'A firewall in the way', command: '<%= config.bin %> <%= command.id %> --blocked --cycles 5' },
  ]
  static override flags = { ...labFlags, ...trafficFlags }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabTraffic)
    if (flags.incast && flags.blocked) {
      throw new InputError('--incast and --blocked contradict each other: what is dropped fills no queue.')
    }
    const [{ runTraffic }, { openOutput }, { Terminal }] = await Promise.all([
      import('../../lib/lab/lab.ts'),
      import('../../lib/sink/output.ts'),
      import('../../lib/ui/terminal.ts'),
    ])
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const options = {
      name: flags.name,
      environment: process.env,
      stop: this.stop,
      kind: flags.incast ? ('incast' as const) : flags.blocked ? ('blocked' as const) : ('job' as const),
      cycles: flags.cycles,
      packets: flags.packets,
      pauseNs: flags.pause ?? PAUSE_NS,
      rate: flags.rate,
      ecn: flags.ecn,
      isIpv6: flags.ipv6,
      log: flags.log,
      format: flags.format ?? (terminal.isTTY ? ('table' as const) : ('ndjson' as const)),
    }
    try {
      process.exitCode = await runTraffic(options, terminal, () => openOutput(undefined, []))
    } finally {
      terminal.close()
    }
  }
}
