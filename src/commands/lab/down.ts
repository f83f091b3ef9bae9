// Owns the flags of `sonde lab down`. Knows no namespace. What it does starts in ../../lib/lab/down.ts.

import { BaseCommand } from '../../base-command.ts'
import { labFlags } from '../../lab-flags.ts'

export default class LabDown extends BaseCommand {
  static override summary = 'Take the lab away: its processes, namespaces and files.'
  static override description =
    'Also what is left of one whose sonde lab up was killed. Where there is none, it says so.'
  static override examples = [
    { description: 'The end', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Of a second one', command: '<%= config.bin %> <%= command.id %> --name lab2' },
  ]
  static override flags = { ...labFlags }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabDown)
    const [{ runDown }, { Terminal }] = await Promise.all([
      import('../../lib/lab/lab.ts'),
      import('../../lib/ui/terminal.ts'),
    ])
    const terminal = new Terminal({ noColour: flags['no-color'], quiet: flags.quiet, verbose: flags.verbose })
    process.exitCode = await runDown({ name: flags.name, environment: process.env, stop: this.stop }, terminal)
  }
}
