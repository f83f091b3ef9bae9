// Owns the flags of `sonde trace`. Knows no kernel. What it does starts in ../lib/trace/run.ts and recorded.ts.

import { string as stringArgument } from '@oclif/core/args'
import { BaseCommand } from '../base-command.ts'
import { outputFlags } from '../flags.ts'
import { exitCode, InputError } from '../lib/errors.ts'
import type { Choice, TraceOptions } from '../lib/trace/options.ts'
import { refuseOfRecording, traceFlags, traceOutputFlags } from '../trace-flags.ts'

export default class Trace extends BaseCommand {
  static override summary = 'Where is my packet? Each function of this kernel that it reaches, and what drops it.'
  static override description = [
    'Hangs at every function of the Linux kernel that is given a packet, by the best way that this kernel permits (kprobe.multi, kprobe, fentry, tracepoints), and prints a line for each that a packet reaches: who, where, which packet, which function, and why it was dropped. What is at work, and why not better, is told on stderr.',
    "The packets are chosen by an expression as tcpdump's (pcap-filter), in the kernel. It needs root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN. docs/trace.md has what each way can see, and what it costs.",
  ].join('\n')
  static override examples = [
    { description: 'Where do my HTTPS packets go?', command: 'sudo <%= config.bin %> <%= command.id %> port https' },
    {
      description: 'Who drops them, called by whom?',
      command: "sudo <%= config.bin %> <%= command.id %> --func 'kfree_skb.*' --caller host 10.0.0.7 and tcp",
    },
    {
      description: 'Through NAT and a tunnel, with the time between steps',
      command: 'sudo <%= config.bin %> <%= command.id %> --track-skb --timestamp delta icmp',
    },
    {
      description: 'The routes that packets take in ten seconds, and where time passes',
      command: 'sudo <%= config.bin %> <%= command.id %> --duration 10s --summary udp port 53',
    },
    {
      description: 'On a screen: packets, and the route of each',
      command: 'sudo <%= config.bin %> <%= command.id %> --ui port https',
    },
    {
      description: 'In one container only, with a member of the buffer',
      command:
        "sudo <%= config.bin %> <%= command.id %> --netns /proc/4711/ns/net --meta 'skb->dev->ifindex' tcp port 80",
    },
    {
      description: 'Record now',
      command: 'sudo <%= config.bin %> <%= command.id %> --duration 10s -o trace.ndjson port https',
    },
    {
      description: 'And look later',
      command: '<%= config.bin %> <%= command.id %> -i trace.ndjson --ui',
    },
  ]
  static override args = {
    'pcap-filter': stringArgument({
      multiple: true,
      ignoreStdin: true,
      description: "Which packets, as tcpdump's expression; several words are one.",
    }),
  }
  static override flags = {
    ...traceFlags,
    ...traceOutputFlags,
    ...outputFlags,
  }

  async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(Trace)
    const load = await import('../lib/ui/trace-run.ts')
    const filter = (args['pcap-filter'] ?? []).join(' ').trim()
    const terminal = new load.Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const person = terminal.isTTY && output === undefined
    const onScreen = flags.ui && !flags['no-ui']
    if (onScreen && !(person && load.screenWanted({ stdoutIsTTY: terminal.isTTY, env: process.env, refused: false }))) {
      throw new InputError('--ui needs a terminal that can place its cursor, and no --output.')
    }
    if (!flags.summary && raw.some((each) => each.type === 'flag' && each.flag === 'top')) {
      throw new InputError('--top goes with --summary only.')
    }
    const view = load.decodeView(terminal, flags.utc)
    const print = {
      format: flags.format ?? (person ? ('table' as const) : ('ndjson' as const)),
      summary: flags.summary,
      top: flags.top,
      timestamp: flags.timestamp,
      tcpFlags: flags['tcp-flags'],
      verbose: terminal.verbose,
      view,
    }
    const screen = { utc: flags.utc, quiet: flags.quiet }
    const common = { terminal, print, output, quiet: flags.quiet }
    try {
      if (flags.input !== undefined) {
        refuseOfRecording(raw, filter)
        const choice: Choice = {
          functions: flags.func?.pattern,
          interfaceName: flags.ifname,
          netns: load.recordedNetns(flags.netns),
          mark: flags.mark?.value,
          limit: flags.limit,
        }
        const options = { choice, stop: this.stop, names: !flags['no-names'] }
        const isWhole = onScreen
          ? await (await import('../lib/ui/trace-live.ts')).recordedOnScreen(flags.input, options, terminal, screen)
          : await load.showRecorded(flags.input, options, common)
        if (!isWhole) process.exitCode = exitCode.damaged
        return
      }
      const options: TraceOptions = {
        wish: {
          filter: filter === '' ? undefined : load.compileFilters(filter, load.filterNames(load.readNameFiles())),
          functions: flags.func,
          modules: flags.kmods?.includes('all') ? 'all' : (flags.kmods ?? []),
          interfaceName: flags.ifname,
          netns: flags.netns === undefined ? undefined : load.findNetns(flags.netns),
          mark: flags.mark?.value,
          track: flags['track-skb'],
          caller: flags.caller,
          stack: flags.stack,
          meta: flags.meta ?? [],
          tier: flags.tier,
        },
        asked: {
          filter: filter === '' ? undefined : filter,
          func: flags.func?.text,
          ifname: flags.ifname,
          netns: flags.netns,
          mark: flags.mark?.text,
        },
        limit: flags.limit,
        durationMs: flags.duration,
        stop: this.stop,
        netnsName: load.netnsNames(!flags['no-names']),
      }
      if (onScreen) {
        await (await import('../lib/ui/trace-live.ts')).traceOnScreen(options, load.openTrace, terminal, screen)
        return
      }
      const overSsh = process.env.SSH_CONNECTION !== undefined && terminal.isTTY
      await load.showLive(options, load.openTrace, { ...common, overSsh })
    } finally {
      terminal.close()
    }
  }
}
