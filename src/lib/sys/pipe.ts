// Owns how much a pipe holds. See libc.ts for the folder.

import { type LoadedLibc, loadLibc } from './libc.ts'

/** fcntl(2), linux/fcntl.h. */
const F_SETPIPE_SZ = 1031
/** The system's usual limit for users without CAP_SYS_RESOURCE, /proc/sys/fs/pipe-max-size; then what a low one may permit. */
const WISHES = [1 << 20, 1 << 18]

/**
 * Makes a pipe hold 1 MiB, or what is permitted, instead of 64 KiB: its two sides then wake each other less often.
 * @returns bytes that it holds now; undefined where nothing was changed (no pipe, no koffi, the user's sum of pipes is used up)
 * @see pipe(7)
 */
export async function widenPipe(fd: number, load: () => Promise<LoadedLibc> = loadLibc): Promise<number | undefined> {
  const { libc } = await load()
  if (libc === undefined) return undefined
  for (const wish of WISHES) {
    const bytes = libc.fcntl(fd, F_SETPIPE_SZ, wish)
    if (bytes >= 0) return bytes
  }
  return undefined
}
