// Owns how a failure is told: which words, which exit code. See ui.ts for the folder; base-command.ts and main.ts are the callers.

import { BugError, EnvironmentError, exitCode, InputError } from '../errors.ts'
import type { Colours } from './colour.ts'
import { escapeText } from './escape-text.ts'

/** What to write on stderr (nothing for a normal end) and how to exit. */
export interface Failure {
  readonly text: string
  readonly exitCode: number
}

/** Errors of the system calls that a person can act on: code → what to say and the exit code. */
const systemErrors: ReadonlyMap<string, readonly [string, number]> = new Map([
  ['ENOENT', ['does not exist', exitCode.input]],
  ['EISDIR', ['is a folder, not a file', exitCode.input]],
  ['ENOTDIR', ['goes through something that is no folder', exitCode.input]],
  ['EACCES', ['may not be opened: permission denied', exitCode.environment]],
  ['EPERM', ['is not permitted', exitCode.environment]],
  ['EROFS', ['is on a read-only file system', exitCode.environment]],
  ['ENOSPC', ['has no space left', exitCode.environment]],
  ['EDQUOT', ['is over its quota', exitCode.environment]],
  ['EMFILE', ['can not be opened: too many open files', exitCode.environment]],
  ['EIO', ['can not be read or written: input/output error', exitCode.environment]],
])

interface SystemError extends Error {
  readonly code: string
  readonly syscall?: string
  readonly path?: string
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
}

function causes(error: Error): string {
  return error.cause instanceof Error ? `\nCaused by ${error.cause.stack ?? error.cause.message}` : ''
}

/** Steps name files and nodes as messages do. */
const escapeLines = (text: string): string => text.split('\n').map(escapeText).join('\n')

function steps(nextSteps: readonly string[], colours: Colours): string {
  return nextSteps.map((step) => `\n  ${colours.dim(escapeLines(step))}`).join('')
}

function formatBug(error: unknown, colours: Colours, about: string): Failure {
  const stack = error instanceof Error ? `${error.stack ?? error.message}${causes(error)}` : String(error)
  const known = error instanceof BugError ? error.message : 'Something happened that sonde does not expect.'
  const lines = [
    `${colours.bad('This is a mistake in sonde, not in your input.')} ${escapeText(known)}`,
    stack
      .split('\n')
      .map((line) => `  ${escapeText(line)}`)
      .join('\n'),
    `Please report it with these lines (${about}) and, if you may, with the input.`,
  ]
  return { text: lines.join('\n'), exitCode: exitCode.bug }
}

/**
 * What to tell of anything that was thrown.
 * @param about which sonde on which Node and system, for a report of a mistake
 * @returns for a closed pipe (EPIPE) no text and exit code 0: the reader has what it wanted
 */
export function formatFailure(error: unknown, colours: Colours, about: string): Failure {
  if (error instanceof InputError || error instanceof EnvironmentError) {
    const text = escapeLines(error.message) + steps(error.nextSteps, colours)
    return { text, exitCode: error instanceof InputError ? exitCode.input : exitCode.environment }
  }
  if (isSystemError(error)) {
    if (error.code === 'EPIPE') return { text: '', exitCode: exitCode.good }
    const known = systemErrors.get(error.code)
    if (known) return { text: `${escapeText(error.path ?? 'The output')} ${known[0]}.`, exitCode: known[1] }
  }
  return formatBug(error, colours, about)
}
