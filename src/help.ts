// Owns how --help looks: short, at 80 columns, with examples last, where the eye is. Knows no command.
// oclif loads it by package.json's oclif.helpClass. Start with SondeHelp; CommandText is one command's page.

import type { Command } from '@oclif/core/command'
import { CommandHelp, Help } from '@oclif/core/help'
import { groups } from './flags.ts'
import { unknownCommand } from './unknown-command.ts'

type FlagOfHelp = Command.Flag.Any

/** The order of the groups of flags; a group not named here comes first. */
const groupOrder: readonly string[] = Object.values(groups)

class CommandText extends CommandHelp {
  protected override usage(): string {
    const args = Object.values(this.command.args ?? {}).filter((arg) => !arg.hidden)
    const words = args.map((arg) => {
      const name = `${arg.name.toUpperCase()}${arg.multiple ? '...' : ''}`
      return arg.required ? name : `[${name}]`
    })
    return [this.config.bin, this.command.id, ...words, '[FLAGS]'].join(' ')
  }

  /** One line a flag: no type, no environment variable (one rule tells them all), the default as the summary says it. */
  protected override flags(flags: FlagOfHelp[]): [string, string | undefined][] | undefined {
    if (flags.length === 0) return undefined
    const withLetter = flags.filter((flag) => flag.char)
    // oclif trims the first line of a list, so it must not be one that starts with spaces.
    return [...withLetter, ...flags.filter((flag) => !flag.char)].map((flag) => {
      const letter = flag.char ? `-${flag.char}, ` : withLetter.length > 0 ? '    ' : ''
      const value = flag.type === 'option' ? ` ${String(flag.helpValue ?? 'VALUE')}` : ''
      const fallback = flag.type === 'option' && flag.default !== undefined ? ` Default ${String(flag.default)}.` : ''
      return [`${letter}--${flag.name}${value}`, `${flag.summary ?? ''}${fallback}`]
    })
  }

  protected override description(): string | undefined {
    return this.command.description && this.wrap(this.command.description)
  }

  /** A command is never wrapped: it is there to be copied. */
  protected override examples(examples: Command.Example[] | string | undefined): string | undefined {
    if (!Array.isArray(examples) || examples.length === 0) return undefined
    const texts = examples.map((example) => {
      const { description, command } = typeof example === 'string' ? { description: '', command: example } : example
      return `${description}\n${this.indent(this.render(command))}`
    })
    return texts.join('\n')
  }

  protected override groupFlags(flags: FlagOfHelp[]): ReturnType<CommandHelp['groupFlags']> {
    const { mainFlags, flagGroups } = super.groupFlags(flags)
    const names = Object.keys(flagGroups).sort((a, b) => groupOrder.indexOf(a) - groupOrder.indexOf(b))
    return { mainFlags, flagGroups: Object.fromEntries(names.map((name) => [name, flagGroups[name] ?? []])) }
  }
}

export default class SondeHelp extends Help {
  override CommandHelpClass = CommandText

  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.filter((word) => !word.startsWith('-') && word !== 'help')
    const names = this.config.commandIDs.map((id) => id.replaceAll(':', ' '))
    const known = names.some((name) => name === words[0] || name.startsWith(`${words[0]} `))
    if (words.length === 1 && words[0] === 'flows') {
      const { flowHelp } = await import('./lib/expression/help.ts')
      this.log(flowHelp().trimEnd())
      return
    }
    if (words.length > 0 && !known) throw unknownCommand(words, [...names, 'flows'])
    await super.showHelp(argv)
  }

  override formatRoot(): string {
    const usage = this.section('USAGE', `${this.config.bin} COMMAND [FLAGS]`)
    return `${this.wrap(this.config.pjson.description ?? '', 0)}\n\n${usage}`
  }

  /** Behind the list of a topic's commands the first example of each: which is wanted when. */
  protected override async showTopicHelp(topic: Parameters<Help['showTopicHelp']>[0]): Promise<void> {
    const examples = this.sortedCommands
      .filter(({ id }) => id.startsWith(`${topic.name}:`))
      .flatMap(({ id, examples }) => (examples ?? []).slice(0, 1).map((example) => ({ id, example })))
    const texts = examples.map(({ id, example }) => {
      const { description, command } = typeof example === 'string' ? { description: '', command: example } : example
      const named = command.replace('<%= config.bin %>', this.config.bin)
      return `${description}\n${this.indent(named.replace('<%= command.id %>', id.replaceAll(':', ' ')))}`
    })
    // It writes ids with blanks into the commands.
    await super.showTopicHelp(topic)
    this.log(this.section('EXAMPLES', texts.join('\n')))
    this.log(`\n${this.config.bin} ${topic.name} COMMAND --help shows a command's flags and more examples.`)
  }

  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp()
    this.log(
      [
        `${this.config.bin} COMMAND --help shows a command's flags and examples.`,
        `${this.config.bin} help flows teaches the language of keys, values and filters.`,
        'Every flag has an environment variable: --no-color is SONDE_NO_COLOR=1.',
        `${this.config.bin} --version shows the version.`,
      ].join('\n'),
    )
  }
}
