// Owns the flags of `sonde doctor`. Knows no machine. What it does starts in ../lib/doctor/doctor.ts.

import { boolean, option } from '@oclif/core/flags'
import { BaseCommand } from '../base-command.ts'
import { groups, withEnvironment } from '../flags.ts'
import { doctorFormats } from '../lib/doctor/finding.ts'
import { exitCode } from '../lib/errors.ts'

export default class Doctor extends BaseCommand {
  static override summary = 'Say what this machine permits, and how to change it.'
  static override description = [
    'Tries what sonde needs instead of guessing: sends itself datagrams over loopback, asks for a receive buffer, for a port below 1024, for both families of addresses. Where this user may, it loads BPF programs of two instructions and lets them go. Nothing is changed.',
    'ok: as good as it gets. limited: works with less, or after the advice. no: this machine can’t receive.',
  ].join('\n')
  static override examples = [
    { description: 'What is to be set before a collector starts?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'All that is not well, for a program',
      command:
        '<%= config.bin %> <%= command.id %> -f ndjson | jq -r \'select(.state == "limited" or .state == "no") | .what, .advice[]\'',
    },
    {
      description: 'In a script: stop where something can’t work',
      command: '<%= config.bin %> <%= command.id %> --exit-code || exit',
    },
  ]
  static override flags = withEnvironment({
    format: option({ options: doctorFormats })({
      char: 'f',
      helpValue: 'FORMAT',
      summary: 'table, ndjson or json. Default table on a terminal, else ndjson.',
      helpGroup: groups.output,
    }),
    'exit-code': boolean({
      default: false,
      summary: 'End with 1 where something can’t work here.',
      helpGroup: groups.output,
    }),
  })

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor)
    const [{ examine }, { formatFindings }, { colourLevel }, { Terminal }, { openOutput }] = await Promise.all([
      import('../lib/doctor/doctor.ts'),
      import('../lib/ui/doctor-text.ts'),
      import('../lib/ui/colour.ts'),
      import('../lib/ui/terminal.ts'),
      import('../lib/sink/output.ts'),
    ])
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const { env } = process
    const { isTTY, columns, colours } = terminal
    const findings = await examine({
      isTTY,
      columns,
      colourLevel: colourLevel({ stream: 'stdout', isTTY, env, refused: flags['no-color'] }),
      locale: env.LC_ALL || env.LC_CTYPE || env.LANG || '',
    })
    const sink = openOutput(undefined, [])
    const format = flags.format ?? (isTTY ? 'table' : 'ndjson')
    if (!sink.write(new TextEncoder().encode(formatFindings(findings, format, colours, columns)))) await sink.drain()
    await sink.close()
    const red = findings.some(({ state }) => state === 'no')
    process.exitCode = flags['exit-code'] && red ? exitCode.no : exitCode.good
  }
}
