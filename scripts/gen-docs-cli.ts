// Writes docs/cli.md and test/e2e/command-snapshot.json from oclif.manifest.json, which the build makes from the commands.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot, writeGenerated } from './generated-file.ts'

interface FlagOfManifest {
  readonly name: string
  readonly char?: string
  readonly type: 'boolean' | 'option'
  readonly summary?: string
  readonly helpValue?: string
  readonly helpGroup?: string
  readonly env?: string
  readonly default?: unknown
  readonly options?: readonly string[]
  readonly hidden?: boolean
}

interface CommandOfManifest {
  readonly id: string
  readonly summary?: string
  readonly description?: string
  readonly hidden: boolean
  readonly args: Readonly<
    Record<
      string,
      {
        readonly name: string
        readonly description?: string
        readonly required?: boolean
        readonly multiple?: boolean
        readonly hidden?: boolean
      }
    >
  >
  readonly flags: Readonly<Record<string, FlagOfManifest>>
  readonly examples?: readonly { readonly description: string; readonly command: string }[]
}

function readCommands(): CommandOfManifest[] {
  execFileSync(process.execPath, [join(repositoryRoot, 'scripts/build.ts'), '--if-needed'], { stdio: 'inherit' })
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'oclif.manifest.json'), 'utf8')) as {
    commands: Record<string, CommandOfManifest>
  }
  return Object.values(manifest.commands)
    .filter((command) => !command.hidden)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

const shown = <T extends { readonly hidden?: boolean }>(all: Readonly<Record<string, T>>): T[] =>
  Object.values(all).filter(({ hidden }) => hidden !== true)

const nameOf = (command: CommandOfManifest): string => command.id.replaceAll(':', ' ')
const inCell = (text: string): string => text.replaceAll('|', '\\|')

function flagRow(flag: FlagOfManifest): string {
  const names = `${flag.char ? `\`-${flag.char}\` ` : ''}\`--${flag.name}${flag.type === 'option' ? ` ${flag.helpValue ?? 'VALUE'}` : ''}\``
  const options = flag.options ? ` One of ${flag.options.map((option) => `\`${option}\``).join(', ')}.` : ''
  const fallback = flag.type === 'option' && flag.default !== undefined ? ` Default \`${String(flag.default)}\`.` : ''
  return `| ${inCell(names)} | ${inCell(`${flag.summary ?? ''}${options}${fallback}`)} | \`${flag.env ?? ''}\` |`
}

function commandSection(command: CommandOfManifest): string {
  const args = shown(command.args).map((arg) => {
    const name = `${arg.name.toUpperCase()}${arg.multiple ? '...' : ''}`
    return arg.required ? name : `[${name}]`
  })
  const lines = [
    `## sonde ${nameOf(command)}`,
    '',
    command.summary ?? '',
    '',
    '```',
    ['sonde', nameOf(command), ...args, '[FLAGS]'].join(' '),
    '```',
    '',
  ]
  if (command.description) lines.push(command.description.replaceAll('\n', '\n\n'), '')
  lines.push('| flag | what it does | environment |', '|---|---|---|', ...shown(command.flags).map(flagRow), '')
  if (command.examples && command.examples.length > 0) {
    lines.push('```sh')
    for (const example of command.examples) {
      const text = example.command
        .replaceAll('<%= config.bin %>', 'sonde')
        .replaceAll('<%= command.id %>', nameOf(command))
      lines.push(`# ${example.description}`, text)
    }
    lines.push('```', '')
  }
  return lines.join('\n')
}

const commands = readCommands()
writeGenerated(
  'docs/cli.md',
  [
    '<!-- Written by scripts/gen-docs-cli.ts from the commands. Do not edit: npm run gen -->',
    '# The command line',
    '',
    'A flag on the command line wins over its environment variable; for a switch, `1` or `true` is on.',
    'Where a flag may be repeated, its variable has the values with commas between them, `\\,` for a comma in one:',
    '`SONDE_INPUT=udp://:6343,udp://:9995`.',
    'Exit codes: 0 good, 1 a "no", 2 your input, 3 the input was damaged (the output is whole), 4 a `--fail-if` was true,',
    '5 the machine (permission, port in use, a full disk, an old Node) or servers that took no metrics, 70 a mistake in sonde. `listen` has no 3: it keeps account of damage, and ends with 0.',
    '',
    ...commands.map(commandSection),
  ].join('\n'),
)
const snapshot = commands.map((command) => ({
  command: nameOf(command),
  args: shown(command.args).map(({ name }) => name),
  flags: shown(command.flags)
    .map((flag) => `${flag.char ? `-${flag.char} ` : ''}--${flag.name}`)
    .sort(),
}))
writeGenerated('test/e2e/command-snapshot.json', `${JSON.stringify(snapshot, null, 2)}\n`)
