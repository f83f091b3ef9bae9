// Owns `sonde help [COMMAND]`, the same text as --help. Knows no command.

import { string as stringArgument } from '@oclif/core/args'
import { loadHelpClass } from '@oclif/core/help'
import { BaseCommand } from '../base-command.ts'

export default class HelpCommand extends BaseCommand {
  static override summary = 'Show the help of sonde, of a command or of the flow language.'
  static override args = {
    command: stringArgument({ multiple: true, ignoreStdin: true, description: 'The command, or flows.' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(HelpCommand)
    const Help = await loadHelpClass(this.config)
    await new Help(this.config, this.config.pjson.oclif.helpOptions).showHelp(args.command ?? [])
  }
}
