// Owns what is said where a capture can't be created or written. See capture-file.ts.

import { access, constants, stat } from 'node:fs/promises'
import { EnvironmentError, InputError } from '../errors.ts'
import type { CaptureName } from './capture-names.ts'

/** The code of a system call's error, or `error`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'error'
}

const clauses: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'no space is left on the device'],
  ['EDQUOT', "the user's disk quota is used up"],
  ['EFBIG', 'the file is as large as the system permits'],
  ['EIO', 'the device reports an input/output error'],
  ['EACCES', 'writing there is not permitted to this user'],
  ['EPERM', 'writing there is not permitted to this user'],
  ['EROFS', 'the file system is read-only'],
  ['ENOENT', 'the directory is not there'],
  ['ENOTDIR', 'the directory is not there'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
])

/** Why writing failed, as a clause. */
export function clauseOf(error: unknown): string {
  return clauses.get(codeOf(error)) ?? (error instanceof Error ? error.message : String(error))
}

/** The error for a capture that can't be created at the start; `what` is the flag. */
export function notCreated(path: string, what: string, cause: unknown): Error {
  const options = { cause }
  switch (codeOf(cause)) {
    case 'EEXIST':
      return new InputError(
        `${what} '${path}' exists already, and is not written over.`,
        ['Remove it, choose another name, or let files be numbered with --rotate.'],
        options,
      )
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputError(
        `${what} '${path}' can't be created: there is no such directory.`,
        ['Create the directory first (mkdir -p).'],
        options,
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new EnvironmentError(
        `${what} '${path}' can't be created: ${clauseOf(cause)}.`,
        ['Choose another directory, or change the permission.'],
        options,
      )
    default:
      return new EnvironmentError(`${what} '${path}' can't be created: ${clauseOf(cause)}.`, [], options)
  }
}

/**
 * For a capture that is created later, if at all: whether its folder is there and may be written to.
 * @throws as notCreated says it
 */
export async function checkFolder({ path, folder }: CaptureName, what: string): Promise<void> {
  try {
    // Of a file, as of a folder that is not there, nothing is in.
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' })
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw notCreated(path, what, error)
  }
}
