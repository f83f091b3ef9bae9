// A command that waits until it is stopped; `--stubborn` does not stop, `--slow` takes a moment. Run as a program by test/base-command.test.ts.

import { boolean } from '@oclif/core/flags'
import { BaseCommand } from '../../src/base-command.ts'
import { repositoryRoot } from './cli.ts'

class Waiting extends BaseCommand {
  static override flags = { stubborn: boolean({ default: false }), slow: boolean({ default: false }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(Waiting)
    const timer = setInterval(() => {}, 1000)
    process.stdout.write('waiting\n')
    await new Promise<void>((resolve) => {
      this.stop.addEventListener('abort', () => {
        process.stdout.write('stopping\n')
        if (!flags.stubborn) setTimeout(resolve, flags.slow ? 300 : 0)
      })
    })
    clearInterval(timer)
    process.stdout.write('summary\n')
  }
}

await Waiting.run(process.argv.slice(2), repositoryRoot)
