// Owns the flags of `sonde decode`. Knows no format. What it does starts in ../lib/decode/run.ts.

import { existsSync } from 'node:fs'
import { string as stringArgument } from '@oclif/core/args'
import { BaseCommand } from '../base-command.ts'
import {
  filterArgument,
  filterChoice,
  filterFlags,
  inputFlags,
  lookupFlags,
  outputFlags,
  refuseIdleLookups,
  sampleFlags,
  selectFlags,
  timeBounds,
  withoutFilter,
} from '../flags.ts'
import { InputError } from '../lib/errors.ts'
import { SFLOW_PORT } from '../lib/parse/udp-address.ts'
import { type PrintFormat, sampleChoices } from '../lib/print/options.ts'
import { splitFiles } from '../lib/print/positional.ts'

export default class Decode extends BaseCommand {
  static override summary = 'Show what is in a capture: every sample, record and header layer.'
  static override description = [
    'Reads pcap and pcapng, plain or compressed with gzip or zstd, and the NDJSON that sonde writes. Several inputs are merged by time.',
    'What stands behind the files is a filter of packets as tcpdump has it (man 7 pcap-filter), asked of each sampled header; samples without one are left out then. With --filter, both must hold. docs/pcap-filter.md says more.',
    'Damaged input: what is whole is printed, each problem is told on stderr, and the exit code is 3.',
  ].join('\n')
  static override examples = [
    { description: 'What is in this capture?', command: '<%= config.bin %> <%= command.id %> capture.pcap --summary' },
    { description: 'Every sample, to read', command: '<%= config.bin %> <%= command.id %> capture.pcap --limit 5' },
    {
      description: 'Every sample, for a program',
      command: "<%= config.bin %> <%= command.id %> capture.pcap -f ndjson | jq -c '[.agent, .sample_type]'",
    },
    {
      description: 'Who talks to whom, as CSV',
      command: '<%= config.bin %> <%= command.id %> capture.pcap -f csv --fields time,agent,src,dst,sport,dport',
    },
    {
      description: 'Only the packets that tcpdump would show',
      command: '<%= config.bin %> <%= command.id %> capture.pcap tcp port 443 and host 192.0.2.1',
    },
    {
      description: 'In quotes, which parentheses need; as a capture for other programs',
      command: "<%= config.bin %> <%= command.id %> capture.pcap 'udp and (port 53 or port 853)' -f pcap | tshark -r -",
    },
    {
      description: 'What tcpdump captures right now',
      command: 'tcpdump -i any -U -w - udp port 6343 | <%= config.bin %> <%= command.id %> -',
    },
  ]
  static override args = {
    file: stringArgument({ multiple: true, ignoreStdin: true, description: 'Captures; - is stdin.' }),
    filter: filterArgument,
  }
  static override flags = {
    ...inputFlags,
    ...selectFlags,
    ...filterFlags,
    ...sampleFlags,
    ...lookupFlags,
    ...outputFlags,
  }

  async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(withoutFilter(Decode, 'file'))
    refuseIdleLookups(raw, flags.filter)
    const { inputs: files, packets } = splitFiles(args.file ?? [], existsSync)
    const inputs = [...files, ...[flags.input ?? []].flat()]
    if (inputs.length === 0 && process.stdin.isTTY !== true) inputs.push('-')
    if (inputs.length === 0 && !flags['list-fields']) {
      throw new InputError('A capture to decode is missing.', [
        'sonde decode FILE reads a file, sonde decode - reads stdin.',
      ])
    }
    const { runDecode, openOutput, decodeView, Terminal } = await import('../lib/ui/decode-run.ts')
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const output = flags.output === '-' ? undefined : flags.output
    const person = terminal.isTTY && output === undefined
    const format = flags.format ?? defaultFormat(flags, person)
    if (person && format === 'pcap') {
      throw new InputError("--format pcap writes bytes, which a terminal can't show.", [
        'Write them to a file with --output FILE, or into a pipe: sonde decode ... | tshark -r -',
      ])
    }
    const options = {
      inputs,
      format,
      what: flags.what,
      object: flags.object,
      fields: flags.fields,
      listFields: flags['list-fields'],
      samples: new Set(flags.samples ?? sampleChoices),
      agents: flags.agent ?? [],
      limit: flags.limit,
      filter: filterChoice(flags),
      packets,
      summary: flags.summary,
      ports: flags.port ?? [SFLOW_PORT],
      ...timeBounds(flags),
      names: !flags['no-names'],
      view: decodeView(terminal, flags.utc),
      stop: this.stop,
    }
    try {
      process.exitCode = await runDecode(options, terminal, () => openOutput(output, inputs))
    } finally {
      terminal.close()
    }
  }
}

/** For a person cards; for a program NDJSON, or CSV where columns are chosen. */
function defaultFormat(flags: { fields: string[] | undefined; summary: boolean }, person: boolean): PrintFormat {
  if (person) return 'table'
  return flags.fields !== undefined && !flags.summary ? 'csv' : 'ndjson'
}
