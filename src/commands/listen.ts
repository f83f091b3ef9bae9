// Owns the flags of `sonde listen`. Knows no socket. What it does starts in ../lib/listen/listen.ts.

import { existsSync } from 'node:fs'
import { string as stringArgument } from '@oclif/core/args'
import { BaseCommand } from '../base-command.ts'
import {
  filterChoice,
  filterFlags,
  lookupFlags,
  outputFlags,
  refuseIdleLookups,
  sampleFlags,
  selectFlags,
} from '../flags.ts'
import { exitCode, InputError } from '../lib/errors.ts'
import type { ListenPublishing as ListenPublishingType } from '../lib/listen/publishing.ts'
import type { ListenSnapshot } from '../lib/listen/snapshot.ts'
import { parseUdpAddress, refuseTwice, SFLOW_PORT } from '../lib/parse/udp-address.ts'
import { sampleChoices } from '../lib/print/options.ts'
import { splitFiles } from '../lib/print/positional.ts'
import { screenWanted } from '../lib/ui/screen/wanted.ts'
import { listenFlags, misplacedFlags, readsNoFile, sideFlags } from '../listen-flags.ts'
import { pushFlags } from '../push-flags.ts'
import { publishOptions, serveFlag } from '../serve-flags.ts'

const BUFFER_BYTES = 8 << 20
/** What --list-fields would list is decode's: here the attributes are only used. */
const { 'list-fields': _listFields, ...printFlags } = sampleFlags

export default class Listen extends BaseCommand {
  static override summary = 'Receive sFlow on UDP: print it, count what was lost.'
  static override description = [
    'Prints what arrives in the forms of sonde decode, and keeps account of loss on every part of the way: gaps in the agents’ sequence numbers, drops of the kernel’s receive buffer, samples that the agents themselves dropped.',
    'Ends with Ctrl-C, --limit or --duration, and then prints the account. What is damaged or lost on the way is in it and leaves the exit code 0; what --write, --dump-to or the output could not take gives 5.',
  ].join('\n')
  static override examples = [
    { description: 'What arrives?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Every sample, for a program',
      command: "<%= config.bin %> <%= command.id %> -f ndjson | jq -c '[.agent, .sample_type]'",
    },
    {
      description: 'Who sends, and is anything lost? For ten seconds, on another port',
      command: '<%= config.bin %> <%= command.id %> -i udp://:9999 --duration 10s --summary',
    },
    {
      description: 'A capture each hour, of the last day, and all of it to another collector too',
      command:
        '<%= config.bin %> <%= command.id %> --summary --write sflow.pcapng.gz --rotate 1h --keep 24 --forward 192.0.2.7:6343',
    },
    {
      description: 'What came in the minute before and after many datagrams were lost',
      command: "<%= config.bin %> <%= command.id %> --summary --ring 60s --dump-when 'lost > 100'",
    },
    {
      description: 'Only the packets of one service, as tcpdump would say it',
      command: '<%= config.bin %> <%= command.id %> tcp port https',
    },
    {
      description: 'Chosen fields of one agent’s flow samples',
      command: '<%= config.bin %> <%= command.id %> --agent 192.0.2.1 --samples flow --fields time,src,dst,framelength',
    },
  ]
  static override args = {
    filter: stringArgument({
      multiple: true,
      ignoreStdin: true,
      description: 'Packets as tcpdump has them, such as tcp port 443.',
    }),
  }
  static override flags = {
    ...listenFlags,
    ...misplacedFlags,
    ...sideFlags,
    ...selectFlags,
    ...filterFlags,
    ...printFlags,
    ...lookupFlags,
    ...outputFlags,
    ...serveFlag,
    ...pushFlags,
  }

  async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(Listen)
    const { inputs: files, packets } = splitFiles(args.filter ?? [], existsSync)
    const file = files[0] ?? packets?.perhapsFile
    if (file !== undefined) throw readsNoFile(file)
    refuseTwice(flags.input ?? [], '--input')
    refuseIdleLookups(raw, flags.filter)
    const { hasFailed, listen, ListenPublishing, listenExitCode, summaryLines, openOutput, decodeView, Terminal } =
      await import('../lib/ui/listen-run.ts')
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const person = terminal.isTTY && output === undefined
    const csv = flags.fields !== undefined && !flags.summary
    const format = flags.format ?? (person ? 'table' : csv ? 'csv' : 'ndjson')
    if (person && format === 'pcap') {
      throw new InputError("--format pcap writes bytes, which a terminal can't show.", [
        'Write them to a file with --output FILE, or into a pipe: sonde listen -f pcap | tshark -r -',
      ])
    }
    const how = { command: 'listen', version: this.config.version, isRecorded: false }
    const publish = await publishOptions(flags, how)
    let publishing: ListenPublishingType | undefined
    const options = {
      addresses: flags.input ?? [parseUdpAddress('udp://', '--input', SFLOW_PORT)],
      bufferBytes: flags.buffer ?? BUFFER_BYTES,
      allow: flags.allow?.flat(),
      sides: {
        write: flags.write,
        rotate: flags.rotate,
        keep: flags.keep,
        forward: flags.forward,
        ring: flags.ring,
        dumpWhen: flags['dump-when'],
        dumpTo: flags['dump-to'],
      },
      resample: flags.resample,
      durationMs: flags.duration,
      samples: new Set(flags.samples ?? sampleChoices),
      agents: flags.agent ?? [],
      limit: flags.limit,
      filter: filterChoice(flags),
      packets: packets && { text: packets.text },
      since: undefined,
      until: undefined,
      stop: this.stop,
      onSnapshot: publish && ((snapshot: ListenSnapshot) => publishing?.snapshot(snapshot)),
    }
    const print = {
      format,
      what: flags.what,
      object: flags.object,
      fields: flags.fields,
      summary: flags.summary,
      names: !flags['no-names'],
      view: decodeView(terminal, flags.utc),
    }
    const sink = openOutput(output, [])
    const refused = flags['no-ui'] || !person || flags.summary || (flags.format ?? flags.fields) !== undefined
    try {
      if (publish !== undefined) publishing = await ListenPublishing.open(publish, terminal)
      const onScreen = screenWanted({ stdoutIsTTY: terminal.isTTY, env: process.env, refused })
      const { snapshot, failure } = onScreen
        ? await (await import('../lib/ui/listen-live.ts')).listenOnScreen(options, flags.workers ?? 1, terminal, sink)
        : await listen(options, print, flags.workers ?? 1, terminal, sink)
      const pushed = (await publishing?.close(snapshot)) ?? []
      const printed = flags.summary && format !== 'json' && format !== 'ndjson'
      for (const line of summaryLines(snapshot, flags.quiet, printed)) terminal.tell(line)
      if (failure !== undefined) throw failure
      process.exitCode = Math.max(
        listenExitCode(snapshot),
        hasFailed(pushed, false) ? exitCode.environment : exitCode.good,
      )
    } finally {
      await publishing?.close()
      terminal.close()
      await sink.close()
    }
  }
}
