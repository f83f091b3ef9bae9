// Owns oclif's hook for a command that does not exist; what is said is in ../unknown-command.ts.

import type { Hook } from '@oclif/core/hooks'
import { unknownCommand } from '../unknown-command.ts'

const commandNotFound: Hook.CommandNotFound = async ({ config, id, argv }) => {
  throw unknownCommand(
    [...id.split(':'), ...(argv ?? [])],
    config.commandIDs.map((name) => name.replaceAll(':', ' ')),
  )
}

export default commandNotFound
