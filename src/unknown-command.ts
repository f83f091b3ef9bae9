// Owns what is said when there is no such command. Knows no command itself: the names come from oclif's manifest.
// Used by hooks/command-not-found.ts and help.ts.

import { existsSync } from 'node:fs'
import { InputError } from './lib/errors.ts'
import { didYouMean } from './lib/parse/nearest.ts'

/**
 * The error for a command line that begins with `words` where no command has that name.
 * @param words the name as oclif took it apart: a topic, its subcommand, maybe arguments
 * @param names all commands, with spaces between topic and subcommand
 */
export function unknownCommand(words: readonly string[], names: readonly string[]): InputError {
  const first = words[0] ?? ''
  const seeHelp = 'sonde --help lists the commands.'
  if (existsSync(first)) {
    return new InputError(`"${first}" is a file; what to do with it is missing.`, [
      `sonde decode ${first} shows what is in it.`,
    ])
  }
  // oclif takes what follows a command without arguments for a part of its name.
  const known = names.find((name) => words.join(' ').startsWith(`${name} `))
  if (known !== undefined) {
    const more = words[known.split(' ').length]
    return new InputError(`"${more}" is one argument too many.`, [`sonde ${known} --help lists what there is.`])
  }
  const under = names.filter((name) => name.startsWith(`${first} `))
  const wrong = under.length > 0 ? words.slice(0, 2).join(' ') : first
  const meant = didYouMean(wrong, under.length > 0 ? under : names)
  return new InputError(`There is no command "${wrong}".${meant ? ` ${meant}` : ''}`, [seeHelp])
}
