// Owns error numbers of the system: names, sentences, and the error that a failed call throws. See libc.ts for the folder.

import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'

/** The kernel's own ENOTSUPP, which leaks out of BPF and some drivers and has no name in any C library. */
const ENOTSUPP = 524

/** libuv names it ENOTSUP, which is the same number on Linux; the kernel, its logs and strace say EOPNOTSUPP. */
const EOPNOTSUPP = 95

/** `EADDRINUSE` for 98 (on Linux); `errno 4711` for a number without a name. */
export function errnoName(errno: number): string {
  if (errno === ENOTSUPP) return 'ENOTSUPP'
  if (errno === EOPNOTSUPP && process.platform === 'linux') return 'EOPNOTSUPP'
  const known = getSystemErrorMap().get(-errno)?.[0]
  if (known !== undefined) return known
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`
}

/** `address already in use` for 98; the name where there is no sentence. */
export function errnoMessage(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[1] ?? errnoName(errno)
}

/** A call that the kernel refused. Whoever knows what was wanted turns it into an EnvironmentError or InputError. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError'
  /** The error's name: `EADDRINUSE`. */
  readonly code: string
  readonly errno: number
  constructor(call: string, errno: number) {
    super(`${call}: ${errnoMessage(errno)} (${errnoName(errno)})`)
    this.code = errnoName(errno)
    this.errno = errno
  }
}
