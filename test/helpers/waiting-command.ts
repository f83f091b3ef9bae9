// A command that waits until it is stopped; `--stubborn` does not stop. Run as a program by test/base-command.test.ts.

import { boolean } from '@oclif/core/flags'
import { BaseCommand } from '../../src/base-command.ts'
import { repositoryRoot } from './cli.ts'

class Waiting extends BaseCommand {
  static override flags = { stubborn: boolean({ default: false }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(Waiting)
    const timer = setInterval(() => {}, 1000)
    process.stdout.write('waiting\n')
    await new Promise<void>((resolve) => {
      this.stop.addEventListener('abort', () => {
        process.stdout.write('stopping\n')
        if (!flags.stubborn) resolve()
      })
    })
    clearInterval(timer)
    process.stdout.write('summary\n')
  }
}

await Waiting.run(process.argv.slice(2), repositoryRoot)
