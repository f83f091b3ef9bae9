// Owns the flags of `sonde lab up`. Knows no namespace. What it does starts in ../../lib/lab/up.ts.

import { join } from 'node:path'
import { BaseCommand } from '../../base-command.ts'
import { labFlags, upFlags } from '../../lab-flags.ts'
import { SFLOW_PORT } from '../../lib/parse/udp-address.ts'

const POLLING_MS = 10_000

export default class LabUp extends BaseCommand {
  static override summary = 'Make a leaf-spine fabric of network namespaces, with a sampler in each switch.'
  static override description = [
    'Two leaves, two spines, four hosts, routed with ECMP; sonde sample in each switch sends to this machine. Nothing is added to the machine’s own network. Needs root, Linux and iproute2.',
    'Given again it mends what has ended; sonde lab down takes all of it away. docs/lab.md is a tour.',
  ].join('\n')
  static override examples = [
    { description: 'All of it', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Without FRR, one packet in ten',
      command: '<%= config.bin %> <%= command.id %> --routing static --rate 10',
    },
    {
      description: 'A second one, for another collector',
      command: '<%= config.bin %> <%= command.id %> --name lab2 --to 127.0.0.1:9343',
    },
  ]
  static override flags = { ...labFlags, ...upFlags }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabUp)
    const [{ runUp }, { openOutput }, { Terminal }] = await Promise.all([
      import('../../lib/lab/lab.ts'),
      import('../../lib/sink/output.ts'),
      import('../../lib/ui/terminal.ts'),
    ])
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    const to = [flags.to ?? []].flat()
    const { code, text } = await runUp(
      {
        name: flags.name,
        environment: process.env,
        stop: this.stop,
        routing: flags.routing,
        rate: flags.rate,
        pollingMs: flags.polling ?? POLLING_MS,
        to: to.length > 0 ? to : [{ host: '127.0.0.1', port: SFLOW_PORT }],
        sampled: !flags['no-sample'],
        sonde: [process.execPath, join(this.config.root, 'bin', 'run.js')],
      },
      terminal,
    )
    const output = openOutput(undefined, [])
    output.write(new TextEncoder().encode(text))
    await output.close()
    process.exitCode = code
  }
}
