// Owns the flags of `sonde sample`. Knows no packet. What it does starts in ../lib/sample/run.ts.

import { existsSync } from 'node:fs'
import { string as stringArgument } from '@oclif/core/args'
import { BaseCommand } from '../base-command.ts'
import {
  filterArgument,
  filterChoice,
  filterFlags,
  lookupFlags,
  outputFlags,
  refuseIdleLookups,
  sampleFlags,
  selectFlags,
  withoutFilter,
} from '../flags.ts'
import { InputError } from '../lib/errors.ts'
import { sampleChoices } from '../lib/print/options.ts'
import { splitInterfaces } from '../lib/print/positional.ts'
import { screenWanted } from '../lib/ui/screen/wanted.ts'
import { dropsWish, sampleHostFlags } from '../sample-flags.ts'

/** What --list-fields would list is decode's; counts come at the end anyway. */
const { 'list-fields': _listFields, summary: _summary, ...printFlags } = sampleFlags
/** --agent is this agent's address here. */
const { agent: _agent, ...limitFlag } = selectFlags

export default class Sample extends BaseCommand {
  static override summary = "Sample this host's packets in the kernel: print them, or send sFlow."
  static override description = [
    'Takes 1 packet in N at random, with the interfaces it came in and goes out by, and prints the samples in the forms of sonde decode: a tcpdump that samples. With --to it is an sFlow agent instead: samples, and the counters of interfaces and host.',
    'What stands behind the interfaces is a filter of packets as tcpdump has it (man 7 pcap-filter), asked of the samples: it chooses what is printed, and not what is sampled. It begins with a word such as tcp, host or port; docs/pcap-filter.md says more.',
    'Interfaces are names or patterns (eth*, !lo); those that come later are sampled, too. It needs Linux and root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON; CAP_NET_RAW is enough for af_packet. What is at work, and why, is told on stderr (docs/sample.md).',
  ].join('\n')
  static override examples = [
    { description: 'Which packets pass here?', command: '<%= config.bin %> <%= command.id %> eth0 --rate 100' },
    {
      description: 'Those of one service',
      command: '<%= config.bin %> <%= command.id %> eth0 --rate 100 port https',
    },
    {
      description: 'Those of one host, with chosen fields',
      command:
        "<%= config.bin %> <%= command.id %> eth0 --rate 10 --filter 'src=10.0.0.7|dst=10.0.0.7' --fields time,src,dst,proto,framelength",
    },
    {
      description: 'This host as an sFlow agent, all its interfaces but loopback',
      command: "<%= config.bin %> <%= command.id %> '!lo' --rate 1000 --to collector.example:6343",
    },
    {
      description: 'Another rate for some interfaces, counters each ten seconds',
      command:
        "<%= config.bin %> <%= command.id %> 'eth*' --rate 1k,eth3=100 --polling 10s --to 192.0.2.7 --to 192.0.2.8",
    },
    {
      description: 'A container from outside, for a collector that it can’t reach',
      command: '<%= config.bin %> <%= command.id %> eth0 --netns /proc/4711/ns/net --to 127.0.0.1',
    },
    {
      description: 'As hsflowd was configured',
      command: '<%= config.bin %> <%= command.id %> --config /etc/hsflowd.conf',
    },
    {
      description: 'What does this host drop, why, and while which process ran?',
      command:
        '<%= config.bin %> <%= command.id %> --drops --fields time,linuxreason,function,dropinterface,process,src,dst',
    },
    {
      description: 'Samples, counters, and drops of all network namespaces to a collector',
      command:
        '<%= config.bin %> <%= command.id %> eth0 --rate 1000 --drops --drops-netns all --to collector.example:6343',
    },
    {
      description: 'Headers for Wireshark',
      command: '<%= config.bin %> <%= command.id %> eth0 --rate 100 -f pcap --duration 10s -o samples.pcap',
    },
    {
      description: 'Who uses the bandwidth?',
      command: '<%= config.bin %> <%= command.id %> eth0 --rate 100 -f ndjson | <%= config.bin %> top-flows -i -',
    },
  ]
  static override args = {
    interface: stringArgument({
      multiple: true,
      ignoreStdin: true,
      description: 'Interfaces, or patterns such as eth* or !lo.',
    }),
    filter: filterArgument,
  }
  static override flags = {
    ...sampleHostFlags,
    ...limitFlag,
    ...filterFlags,
    ...printFlags,
    ...lookupFlags,
    ...outputFlags,
  }

  async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(withoutFilter(Sample, 'interface'))
    refuseIdleLookups(raw, flags.filter)
    const { runSample, kernelGround, readConfig, summaryLines, openOutput, decodeView, Terminal } = await import(
      '../lib/ui/sample-run.ts'
    )
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const person = terminal.isTTY && output === undefined
    const format = flags.format ?? (person ? 'table' : flags.fields === undefined ? 'ndjson' : 'csv')
    const config = flags.config === undefined ? undefined : await readConfig(flags.config)
    for (const remark of config?.remarks ?? []) terminal.tell(remark)
    const sends = (flags.to ?? config?.collectors ?? []).length > 0
    const asksToPrint = flags.format !== undefined || flags.fields !== undefined || flags.output !== undefined
    const prints = !sends || asksToPrint
    if (person && prints && format === 'pcap') {
      throw new InputError("--format pcap writes bytes, which a terminal can't show.", [
        'Write them to a file with --output FILE, or into a pipe: sonde sample eth0 -f pcap | tshark -r -',
      ])
    }
    const { inputs: interfaces, packets } = splitInterfaces(args.interface ?? [], (name) => {
      // In another network namespace there are others: what is meant is told as sampling begins.
      return flags.netns === undefined && existsSync(`/sys/class/net/${name}`)
    })
    if (!prints && (flags.filter ?? packets) !== undefined) {
      const what = packets === undefined ? '--filter' : `The filter '${packets.text}'`
      throw new InputError(`${what} chooses what is printed; with --to alone nothing is.`, [
        'Leave it out, or print as well: --format ndjson',
      ])
    }
    const options = {
      interfaces,
      rates: flags.rate?.flat() ?? [],
      direction: flags.direction,
      headerBytes: flags.snaplen,
      pollingMs: flags.polling,
      agent: flags.agent,
      subAgent: flags['sub-agent'],
      datagramBytes: undefined,
      collectors: flags.to ?? [],
      config,
      method: flags.method,
      drops: dropsWish(flags, config),
      prints,
      durationMs: flags.duration,
      samples: new Set(flags.samples ?? sampleChoices),
      agents: [],
      limit: flags.limit,
      filter: filterChoice(flags),
      packets,
      since: undefined,
      until: undefined,
      stop: this.stop,
    }
    const print = {
      format,
      what: flags.what,
      object: flags.object,
      fields: flags.fields,
      summary: false,
      names: !flags['no-names'],
      view: decodeView(terminal, flags.utc),
    }
    try {
      const open = () => openOutput(output, [])
      const ground = kernelGround(flags.netns)
      const refused = prints || flags['no-ui'] || !person
      const last = screenWanted({ stdoutIsTTY: terminal.isTTY, env: process.env, refused })
        ? await (await import('../lib/ui/sample-live.ts')).sampleOnScreen(options, terminal, ground)
        : await runSample(options, prints ? print : undefined, terminal, open, ground)
      for (const line of summaryLines(last, flags.quiet)) terminal.tell(line)
    } finally {
      terminal.close()
    }
  }
}
