// Owns the one place where a failure is printed. Knows oclif's errors, which it turns into ours, and no command.
// Start with reportFailure; which words and exit code an error gets is in lib/ui/failure.ts.

import { EnvironmentError, exitCode, InputError } from './lib/errors.ts'
import { didYouMean } from './lib/parse/nearest.ts'
import { createColours } from './lib/ui/colour.ts'
import { formatFailure } from './lib/ui/failure.ts'

/** The members of oclif's errors that are looked at; its error classes are not exported one by one. */
interface UsageError extends Error {
  readonly oclif: { readonly exit?: number | false }
  readonly flags?: unknown
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } }
}

function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && 'oclif' in error && typeof error.oclif === 'object' && error.oclif !== null
}

/** oclif puts this around what a flag's own parser throws, whatever its class. */
const parserWrapping = /^Parsing --\S+ \n\t([\s\S]*?)\nSee more help with --help$/

function unknownFlags(unknown: readonly string[], known: readonly string[], seeHelp: string): InputError {
  const sentences = unknown.map((flag) => {
    const bare = flag.replace(/^-+/, '').replace(/=.*$/s, '')
    const meant = didYouMean(bare, known, (name) => `--${name}`)
    return `There is no flag ${flag.replace(/=.*$/s, '')}.${meant ? ` ${meant}` : ''}`
  })
  return new InputError(sentences.join(' '), [seeHelp])
}

/** Whether a flag has several values in one text, with commas between them. */
type TakesList = (flag: string) => boolean

/** One sentence for each of the messages of oclif's parser that a person can meet with sonde's commands. */
const rewordings: readonly (readonly [RegExp, (match: RegExpExecArray, takesList: TakesList) => string])[] = [
  [
    /^Expected --(\S+?)=(.*) to be one of: (.*)$/s,
    ([, flag, found = '', options = '']) => {
      const meant = didYouMean(found, options.split(', '))
      return `--${flag} "${found}" is not understood. Give one of ${options}.${meant ? ` ${meant}` : ''}`
    },
  ],
  [
    /^Flag --(\S+) expects one of these values: (.*)$/s,
    ([, flag, options]) => `--${flag} needs a value, one of ${options}.`,
  ],
  [/^Flag --(\S+) expects a value$/, ([, flag]) => `--${flag} needs a value.`],
  [
    /^Flag --(\S+) can only be specified once$/,
    ([, flag = ''], takesList) =>
      `--${flag} was given twice.${takesList(flag) ? ' Several values go into one, with commas between them.' : ' There can be one.'}`,
  ],
  [/^Unexpected arguments?: ([\s\S]*)$/, ([, found]) => `"${found}" is one argument too many.`],
  [/^The following errors? occurred:\s*([\s\S]*)$/, ([, reasons = '']) => `${reasons.replaceAll(/\n\s*/g, '. ')}.`],
]

function reword(message: string, takesList: TakesList): string {
  for (const [pattern, write] of rewordings) {
    const match = pattern.exec(message)
    if (match) return write(match, takesList)
  }
  return message
}

/**
 * What oclif's parser complains about, in our words and as our class; anything else as it is.
 * @param seeHelp the next step for a wrong flag or argument
 */
export function toOurError(error: unknown, seeHelp: string, takesList: TakesList = () => false): unknown {
  if (!(error instanceof Error)) return error
  const inner = parserWrapping.exec(error.message)?.[1]
  if (error instanceof InputError) return inner === undefined ? error : new InputError(inner, error.nextSteps)
  if (error instanceof EnvironmentError || !isUsageError(error)) return error
  if (Array.isArray(error.flags)) {
    return unknownFlags(error.flags.map(String), Object.keys(error.parse?.input?.flags ?? {}), seeHelp)
  }
  return new InputError(reword((inner ?? error.message).replace(/\nSee more help with --help$/, ''), takesList), [
    seeHelp,
  ])
}

/** Where a failure happened, as far as it is known. */
export interface FailureContext {
  /** Which sonde on which Node and system. */
  readonly about: string
  /** The command's name, if one was running. */
  readonly command?: string | undefined
  /** Of that command. */
  readonly takesList?: TakesList
  /** --no-color was given. */
  readonly noColour: boolean
}

/**
 * Prints a failure on stderr, once, and returns the exit code.
 * A deliberate exit (oclif's ExitError) prints nothing and keeps its code; a closed pipe is a normal end.
 */
export function reportFailure(error: unknown, { about, command, noColour, takesList }: FailureContext): number {
  if (isUsageError(error) && 'code' in error && error.code === 'EEXIT') return error.oclif.exit || exitCode.good
  const help = command ? `sonde ${command} --help` : 'sonde --help'
  const failure = formatFailure(
    toOurError(error, `${help} lists what there is.`, takesList),
    createColours('stderr', noColour),
    about,
  )
  if (failure.text !== '') process.stderr.write(`${failure.text}\n`)
  return failure.exitCode
}
