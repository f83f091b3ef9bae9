// Owns the flags of `sonde replay`. Knows no datagram. What it does starts in ../lib/replay/run.ts.

import { string as stringArgument } from '@oclif/core/args'
import { BaseCommand } from '../base-command.ts'
import { inputFlags, outputFlags, timeBounds } from '../flags.ts'
import { InputError } from '../lib/errors.ts'
import { SFLOW_PORT } from '../lib/parse/udp-address.ts'
import { rewriteFlags, samplingFlags, sendFlags } from '../replay-flags.ts'

export default class Replay extends BaseCommand {
  static override summary = 'Send a recorded capture to a collector again, on time.'
  static override description = [
    'Reads what sonde decode reads and sends each sFlow datagram byte for byte, at the distances in time at which it was captured. Several captures are merged by time.',
    'The rewrites make a loop look like agents that live on: with --restart-sequence and --shift-uptime a collector finds no restart and no loss, also where the capture has some.',
    'With --sample-rate the capture holds packets instead of sFlow: they are sampled as a switch would, and those samples are sent.',
  ].join('\n')
  static override examples = [
    { description: 'As it was', command: '<%= config.bin %> <%= command.id %> capture.pcap --to 127.0.0.1:6343' },
    {
      description: 'Ten times as fast, for ever, as agents that never restart',
      command:
        '<%= config.bin %> <%= command.id %> capture.pcap --to 127.0.0.1:6343 --speed 10 --loop forever --restart-sequence --shift-uptime',
    },
    {
      description: 'How much does a collector take?',
      command: '<%= config.bin %> <%= command.id %> capture.pcap --to 127.0.0.1:6343 --pps 50k --loop 100',
    },
    {
      description: 'As if another switch had sent it',
      command:
        '<%= config.bin %> <%= command.id %> capture.pcap --to 127.0.0.1:6343 --map-agent 192.0.2.1=2001:db8::1 --sub-agent 7',
    },
    {
      description: 'Packets that tcpdump captured, as sFlow',
      command: '<%= config.bin %> <%= command.id %> packets.pcap --to 127.0.0.1:6343 --sample-rate 100 --seed 1',
    },
  ]
  static override args = {
    file: stringArgument({ multiple: true, ignoreStdin: true, description: 'Captures; - is stdin.' }),
  }
  static override flags = {
    ...inputFlags,
    ...sendFlags,
    ...rewriteFlags,
    ...samplingFlags,
    utc: outputFlags.utc,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Replay)
    const inputs = [...(args.file ?? []), ...[flags.input ?? []].flat()]
    const file = inputs[0] ?? 'FILE'
    if (flags.to === undefined) {
      throw new InputError(
        '--to HOST:PORT is missing. To read a file nothing is sent: decode and analyses take it with -i.',
        [`sonde decode -i ${file} --summary`, `sonde replay ${file} --to 127.0.0.1:6343`],
      )
    }
    if (inputs.length === 0 && process.stdin.isTTY !== true) inputs.push('-')
    if (inputs.length === 0) {
      throw new InputError('A capture to send is missing.', ['sonde replay FILE --to HOST:PORT reads a file.'])
    }
    const rate = flags['sample-rate']
    for (const needy of ['seed', 'agent-address'] as const) {
      if (rate === undefined && flags[needy] !== undefined) {
        throw new InputError(`--${needy} is of use with --sample-rate only.`, ['Add --sample-rate N, or leave it out.'])
      }
    }
    const [{ runReplay }, { openOutput }, { Terminal }] = await Promise.all([
      import('../lib/replay/run.ts'),
      import('../lib/sink/output.ts'),
      import('../lib/ui/terminal.ts'),
    ])
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const sampled = rate !== undefined
    const options = {
      inputs,
      to: flags.to,
      speed: flags.speed,
      pps: flags.pps,
      loops: flags.loop ?? 1,
      limit: flags.limit,
      ...timeBounds(flags),
      ports: flags.port ?? [SFLOW_PORT],
      rewrite: {
        mapAgents: flags['map-agent'] ?? [],
        // An agent that is made up is given its number and goes on through loops at once.
        subAgent: sampled ? undefined : flags['sub-agent'],
        restartSequence: flags['restart-sequence'] || sampled,
        shiftUptime: flags['shift-uptime'] || sampled,
      },
      sampling: sampled
        ? {
            rate,
            seed: flags.seed ?? Math.floor(Math.random() * 0x100000000),
            agent: flags['agent-address'] ?? ([0, 0, 0xffff, 0xc0000201] as const),
            subAgent: flags['sub-agent'] ?? 0,
          }
        : undefined,
      format: flags.format ?? (terminal.isTTY ? ('table' as const) : ('ndjson' as const)),
      survey: process.stderr.isTTY === true && !flags.quiet,
      stop: this.stop,
    }
    try {
      process.exitCode = await runReplay(options, terminal, () => openOutput(undefined, inputs))
    } finally {
      terminal.close()
    }
  }
}
